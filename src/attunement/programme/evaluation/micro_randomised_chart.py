"""The picture of a nudge's effect over time."""

import altair as alt

from attunement.charts.palette import ACCENT, INK, QUIET, USUAL
from attunement.programme.drawing import finished
from attunement.programme.evaluation.micro_randomised_course import EffectOverTime


def effect_over_time_chart(found: EffectOverTime) -> alt.LayerChart:
    """Draw the effect's line with its band, over the effects of stretches by themselves.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    found
        From :func:`attunement.programme.evaluation.micro_randomised_course.effect_over_time`.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.programme.evaluation.micro_randomised_course import effect_over_time
    >>> nudged = [1, 0, 0, 1, 1, 0, 1, 0] * 24
    >>> came = [1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 0] * 12
    >>> rows = pl.DataFrame({"client": [n // 8 for n in range(192)],
    ...                      "week": [n % 8 for n in range(192)],
    ...                      "nudged": nudged, "probability": [0.5] * 192, "came": came})
    >>> found = effect_over_time(rows, outcome="came", time="week")
    >>> effect_over_time_chart(found).title.text
    'Does the nudge go on working?'
    """
    x = alt.X("time:Q", title=found.time, scale=alt.Scale(nice=False, zero=False)).axis(
        grid=False, tickCount=8
    )
    title = f"further {found.outcome} when nudged"
    base = alt.Chart(alt.InlineData(values=found.line.to_dicts()))
    each = alt.Chart(alt.InlineData(values=found.stretches.rename({"middle": "time"}).to_dicts()))
    zero = (
        alt.Chart(alt.InlineData(values=[{"value": 0.0}]))
        .mark_rule(color=QUIET.light, strokeDash=[4, 4], strokeWidth=1.25)
        .encode(y="value:Q")
    )
    y = alt.Y("low:Q", title=title, scale=alt.Scale(zero=False)).axis(tickCount=5)
    layers = [
        base.mark_area(color=USUAL.light, opacity=1).encode(x=x, y=y, y2="high:Q"),
        zero,
        base.mark_line(color=ACCENT.light, strokeWidth=2.25).encode(x=x, y="value:Q"),
        each.mark_rule(color=INK.light, strokeWidth=1.5).encode(x=x, y="low:Q", y2="high:Q"),
        each.mark_circle(color=INK.light, size=70, opacity=1).encode(x=x, y="value:Q"),
    ]
    subtitle = "line and band: along a straight line; dots: each stretch of time by itself"
    return finished(alt.layer(*layers), "Does the nudge go on working?", subtitle, width=480)
