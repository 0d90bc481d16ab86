"""The picture of how likely the new way is worth its cost."""

import altair as alt

from attunement.charts.palette import ACCENT, QUIET
from attunement.programme.cost.effectiveness import CostEffectiveness
from attunement.programme.drawing import finished


def acceptability_chart(
    found: CostEffectiveness, *, unit: str = "reliable recovery"
) -> alt.LayerChart:
    """Draw the acceptability curve: probability over what one unit of effect may be worth.

    Parameters
    ----------
    found
        From :func:`attunement.programme.cost.effectiveness.cost_effectiveness`.
    unit
        What one unit of effect is, in words.
    """
    rows = found.acceptability.to_pandas()
    x = alt.X(
        "worth:Q",
        title=f"what one {unit} is worth to {found.perspective.payer}, "
        f"{found.perspective.currency}",
        scale=alt.Scale(nice=False),
    ).axis(grid=False, tickCount=6)
    y = alt.Y(
        "probability:Q",
        title="probability that the new way is worth its cost",
        scale=alt.Scale(domain=[0, 1]),
    ).axis(format=".0%", tickCount=5)
    curve = alt.Chart(rows).mark_line(color=ACCENT.light, strokeWidth=2.5).encode(x=x, y=y)
    half = (
        alt.Chart(rows.head(1).assign(probability=0.5))
        .mark_rule(color=QUIET.light, strokeDash=[4, 4])
        .encode(y="probability:Q")
    )
    return finished(alt.layer(half, curve), "Is it worth its cost?")
