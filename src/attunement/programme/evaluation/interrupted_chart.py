"""The picture of an interrupted time series."""

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, EXPECTED, LOOK, QUIET
from attunement.programme.drawing import finished
from attunement.programme.evaluation.interrupted import Interrupted


def interrupted_chart(found: Interrupted, *, value: str, time: str = "period") -> alt.LayerChart:
    """Draw the series, its fit, and the course it was expected to keep.

    Step, change of trend and what both came to at the end stand below the title.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    found
        From :func:`attunement.programme.evaluation.interrupted.interrupted_time_series`.
    value, time
        What the axes show, in words.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.programme.evaluation.interrupted import interrupted_time_series
    >>> noise = [1.0, -2, 0, 2, -1, 1, -1, 0, 2, -2, 1, -1] * 2
    >>> referred = [50 + month / 2 + noise[month] + 8 * (month >= 12) for month in range(24)]
    >>> rows = pl.DataFrame({"time": list(range(24)), "value": referred})
    >>> found = interrupted_time_series(rows, start=12)
    >>> interrupted_chart(found, value="referrals", time="month").title.text
    'Referrals, before and after the start'
    """
    rows = found.course.with_columns(since=pl.col("time") >= found.start)
    x = alt.X("time:Q", title=time, scale=alt.Scale(nice=False, zero=False)).axis(
        grid=False, format="d", tickCount=8, labelFlush=False
    )
    y = alt.Y("value:Q", title=value, scale=alt.Scale(zero=False))
    base = alt.Chart(rows.to_pandas())
    layers = [
        base.mark_circle(color=QUIET.light, size=28, opacity=0.8).encode(x=x, y=y),
        base.mark_line(color=ACCENT.light, strokeWidth=2.25).encode(
            x=x, y=alt.Y("fitted:Q"), detail="since:N"
        ),
        base.mark_line(color=EXPECTED.light, strokeWidth=2, strokeDash=[6, 4]).encode(
            x=x, y=alt.Y("expected:Q")
        ),
        _words(rows, "fitted", "as it went", ACCENT.light),
        _words(rows, "expected", "as expected", EXPECTED.light),
        *_start(rows, found.start),
    ]
    if found.compared:
        faint = base.mark_line(color=QUIET.light, strokeWidth=1, opacity=0.7)
        layers.insert(0, faint.encode(x=x, y=alt.Y("comparison:Q")))
        layers.append(_words(rows, "comparison", "comparison", QUIET.light))
    subtitle = [
        f"step {found.level}, slope {found.slope} per period",
        f"at the end {found.at_end}",
    ]
    title = f"{value.capitalize()}, before and after the start"
    return finished(alt.layer(*layers), title, subtitle, width=480)


def _start(rows: pl.DataFrame, start: int) -> list[alt.Chart]:
    top = float(max(rows[name].max() for name in ("value", "fitted")))  # type: ignore[type-var, arg-type]
    place = alt.Chart(pl.DataFrame({"time": [start - 0.5], "value": [top]}).to_pandas())
    rule = place.mark_rule(color=LOOK.light, strokeWidth=1.5).encode(x="time:Q")
    word = place.mark_text(
        color=LOOK.light, align="right", dx=-6, baseline="bottom", text="start"
    ).encode(x="time:Q", y="value:Q")
    return [rule, word]


def _words(rows: pl.DataFrame, column: str, text: str, colour: str) -> alt.Chart:
    last = rows.tail(1).select("time", value=column)
    mark = alt.Chart(last.to_pandas()).mark_text(color=colour, align="left", dx=8, text=text)
    word: alt.Chart = mark.encode(x="time:Q", y="value:Q")
    return word
