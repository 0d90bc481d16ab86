"""Costs, skewed as costs are, of arms that do not differ."""

import numpy as np
import polars as pl

from attunement.programme.cost.effectiveness import cost_effectiveness
from attunement.programme.cost.per_recovery import cost_per_recovery
from attunement.programme.cost.perspective import Perspective

COUNTY = Perspective(
    payer="the county", counted=["time"], left_out=[], currency="EUR", price_year=2026
)
WORTH = 2000.0


def arm(cost, rng, chance=0.4):
    return pl.DataFrame({"cost": cost, "reliable_recovery": rng.random(len(cost)) < chance})


def compared(new, old):
    return cost_effectiveness(new, old, COUNTY, randomised=True, draws=200, worth=[WORTH])


def costs(rng):
    found = compared(*(arm(rng.gamma(2, 500, 150), rng) for _ in range(2)))
    benefit = found.acceptability.row(0, named=True)
    return {
        "cost difference": (found.cost.low, found.cost.high, 0.0),
        "recovery difference": (found.effect.low, found.effect.high, 0.0),
        "net benefit": (benefit["low"], benefit["high"], 0.0),
    }


def skewed(rng):
    new, old = (arm(rng.lognormal(6.5, 1.0, clients), rng) for clients in (60, 240))
    found = compared(new, old)
    return {"cost difference, very skewed, 60 and 240": (found.cost.low, found.cost.high, 0.0)}


def ratios(rng):
    new = arm(rng.gamma(2, 600, 300), rng, 0.6)
    found = compared(new, arm(rng.gamma(2, 500, 300), rng, 0.4))
    one = cost_per_recovery(new, COUNTY)
    held = np.isfinite(found.icer_low)
    return {
        "cost of one reliable recovery": (one.low, one.high, 1200 / 0.6),
        "cost of one more recovery (ratio of differences)": (
            found.icer_low if held else -np.inf,
            found.icer_high if held else np.inf,
            200 / 0.2,
        ),
    }
