"""Several effects with their intervals, one below the other."""

from collections.abc import Mapping

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, QUIET
from attunement.programme.drawing import finished
from attunement.programme.evaluation.effects import Effect


def effects_chart(
    effects: Mapping[str, Effect], *, title: str, unit: str, names: str = ""
) -> alt.LayerChart:
    """Draw effects as dots with intervals, beside a line where there is none.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    effects
        What each is called, and what it is: the effects of a micro-randomised trial, or those of
        a stepped wedge by periods since the start.
    title
        What the picture says.
    unit
        What the axis shows, with its unit.
    names
        What the effects' names are, for the axis.

    Examples
    --------
    >>> from attunement.programme.evaluation.effects import effect
    >>> found = {"period 1": effect(-0.02, 0.02), "period 2": effect(-0.06, 0.03)}
    >>> effects_chart(found, title="More in time", unit="risk difference").title.text
    'More in time'
    """
    rows = pl.DataFrame(
        [
            {"name": name, "value": one.value, "low": one.low, "high": one.high}
            for name, one in effects.items()
        ]
    ).to_pandas()
    y = alt.Y("name:N", title=names or None, sort=list(effects))
    zero = (
        alt.Chart(pl.DataFrame({"value": [0.0]}).to_pandas())
        .mark_rule(color=QUIET.light, strokeDash=[4, 4])
        .encode(x="value:Q")
    )
    base = alt.Chart(rows)
    interval = base.mark_rule(color=QUIET.light, strokeWidth=2).encode(
        x=alt.X("low:Q", title=unit).axis(tickCount=6), x2="high:Q", y=y
    )
    dot = base.mark_circle(color=ACCENT.light, size=110, opacity=1).encode(x="value:Q", y=y)
    return finished(alt.layer(zero, interval, dot), title, height=max(44 * len(effects), 90))
