"""Pictures of staying and leaving, and of how good a forecast is."""

from typing import Any

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, EXPECTED, INK, LOOK, QUIET, USUAL
from attunement.problems import Problem
from attunement.programme.drawing import CONFIG
from attunement.programme.retention.model import Tested
from attunement.programme.retention.staying import EVERYBODY, Staying

WIDTH, HEIGHT = 420, 240
SMALL_WIDTH, SMALL_HEIGHT, ACROSS = 190, 130, 3
DASHED = [4, 4]
TREAD = 0.5

LOOKS = CONFIG | {
    "header": {"labelColor": INK.light, "labelFontSize": 13, "labelFontWeight": 600},
    "facet": {"spacing": 24},
}


def staying_chart(
    found: Staying, definition: str, by: str | None = None, *, title: str = "", begins: bool = True
) -> alt.TopLevelMixin:
    """Draw how many have left after so many sessions, some of the others having completed.

    The curves are those of Aalen & Johansen (1978, *Scand. J. Stat.* 5:141-150); the picture is our
    own.

    Parameters
    ----------
    found
        From :func:`~attunement.programme.retention.staying.staying`.
    definition
        Of leaving.
    by
        Column whose groups to draw, each with everybody's curve behind it.
    title
        What the picture says, in one sentence.
    begins
        Begin every curve at nobody left; without it a curve begins at its first point, where the
        points before are not told.

    Raises
    ------
    Problem
        If there is no such curve.

    Examples
    --------
    >>> from attunement import Plan, simulate
    >>> from attunement.programme.retention.staying import staying
    >>> found = staying(simulate(Plan(clients=100, responses=False), seed=7).attendance)
    >>> staying_chart(found, "before-planned-end", title="One in four left early").title.text
    'One in four left early'
    """
    curves = _stepped(found.curves.filter(pl.col("definition") == definition), begins=begins)
    whole = curves.filter(pl.col("by") == EVERYBODY).drop("group")
    own = curves.filter(pl.col("by") == (by or EVERYBODY))
    if own.is_empty():
        raise Problem(f"there is no curve of {definition} by {by or EVERYBODY}", "choose another")
    x = alt.X("time:Q", title="sessions attended", scale=alt.Scale(domainMin=0, nice=False),
              axis=alt.Axis(tickMinStep=1, grid=False, tickCount=6))  # fmt: skip
    y = alt.Y("gone:Q", title="have left", axis=alt.Axis(format="%", tickCount=4),
              scale=alt.Scale(domainMin=0))  # fmt: skip
    band = alt.Chart().mark_area(color=USUAL.light, interpolate="step-after", opacity=1)
    line = alt.Chart().mark_line(color=ACCENT.light, interpolate="step-after", strokeWidth=2.25)
    drawn = [band.encode(x=x, y=y.copy(), y2="gone_high:Q").encode(y=alt.Y("gone_low:Q")),
             line.encode(x=x, y=y)]  # fmt: skip
    words = f"{title or 'Share of clients who have left'}, by {definition}"
    if by is None:
        chart: Any = alt.layer(*drawn, data=_data(own)).properties(width=WIDTH, height=HEIGHT)
        return _finished(chart, title, words)
    behind = (
        alt.Chart(_data(whole))
        .mark_line(color=QUIET.light, interpolate="step-after", strokeWidth=1.25, strokeDash=DASHED)
        .encode(x=x, y=y)
    )
    chart = (
        alt.layer(drawn[0], behind, drawn[1], data=_data(own))
        .properties(width=SMALL_WIDTH, height=SMALL_HEIGHT)
        .facet(alt.Facet("group:N", title=None, sort="ascending"), columns=ACROSS)
    )
    return _finished(chart, title, f"{words}, each {by} before everybody together")


def calibration_chart(test: Tested, *, title: str = "") -> alt.TopLevelMixin:
    """Draw what was forecast against what happened, in equally large groups of sessions.

    The picture is our own; it estimates nothing.
    """
    rows = pl.DataFrame(dict(test.plot))
    most = max(*rows["high"].to_list(), *rows["forecast"].to_list())
    scale = alt.Scale(domain=[0, most], nice=True)
    ideal = (
        alt.Chart(_data(pl.DataFrame({"x": [0.0, most], "y": [0.0, most]})))
        .mark_line(color=QUIET.light, strokeDash=DASHED, strokeWidth=1.25)
        .encode(x=alt.X("x:Q", scale=scale), y=alt.Y("y:Q", scale=scale))
    )
    axis = alt.Axis(format=".0%" if most > 0.04 else ".1%", tickCount=5, labelFlush=False)
    base = alt.Chart(_data(rows)).encode(
        x=alt.X("forecast:Q", scale=scale, title="forecast to leave next", axis=axis)
    )
    bars = base.mark_rule(color=ACCENT.light, strokeWidth=1.5).encode(
        y=alt.Y("low:Q", scale=scale, title="left next", axis=axis), y2="high:Q"
    )
    dots = base.mark_circle(color=ACCENT.light, size=60, opacity=1).encode(y="observed:Q")
    slope = test.calibration.slope
    words = (
        f"{title or 'What was forecast and what happened'}: calibration slope {slope.value:.2f}, "
        f"{slope.low:.2f} to {slope.high:.2f}; on the dashed line both are equal"
    )
    chart = alt.layer(ideal, bars, dots).properties(width=HEIGHT + 60, height=HEIGHT + 60)
    return _finished(chart, title, words)


CHOICES = {
    "model": ("as the model suggests", ACCENT.light, [1, 0]),
    "everybody": ("with everybody", EXPECTED.light, [6, 4]),
    "nobody": ("with nobody", LOOK.light, [2, 3]),
}


def decision_chart(test: Tested, *, title: str = "") -> alt.TopLevelMixin:
    """Draw the net benefit of checking in by the model, on everybody, and on nobody.

    The curve is that of Vickers & Elkin (2006, *Med. Decis. Making* 26:565-574).
    """
    rows = pl.DataFrame(dict(test.decision))
    long = rows.unpivot(index="threshold", on=list(CHOICES), variable_name="choice")
    floor = -0.25 * max(test.decision["everybody"][0] or 0.0, 0.0)
    names = {name: words for name, (words, _, _) in CHOICES.items()}
    shown = long.filter(pl.col("value") >= floor).with_columns(
        pl.col("choice").replace(names), value=1000 * pl.col("value")
    )
    order = list(names.values())
    colour = alt.Scale(domain=order, range=[colour for _, colour, _ in CHOICES.values()])
    dash = alt.Scale(domain=order, range=[dash for _, _, dash in CHOICES.values()])
    legend = alt.Legend(title="check in", orient="bottom", direction="vertical",
                        symbolStrokeWidth=2.5, symbolSize=400, labelFontSize=13,
                        labelColor=INK.light, titleColor=QUIET.light, titleFontWeight=400,
                        titleFontSize=13, labelLimit=220)  # fmt: skip
    chart = (
        alt.Chart(_data(shown))
        .mark_line(strokeWidth=2.25)
        .encode(
            x=alt.X("threshold:Q", title="check in from this forecast on",
                    axis=alt.Axis(format=".0%", grid=False, tickCount=6)),
            y=alt.Y("value:Q", title="net benefit per 1,000 sessions",
                    axis=alt.Axis(tickCount=5)),
            color=alt.Color("choice:N", scale=colour, legend=legend),
            strokeDash=alt.StrokeDash("choice:N", scale=dash, legend=legend),
        )
        .properties(width=WIDTH, height=HEIGHT)
    )  # fmt: skip
    words = f"{title or 'What check-ins are worth'}, by model, on everybody and on nobody"
    return _finished(chart, title, words)


def _stepped(curves: pl.DataFrame, *, begins: bool) -> pl.DataFrame:
    """Close the band where it has no width, begin at nobody left if asked to, end on a tread."""
    starts = (
        curves.select("definition", "by", "group")
        .unique()
        .with_columns(time=0.0, gone=0.0, gone_low=0.0, gone_high=0.0)
    )
    columns = starts.columns
    closed = curves.with_columns(
        pl.col("gone_low").fill_null(pl.col("gone")), pl.col("gone_high").fill_null(pl.col("gone"))
    )
    parts = [starts, closed.select(columns)] if begins else [closed.select(columns)]
    whole = pl.concat(parts).sort("by", "group", "time")
    last = whole.group_by("definition", "by", "group").last().with_columns(pl.col("time") + TREAD)
    return pl.concat([whole, last.select(columns)]).sort("by", "group", "time")


def _data(rows: pl.DataFrame) -> alt.InlineData:
    return alt.InlineData(values=rows.to_dicts())


def _finished(chart: Any, title: str, words: str) -> alt.TopLevelMixin:
    described = chart.properties(description=words)
    if title:
        heading = alt.TitleParams(text=title, frame="bounds")
        described = described.properties(title=heading)
    result: alt.TopLevelMixin = described.configure(**LOOKS)
    return result
