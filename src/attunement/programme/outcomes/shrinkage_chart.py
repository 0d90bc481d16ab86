"""A funnel in which each unit is drawn towards the rate over all, as far as it may be chance."""

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, EXPECTED, LOOK, QUIET, RULE, USUAL
from attunement.programme.outcomes.chart import HEIGHT, LOOKS, PERCENT, WIDTH
from attunement.programme.outcomes.funnel import AS_EXPECTED, BEYOND, EDGE, Funnel


def shrinkage_chart(found: Funnel, *, unit: str, outcome: str) -> alt.TopLevelMixin:
    """Draw units in the funnel of what chance gives, each with its shrunken estimate.

    The mark is the rate as seen; the line leads to the shrunken estimate, which is the better
    guess of what is to come (:func:`~attunement.programme.outcomes.funnel.shrink`). There are
    neither names nor an order but size.

    The picture is our own; it estimates nothing.

    Parameters
    ----------
    found
        From :func:`~attunement.programme.outcomes.funnel.funnel`.
    unit, outcome
        Their names, for the axes.

    Examples
    --------
    >>> from attunement.programme.outcomes.funnel import funnel
    >>> rows = pl.DataFrame({"therapist": [f"t{n % 6}" for n in range(240)],
    ...                      "better": [n % 7 < 3 for n in range(240)]})
    >>> found = funnel(rows, "therapist", "better")
    >>> len(shrinkage_chart(found, unit="therapist", outcome="better").layer)
    6
    """
    placed = found.units.filter(pl.col("why_not").is_null()).select(
        "size", "rate", "shrunken", "place"
    )
    x = alt.X(
        "size:Q",
        title=f"clients of a {unit} (as precise without adjustment)",
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(grid=False, tickCount=5),
    )
    outline = alt.Chart(_data(found.limits))
    outer = outline.mark_area(color=RULE.light, opacity=1).encode(
        x=x, y=alt.Y("outer_low:Q", title=outcome, axis=PERCENT), y2="outer_high:Q"
    )
    inner = outline.mark_area(color=USUAL.light, opacity=1).encode(x=x, y="low:Q", y2="high:Q")
    middle = (
        alt.Chart(_data(pl.DataFrame({"rate": [found.rate]})))
        .mark_rule(color=QUIET.light, strokeDash=[4, 4], strokeWidth=1.25)
        .encode(y="rate:Q")
    )
    order = [AS_EXPECTED, EDGE, BEYOND]
    colour = alt.Scale(domain=order, range=[ACCENT.light, EXPECTED.light, LOOK.light])
    shape = alt.Scale(domain=order, range=["circle", "diamond", "triangle-up"])
    legend = alt.Legend(title=None, orient="bottom", symbolSize=90)
    units = alt.Chart(_data(placed))
    pulled = units.mark_rule(color=QUIET.light, strokeWidth=1.5).encode(
        x=x, y="rate:Q", y2="shrunken:Q"
    )
    dots = units.mark_point(filled=True, size=70, opacity=1).encode(
        x=x,
        y="rate:Q",
        color=alt.Color("place:N", scale=colour, legend=legend),
        shape=alt.Shape("place:N", scale=shape, legend=legend),
    )
    ends = units.mark_tick(color=QUIET.light, thickness=2.5, size=12, orient="horizontal").encode(
        x=x, y="shrunken:Q"
    )
    words = (
        f"{outcome.capitalize()} by {unit}: inside the inner funnel 95 % lie by chance, inside the "
        "outer one 99.8 %; a line leads from each rate to its shrunken estimate"
    )
    chart = alt.layer(outer, inner, middle, pulled, ends, dots)
    done: alt.TopLevelMixin = chart.properties(
        width=WIDTH, height=HEIGHT, description=words
    ).configure(**LOOKS)
    return done


def _data(rows: pl.DataFrame) -> alt.InlineData:
    return alt.InlineData(values=rows.to_dicts())
