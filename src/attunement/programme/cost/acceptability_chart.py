"""The picture of how likely the new way is worth its cost."""

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, INK, QUIET
from attunement.programme.cost.effectiveness import CostEffectiveness
from attunement.programme.drawing import CONFIG, titled

MOST = 0.99


def acceptability_chart(
    found: CostEffectiveness, *, unit: str = "reliable recovery"
) -> alt.LayerChart:
    """Draw the acceptability curve: probability over what one unit of effect may be worth.

    Worths that were asked about stand on it as dots.

    The curve is that of van Hout et al. (1994, *Health Econ.* 3:309; cited from memory).

    Parameters
    ----------
    found
        From :func:`attunement.programme.cost.effectiveness.cost_effectiveness`.
    unit
        What one unit of effect is, in words.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.programme.cost.effectiveness import cost_effectiveness
    >>> from attunement.programme.cost.perspective import Perspective
    >>> view = Perspective(payer="the service", counted=["therapists' time"], left_out=[],
    ...                    currency="GBP", price_year=2026)
    >>> old = pl.DataFrame({"cost": [400.0, 600] * 50, "reliable_recovery": [0, 0, 1, 0, 0] * 20})
    >>> new = pl.DataFrame({"cost": [500.0, 700] * 50, "reliable_recovery": [0, 1, 1, 0, 0] * 20})
    >>> found = cost_effectiveness(new, old, view, randomised=True, draws=200)
    >>> acceptability_chart(found).title.text
    'Is it worth its cost?'
    """
    done: alt.LayerChart = acceptability_panel(found, unit=unit).configure(**CONFIG)
    return done


def acceptability_panel(
    found: CostEffectiveness, *, unit: str = "reliable recovery"
) -> alt.LayerChart:
    """Draw :func:`acceptability_chart` as a panel beside others."""
    x = alt.X(
        "worth:Q",
        title=f"what one {unit} is worth to {found.perspective.payer}, "
        f"{found.perspective.currency}",
        scale=alt.Scale(nice=False),
    ).axis(grid=False, tickCount=5)
    y = alt.Y(
        "probability:Q",
        title="probability that the new way is worth its cost",
        scale=alt.Scale(domain=[0, 1]),
    ).axis(format=".0%", tickCount=5)
    curve = alt.Chart(_data(found.curve)).mark_line(color=ACCENT.light, strokeWidth=2.5)
    half = alt.Chart(_data(pl.DataFrame({"probability": [0.5]}))).mark_rule(
        color=QUIET.light, strokeDash=[4, 4]
    )
    layers = [half.encode(y="probability:Q"), curve.encode(x=x, y=y)]
    if not found.acceptability["worth"].equals(found.curve["worth"]):
        said = [_percent(share) for share in found.acceptability["probability"]]
        rows = found.acceptability.with_columns(said=pl.Series(said))
        asked = alt.Chart(_data(rows)).encode(x=x, y=y)
        layers += [
            asked.mark_circle(color=ACCENT.light, size=90, opacity=1),
            asked.mark_text(color=INK.light, align="left", dx=9, dy=12).encode(text="said:N"),
        ]
    subtitle = "share of bootstrap samples in which it is"
    return titled(alt.layer(*layers), "Is it worth its cost?", subtitle, height=320)


def _percent(share: float) -> str:
    """Write a share without claiming certainty."""
    if share > MOST:
        return f"over {MOST:.0%}"
    return f"under {1 - MOST:.0%}" if share < 1 - MOST else f"{share:.0%}"


def _data(rows: pl.DataFrame) -> alt.InlineData:
    return alt.InlineData(values=rows.to_dicts())
