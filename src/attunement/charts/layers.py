"""The layers of a course chart, from the soft band at the back to the words in front."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil
from statistics import median_low
from typing import Any

from attunement.charts.layout import (
    Frame,
    Label,
    line_boxes,
    number,
    place,
    session_ticks,
    spread_out,
    within,
)
from attunement.charts.palette import ACCENT, EXPECTED, LOOK, PAPER, QUIET, USUAL
from attunement.measures.scale import Direction, Scale

Row = dict[str, Any]
Layers = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words that stand beside the marks, and the mark before decimals."""

    rupture: str = "rupture"
    repaired: str = "repaired"
    review: str = "review"
    watch: str = "watch"
    usual: str = "usual"
    expected: str = "expected"
    session: str = "session"
    decimal: str = "."


WORDS = Words()


def layer(rows: Sequence[Row], mark: Row, **encoding: Any) -> Layers:
    """Make one layer; none where there is nothing to draw."""
    if not rows:
        return []
    return [{"data": {"values": list(rows)}, "mark": mark, "encoding": encoding}]


def usual_bounds(row: Row) -> tuple[float, ...]:
    """Give the client's own usual range at one session, in scale units; empty while not known."""
    if row["prior_mean"] is None:
        return ()
    reach = abs(row["prior_mean"] - row["limit_watch"])
    return row["prior_mean"] - reach, row["prior_mean"] + reach


def usual_range(rows: Sequence[Row], frame: Frame) -> Layers:
    """Draw the soft band, half a session beyond its first and last limits."""
    known = [row for row in rows if row["prior_mean"] is not None]
    if not known:
        return []
    sessions = [row["session"] for row in known]
    ends = [sessions[0] - 0.5, *sessions, sessions[-1] + 0.5]
    band = [
        {"session": session, "score": within(low, frame.scores), "high": within(high, frame.scores)}
        for session, row in zip(ends, [known[0], *known, known[-1]], strict=True)
        for low, high in [usual_bounds(row)]
    ]
    return layer(band, {"type": "area", "color": USUAL.light, "opacity": 1}, y2={"field": "high"})


def expected_range(ahead: Sequence[Row]) -> Layers:
    """Draw the expected course, as the two edges of its band."""
    edges = [
        {"session": row["session"], "score": row[edge], "edge": edge}
        for row in ahead
        for edge in ("low", "high")
    ]
    mark = {"type": "line", "color": EXPECTED.light, "strokeWidth": 1.5, "strokeDash": [5, 4]}
    return layer(edges, mark, detail={"field": "edge"})


def line(rows: Sequence[Row]) -> Layers:
    """Draw the scores, joined where no session is missing between them."""
    points = [
        {"session": row["session"], "score": row["score"], "part": part}
        for row, part in zip(rows, parts_of(rows), strict=True)
        if row["score"] is not None
    ]
    stroke = {"type": "line", "color": ACCENT.light, "strokeWidth": 2.25}
    dot = {"type": "circle", "color": ACCENT.light, "size": 34, "opacity": 1}
    return layer(points, stroke, detail={"field": "part"}) + layer(points, dot)


def parts_of(rows: Sequence[Row]) -> list[int]:
    """Count the stretches without a gap: a missed score, or twice the usual step or more."""
    sessions = [row["session"] for row in rows]
    steps = [after - before for before, after in pairwise(sessions)]
    usual = median_low(steps) if steps else 1
    parts, part = [], 0
    for row, step in zip(rows, [0, *steps], strict=False):
        if row["score"] is None or step >= 2 * usual:
            part += 1
        parts.append(part)
    return parts


def away(
    rows: Sequence[Row], missed: Collection[int] | None, cancelled: Collection[int], frame: Frame
) -> Layers:
    """Draw hollow circles on the axis for what was missed, and crosses for what was cancelled."""
    empty = [row["session"] for row in rows if row["score"] is None] if missed is None else missed
    shapes = (("circle", set(empty) - set(cancelled)), ("cross", set(cancelled)))
    return [
        drawn
        for shape, sessions in shapes
        for drawn in layer(
            [{"session": session, "score": frame.scores[0]} for session in sorted(sessions)],
            point(shape, PAPER.light, QUIET.light, size=48),
        )
    ]


def point(shape: str, fill: str, stroke: str, *, size: int = 130) -> Row:
    """Describe a mark of one shape."""
    return {
        "type": "point", "shape": shape, "size": size, "fill": fill, "stroke": stroke,
        "strokeWidth": 1.75, "opacity": 1,
    }  # fmt: skip


def marks_of(rows: Sequence[Row], ruptures: Sequence[Row], words: Words) -> list[Row]:
    """Collect everything noticed, each with its place, kind and word.

    While a rupture lasts, further low scores keep their shape but need no word.
    """
    scores = {row["session"]: row["score"] for row in rows if row["score"] is not None}
    found: dict[int, tuple[str, str]] = {
        row["session"]: (row["signal"], getattr(words, row["signal"]))
        for row in rows
        if row["signal"] in {"watch", "review"}
    }
    for row in ruptures:
        last = row["repaired"] or max(scores, default=0) + 1
        lasting = {session for session in found if row["onset"] < session < last}
        found |= {session: (found[session][0], "") for session in lasting}
        found[row["onset"]] = ("review", words.rupture)
        if row["repaired"]:
            found[row["repaired"]] = ("repaired", words.repaired)
    return [
        {"session": session, "score": scores[session], "kind": kind, "word": word}
        for session, (kind, word) in sorted(found.items())
        if session in scores
    ]


def noticed(marks: Sequence[Row], scale: Scale) -> Layers:
    """Put shapes on the points at which something was noticed."""
    worse = "triangle-down" if scale.direction is Direction.HIGHER else "triangle-up"
    shapes = {
        "watch": point(worse, PAPER.light, LOOK.light),
        "review": point(worse, LOOK.light, LOOK.light),
        "repaired": point("diamond", ACCENT.light, ACCENT.light),
    }
    return [
        drawn
        for kind, shape in shapes.items()
        for drawn in layer([mark for mark in marks if mark["kind"] == kind], shape)
    ]


def mark_words(
    marks: Sequence[Row], rows: Sequence[Row], ahead: Sequence[Row], frame: Frame
) -> Layers:
    """Write words beside the shapes, where there is room."""
    weight = {"review": 2, "repaired": 1, "watch": 0}
    labels = [
        Label(
            text=mark["word"],
            x=frame.x(mark["session"]),
            y=frame.y(mark["score"]),
            weight=weight[mark["kind"]],
        )
        for mark in marks
        if mark["word"]
    ]
    drawn = [
        [(frame.x(row["session"]), frame.y(row[name])) for row in table if row[name] is not None]
        for table, name in ((rows, "score"), (ahead, "low"), (ahead, "high"))
    ]
    placed = place(labels, [box for points in drawn for box in line_boxes(points)], frame)
    words = [
        {"session": frame.session(at.x), "score": frame.score(at.y), "word": at.text}
        for at in placed
    ]
    return layer(words, {"type": "text", "baseline": "middle"}, text={"field": "word"})


def end_words(
    rows: Sequence[Row], ahead: Sequence[Row], words: Words, frame: Frame, scale: Scale
) -> Layers:
    """Write the newest score and the names of the bands, at their ends."""
    known = [row for row in rows if row["score"] is not None][-1:]
    usual = [row for row in rows if row["prior_mean"] is not None][-1:]
    ends = [
        *((row["score"], written(row["score"], scale, words), ACCENT) for row in known),
        *((row["prior_mean"], words.usual, QUIET) for row in usual),
        *(((row["low"] + row["high"]) / 2, words.expected, EXPECTED) for row in ahead[-1:]),
    ]
    wanted = [frame.y(within(score, frame.scores)) for score, _, _ in ends]
    heights = spread_out(wanted, 18, frame.height)
    labels = [
        {"session": frame.sessions[1], "score": frame.score(height), "word": word,
         "colour": colour.light}
        for height, (_, word, colour) in zip(heights, ends, strict=True)
    ]  # fmt: skip
    return layer(
        labels,
        {"type": "text", "align": "left", "baseline": "middle", "dx": 6},
        text={"field": "word"},
        color={"field": "colour", "type": "nominal", "scale": None},
    )


def written(score: float, scale: Scale, words: Words) -> str:
    """Write a score as the language of the chart writes numbers."""
    return number(score, scale).replace(".", words.decimal)


def axis_labels(rows: Sequence[Row], words: Words, frame: Frame, *, dates: bool = True) -> Layers:
    """Write session numbers under the chart, and dates under them where they are known.

    Without dates, every session of the frame may be named, as far apart as with them.
    """
    on = {row["session"]: row.get("date") for row in rows}
    known = any(on.values()) and dates
    floor = frame.scores[0]
    first, last = frame.sessions
    among = list(on) if dates else list(range(ceil(first), int(last) + 1))
    labels = [
        {
            "session": session,
            "score": floor,
            "number": str(session),
            "date": day(on.get(session)),
        }
        for session in session_ticks(among or [1], 5 if known or not dates else 9)
    ]
    name = [{"session": frame.sessions[1], "score": floor, "word": words.session}]
    under = {"type": "text", "baseline": "top", "color": QUIET.light}
    return [
        *layer(labels, under | {"dy": 8}, text={"field": "number"}),
        *layer(name, under | {"dy": 8, "dx": 12, "align": "left"}, text={"field": "word"}),
        *(
            layer(labels, under | {"dy": 26, "fontSize": 13}, text={"field": "date"})
            if known
            else []
        ),
    ]


def day(value: date | str | None) -> str:
    """Write a short date; one that is written already stays as it is."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value.day} {value:%b}"
