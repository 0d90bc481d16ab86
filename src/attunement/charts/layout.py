"""Where things go on a chart: how much of a scale it shows, and labels that do not collide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from attunement.measures.scale import Scale

LEAST_SHARE = 0.5
CHARACTER = 7.8
LINE = 16.0


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A plotting area in pixels, and the stretch of sessions and scores it shows."""

    sessions: tuple[float, float]
    scores: tuple[float, float]
    width: float
    height: float

    def x(self, session: float) -> float:
        """Pixels from the left."""
        low, high = self.sessions
        return (session - low) / (high - low) * self.width

    def y(self, score: float) -> float:
        """Pixels from the top."""
        low, high = self.scores
        return (high - score) / (high - low) * self.height

    def session(self, x: float) -> float:
        """Which session lies at ``x`` pixels from the left."""
        low, high = self.sessions
        return low + x / self.width * (high - low)

    def score(self, y: float) -> float:
        """Which score lies at ``y`` pixels from the top."""
        low, high = self.scores
        return high - y / self.height * (high - low)


@dataclass(frozen=True, kw_only=True)
class Label:
    """A word at a place, in pixels from the top left; ``weight`` decides who gets the room."""

    text: str
    x: float
    y: float
    weight: int = 0


Box = tuple[float, float, float, float]


def number(value: float, scale: Scale) -> str:
    """Write a score: two decimals on a narrow scale, one on others, none where it is whole.

    Halves are rounded away from zero, as people do: 5.25 is 5.3.
    """
    narrow = scale.low is not None and scale.high is not None and scale.high - scale.low <= 3
    places = Decimal("0.01" if narrow else "0.1")
    text = f"{Decimal(f'{value:.9f}').quantize(places, ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".").replace("-", "\u2212") if float(text) else "0"


def score_range(values: Iterable[float], scale: Scale) -> tuple[float, float]:
    """How much of the scale to show: what there is, but at least half of its possible range.

    Parameters
    ----------
    values
        Everything to be shown, in scale units.

    Returns
    -------
    low, high : float
        In scale units, inside the scale's range where that is known.
    """
    shown = list(values)
    low, high = (min(shown), max(shown)) if shown else (scale.low or 0.0, scale.high or 1.0)
    if scale.low is None or scale.high is None:
        margin = 0.08 * (high - low) or 1.0
        return low - margin, high + margin
    whole = scale.high - scale.low
    margin = max(0.04 * whole, (LEAST_SHARE * whole - (high - low)) / 2)
    low, high = low - margin, high + margin
    up, down = max(scale.low - low, 0.0), max(high - scale.high, 0.0)
    return max(low + up - down, scale.low), min(high + up - down, scale.high)


def within(value: float, bounds: tuple[float, float]) -> float:
    """Cut a value off at the chart's edges."""
    return min(max(value, bounds[0]), bounds[1])


def session_ticks(sessions: Sequence[int], most: int) -> list[int]:
    """Choose the sessions to be named on the axis: well apart, the newest among them."""
    apart = (max(sessions) - min(sessions)) / most
    ticks = [max(sessions)]
    for session in sorted(sessions, reverse=True):
        if ticks[-1] - session >= max(apart, 1):
            ticks.append(session)
    return ticks[::-1]


def spread_out(wanted: Sequence[float], apart: float, most: float) -> list[float]:
    """Push heights apart, keeping their order, so that labels at a line's end do not collide."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed = [0.0] * len(wanted)
    lowest = -apart
    for index in order:
        lowest = placed[index] = max(wanted[index], lowest + apart)
    ceiling = most + apart
    for index in reversed(order):
        ceiling = placed[index] = min(placed[index], ceiling - apart)
    return placed


def place(labels: Sequence[Label], taken: Sequence[Box], frame: Frame) -> list[Label]:
    """Find room for labels around their points, the weightiest first; leave out what finds none.

    Parameters
    ----------
    labels
        Words with the point each belongs to.
    taken
        Boxes (left, top, right, bottom, in pixels) that no label may cover.

    Returns
    -------
    The labels with the middle of their words where there is room.
    """
    boxes, placed = list(taken), []
    for label in sorted(labels, key=lambda label: (-label.weight, label.x)):
        for candidate in around(label, frame):
            box = box_of(candidate)
            if not any(overlap(box, other) for other in boxes):
                boxes.append(box)
                placed.append(candidate)
                break
    return placed


def around(label: Label, frame: Frame) -> Iterable[Label]:
    """Name places to try, the nearest first: below, above, aside, further off."""
    half = len(label.text) * CHARACTER / 2
    for distance in (18.0, 30.0, 44.0, 60.0):
        for dx, dy in (
            (0.0, distance),
            (0.0, -distance),
            (half, distance),
            (-half, distance),
            (half, -distance),
            (-half, -distance),
            (half + distance, 0.0),
            (-half - distance, 0.0),
        ):
            x = min(max(label.x + dx, half - 20), frame.width + 4 - half)
            y = label.y + dy
            if LINE / 2 - 14 <= y <= frame.height - LINE / 2:
                yield Label(text=label.text, x=x, y=y, weight=label.weight)


def box_of(label: Label) -> Box:
    """Find the box that a label covers."""
    half = len(label.text) * CHARACTER / 2
    return label.x - half, label.y - LINE / 2, label.x + half, label.y + LINE / 2


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes share any area."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def line_boxes(points: Sequence[tuple[float, float]], margin: float = 4.0) -> list[Box]:
    """Put small boxes along a line through points, which labels keep clear of."""
    boxes = [_around_point(x, y, margin + 3) for x, y in points]
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(int(max(abs(x1 - x0), abs(y1 - y0)) / 8), 1)
        boxes += [
            _around_point(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps, margin)
            for i in range(1, steps)
        ]
    return boxes


def _around_point(x: float, y: float, margin: float) -> Box:
    return x - margin, y - margin, x + margin, y + margin
