"""A line the size of a word: one client's scores, and where something was noticed."""

from collections.abc import Sequence
from html import escape

from attunement.charts.palette import ACCENT, LOOK, PAPER, QUIET
from attunement.measures.scale import Direction

WIDTH, HEIGHT, EDGE = 120, 30, 5


def small_line(
    scores: Sequence[float | None],
    sentence: str,
    *,
    noticed: Sequence[int] = (),
    usual: float | None = None,
    least: float = 0.0,
    better: Direction = Direction.HIGHER,
) -> str:
    """Draw a small line, written by hand because a page may hold thousands.

    Parameters
    ----------
    scores
        One score per session, in order and in scale units; None where it is missing.
    sentence
        What the line says, for people who listen to it.
    noticed
        Positions in ``scores`` at which something was noticed.
    usual
        The client's usual level, in scale units.
    least
        The least stretch of the scale that the height stands for, so that small ups and downs
        look small.
    better
        Which way is better; what was noticed points the other way.

    Returns
    -------
    One ``svg`` element.
    """
    known = [score for score in scores if score is not None]
    levels = known if usual is None else [*known, usual]
    low, high = (min(levels), max(levels)) if levels else (0.0, 1.0)
    room = max(least - (high - low), 0) / 2
    low, high = low - room, high + room
    step = (WIDTH - 2 * EDGE) / max(len(scores) - 1, 1)

    def at(position: int, score: float) -> tuple[float, float]:
        height = (high - score) / (high - low) if high > low else 0.5
        return round(EDGE + position * step, 1), round(EDGE + height * (HEIGHT - 2 * EDGE), 1)

    points = [None if score is None else at(i, score) for i, score in enumerate(scores)]
    parts = [_usual(at(0, usual)[1]) if usual is not None and known else ""]
    parts += [_stretch(stretch) for stretch in _stretches(points)]
    parts += [_missing(round(EDGE + i * step, 1)) for i, point in enumerate(points) if not point]
    parts += [_noticed(point, better) for i in noticed if (point := points[i])]
    last = next((point for point in reversed(points) if point), None)
    if last is not None and not any(points[i] == last for i in noticed):
        parts.append(f'<circle cx="{last[0]}" cy="{last[1]}" r="3" fill="{ACCENT.light}"/>')
    spoken = escape(sentence, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart small" role="img" '
        f'aria-label="{spoken}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}">{"".join(parts)}</svg>'
    )


def _stretches(
    points: Sequence[tuple[float, float] | None],
) -> list[list[tuple[float, float]]]:
    stretches: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is not None:
            stretches[-1].append(point)
        elif stretches[-1]:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _stretch(points: Sequence[tuple[float, float]]) -> str:
    if len(points) == 1:
        (x, y) = points[0]
        return f'<circle cx="{x}" cy="{y}" r="1.5" fill="{ACCENT.light}"/>'
    path = " ".join(f"{x},{y}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{ACCENT.light}" stroke-width="2" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
    )


def _usual(y: float) -> str:
    return (
        f'<line x1="0" x2="{WIDTH}" y1="{y}" y2="{y}" stroke="{QUIET.light}" '
        'stroke-width="1" stroke-dasharray="1 3"/>'
    )


def _missing(x: float) -> str:
    y = HEIGHT - EDGE
    return (
        f'<circle cx="{x}" cy="{y}" r="2" fill="{PAPER.light}" stroke="{QUIET.light}" '
        'stroke-width="1"/>'
    )


def _noticed(point: tuple[float, float], better: Direction) -> str:
    x, y = point
    down = 1 if better is Direction.HIGHER else -1
    d = f"M{x - 4.5:.1f},{y - 3.5 * down:.1f}h9l-4.5,{8 * down}z"
    return f'<path d="{d}" fill="{LOOK.light}" stroke="{PAPER.light}" stroke-width="1"/>'
