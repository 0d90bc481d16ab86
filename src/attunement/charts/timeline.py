"""What happened when, on the sessions of a course chart: one track for each kind of thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from attunement.charts.layers import WORDS, Layers, Words, axis_labels, layer, point
from attunement.charts.layout import Frame
from attunement.charts.palette import ACCENT, INK, LOOK, PAPER, QUIET, RULE, SAFETY
from attunement.charts.sheet import LEFT, RIGHT, sheet

TRACK = 26
TOP, BOTTOM = 6, 46


class Mark(Enum):
    """How a thing looks: shape, fill and stroke, so that colour never speaks alone."""

    CAME = ("circle", ACCENT, ACCENT, 60)
    LATE = ("triangle-right", ACCENT, ACCENT, 60)
    MISSED = ("circle", PAPER, QUIET, 60)
    CANCELLED = ("cross", PAPER, QUIET, 60)
    PLANNED = ("stroke", QUIET, QUIET, 60)
    TENSION = ("triangle-down", LOOK, LOOK, 110)
    SETTLED = ("triangle-down", PAPER, LOOK, 110)
    ALERT = ("diamond", LOOK, LOOK, 90)
    CLOSED = ("diamond", PAPER, LOOK, 90)
    SAFETY = ("square", SAFETY, SAFETY, 90)
    NOTE = ("square", PAPER, INK, 55)


@dataclass(frozen=True)
class Track:
    """One kind of thing: its name at the end of its line, and its marks by session."""

    name: str
    marks: Sequence[tuple[float, Mark]]


def timeline_spec(
    tracks: Sequence[Track],
    *,
    sessions: tuple[int, int],
    dates: Mapping[int, date | str | None],
    words: Words = WORDS,
    width: int = 420,
) -> dict[str, Any]:
    """Describe the tracks under a course chart, in Vega-Lite.

    Parameters
    ----------
    tracks
        From top to bottom.
    sessions
        The first and last session to show, as for the charts above it.
    dates
        The sessions to be named, with their dates where they are known.
    words
        The word beside the numbers.
    width
        Of the whole chart in pixels; as the course chart's, so that sessions stand in line.
    """
    height = TRACK * len(tracks)
    frame = Frame(
        sessions=(sessions[0] - 0.5, sessions[1] + 0.5),
        scores=(0.0, float(len(tracks))),
        width=width - LEFT - RIGHT,
        height=height,
    )
    rows = [{"session": session, "date": day} for session, day in sorted(dates.items())]
    drawn = [
        *lines(tracks, frame),
        *marks(tracks),
        *names(tracks, frame),
        *axis_labels(rows, words, frame),
    ]
    return sheet(drawn, frame, top=TOP, bottom=BOTTOM)


def level(tracks: Sequence[Track], place: int) -> float:
    """Give the height of a track, the first one at the top."""
    return len(tracks) - place - 0.5


def lines(tracks: Sequence[Track], frame: Frame) -> Layers:
    """Draw a thin line along each track."""
    ends = [
        {"session": end, "score": level(tracks, place), "track": place}
        for place in range(len(tracks))
        for end in frame.sessions
    ]
    mark = {"type": "line", "color": RULE.light, "strokeWidth": 1}
    return layer(ends, mark, detail={"field": "track"})


def marks(tracks: Sequence[Track]) -> Layers:
    """Put every thing on its track."""
    drawn: Layers = []
    for kind in Mark:
        shape, fill, stroke, size = kind.value
        points = [
            {"session": session, "score": level(tracks, place)}
            for place, track in enumerate(tracks)
            for session, mark in track.marks
            if mark is kind
        ]
        drawn += layer(points, point(shape, fill.light, stroke.light, size=size))
    return drawn


def names(tracks: Sequence[Track], frame: Frame) -> Layers:
    """Write what each track holds, at its end."""
    words = [
        {"session": frame.sessions[1], "score": level(tracks, place), "word": track.name}
        for place, track in enumerate(tracks)
    ]
    mark = {
        "type": "text", "align": "left", "baseline": "middle", "dx": 6, "color": QUIET.light,
    }  # fmt: skip
    return layer(words, mark, text={"field": "word"})
