"""The picture of cost against effect."""

from typing import Literal

import altair as alt
import polars as pl

from attunement.charts.palette import ACCENT, LOOK, QUIET
from attunement.programme.cost.effectiveness import CostEffectiveness
from attunement.programme.drawing import CONFIG, titled

Side = Literal["left", "right"]
PLACES: dict[str, tuple[Side, Literal["top", "bottom"]]] = {
    "costs more, does more": ("right", "top"),
    "costs less, does more": ("right", "bottom"),
    "costs more, does less": ("left", "top"),
    "costs less, does less": ("left", "bottom"),
}


def plane_chart(found: CostEffectiveness, *, unit: str = "reliable recoveries") -> alt.LayerChart:
    """Draw the bootstrap samples on the plane, with the share in each quadrant.

    The plane is that of Briggs, Wonderling and Mooney (1997, *Health Econ.* 6:327; cited from
    memory).

    Parameters
    ----------
    found
        From :func:`attunement.programme.cost.effectiveness.cost_effectiveness`.
    unit
        What the effect counts, in words.

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
    >>> plane_chart(found).title.text
    'The new way against the old'
    """
    done: alt.LayerChart = plane_panel(found, unit=unit).configure(**CONFIG)
    return done


def plane_panel(found: CostEffectiveness, *, unit: str = "reliable recoveries") -> alt.LayerChart:
    """Draw :func:`plane_chart` as a panel beside others."""
    points = found.plane.with_columns(pl.col("effect") * 100)
    reach = {name: 1.15 * float(points[name].abs().max()) for name in points.columns}  # type: ignore[arg-type]
    x = alt.X(
        "effect:Q",
        title=f"further {unit} per 100 clients",
        scale=alt.Scale(domain=[-reach["effect"], reach["effect"]], nice=False),
    ).axis(tickCount=6)
    y = alt.Y(
        "cost:Q",
        title=f"further cost per client to {found.perspective.payer}, {found.perspective.currency}",
        scale=alt.Scale(domain=[-reach["cost"], reach["cost"]], nice=False),
    )
    dots = alt.Chart(points.to_pandas()).mark_circle(color=ACCENT.light, size=12, opacity=0.25)
    origin = pl.DataFrame({"effect": [0.0], "cost": [0.0]}).to_pandas()
    centre = pl.DataFrame(
        {"effect": [found.effect.value * 100], "cost": [found.cost.value]}
    ).to_pandas()
    mark = alt.Chart(centre).mark_point(
        color=LOOK.light, shape="cross", filled=True, size=140, opacity=1
    )
    layers = [
        alt.Chart(origin).mark_rule(color=QUIET.light).encode(x=x),
        alt.Chart(origin).mark_rule(color=QUIET.light).encode(y=y),
        dots.encode(x=x, y=y),
        mark.encode(x=x, y=y),
        *(_share(name, share, reach) for name, share in found.shares.items()),
    ]
    return titled(
        alt.layer(*layers),
        "The new way against the old",
        "dots: bootstrap samples; cross: the estimate",
        height=320,
    )


def _share(name: str, share: float, reach: dict[str, float]) -> alt.Chart:
    side, end = PLACES[name]
    place = pl.DataFrame(
        {
            "effect": [reach["effect"] * (0.97 if side == "right" else -0.97)],
            "cost": [reach["cost"] * (0.93 if end == "top" else -0.93)],
        }
    )
    mark = alt.Chart(place.to_pandas()).mark_text(
        align=side, color=QUIET.light, text=f"{name}: {share:.1%}"
    )
    word: alt.Chart = mark.encode(x="effect:Q", y="cost:Q")
    return word
