"""One client's course on one scale: own usual range, what was noticed, and what was repaired."""

from collections.abc import Collection, Sequence
from typing import Any

import altair as alt
import polars as pl

from attunement.charts import layers
from attunement.charts.layers import WORDS, Row, Words, usual_bounds
from attunement.charts.layout import Frame, score_range
from attunement.charts.sheet import LEFT, RIGHT, sheet
from attunement.frames import to_lazy, to_polars
from attunement.measures.scale import Scale

TOP, BOTTOM, NUMBERS = 12, 48, 28


def course_chart(
    signals: Any, ruptures: Any, scale: Scale, *, client: str | int, **options: Any
) -> alt.LayerChart:
    """Draw one client's scores on one scale, as a chart for a notebook.

    Parameters
    ----------
    signals, ruptures, scale, client, options
        As for :func:`course_spec`.
    """
    spec = course_spec(signals, ruptures, scale, client=client, **options)
    return alt.LayerChart.from_dict(spec, validate=False)


def course_spec(
    signals: Any,
    ruptures: Any,
    scale: Scale,
    *,
    client: str | int,
    expected: Any = None,
    sessions: tuple[int, int] | None = None,
    missed: Collection[int] | None = None,
    cancelled: Collection[int] = (),
    axis: bool = True,
    dates: bool = True,
    title: str = "",
    words: Words = WORDS,
    width: int = 420,
    height: int = 240,
) -> dict[str, Any]:
    """Describe the chart of one client's scores on one scale, in Vega-Lite.

    The soft band is the client's own usual range: as far above the level expected from
    earlier sessions as the watch limit lies below it. A review is a filled triangle that points
    the worse way, a watch a hollow one, a repair a filled diamond, a missed score or session a
    hollow circle on the axis, a cancelled session a cross there; what was noticed has its word
    beside it where there is room.

    Parameters
    ----------
    signals, ruptures
        The tables ``signals`` (with ``date`` where known) and ``ruptures``, of any kind; they
        may hold other clients and scales.
    scale
        The scale to draw.
    client
        Whose scores.
    expected
        The expected course: ``client``, ``scale``, ``session``, ``low``, ``high``.
    sessions
        The first and last session to show, where several charts share one axis.
    missed
        Sessions to which the client did not come: hollow circles on the axis. Where that is not
        known (None), every session without a score has one.
    cancelled
        Sessions that were called off: crosses on the axis.
    axis, dates
        Whether to write sessions underneath, and their dates where they are known. Without dates,
        the sessions are those that :func:`timeline_spec` names with them.
    title
        What the chart says, in one sentence; empty where the page says it.
    words
        The words beside the marks.
    width, height
        Of the whole chart in pixels.

    Returns
    -------
    What :func:`course_chart` wraps; a report of hundreds of charts draws it directly.
    """
    rows = course(signals, client, scale.name).sort("session").to_dicts()
    broken = course(ruptures, client, scale.name).sort("onset").to_dicts()
    ahead = (
        []
        if expected is None
        else course(expected, client, scale.name).sort("session").drop_nulls("low").to_dicts()
    )
    under = (BOTTOM if dates else NUMBERS) if axis else TOP
    frame = frame_of(rows, ahead, scale, width - LEFT - RIGHT, height - TOP - under, sessions)
    marks = layers.marks_of(rows, broken, words)
    drawn = [
        *layers.usual_range(rows, frame),
        *layers.expected_range(ahead),
        *(layers.axis_labels(rows, words, frame, dates=dates) if axis else []),
        *layers.line(rows),
        *layers.away(rows, missed, cancelled, frame),
        *layers.noticed(marks, scale),
        *layers.mark_words(marks, rows, ahead, frame),
        *layers.end_words(rows, ahead, words, frame, scale),
    ]
    few = {"tickCount": 4, "title": None}
    return sheet(drawn, frame, top=TOP, bottom=under, axis=few, title=title)


def course(table: Any, client: str | int, scale: str) -> pl.DataFrame:
    """Rows of one client and one scale."""
    rows = table if isinstance(table, pl.DataFrame) else to_polars(to_lazy(table))
    return rows.filter(pl.col("client") == client, pl.col("scale") == scale)


def frame_of(
    rows: Sequence[Row],
    ahead: Sequence[Row],
    scale: Scale,
    width: float,
    height: float,
    wanted: tuple[int, int] | None = None,
) -> Frame:
    """Which sessions and scores the chart shows."""
    sessions = wanted or [row["session"] for row in (*rows, *ahead)] or [1]
    known = [row["score"] for row in rows if row["score"] is not None]
    limits = [limit for row in rows for limit in usual_bounds(row)]
    bounds = [row[name] for row in ahead for name in ("low", "high")]
    return Frame(
        sessions=(min(sessions) - 0.5, max(sessions) + 0.5),
        scores=score_range([*known, *limits, *bounds], scale),
        width=width,
        height=height,
    )
