"""Rates, curves and forecasts whose truth is known."""

import numpy as np
import polars as pl

from attunement.course.proportions import share
from attunement.programme.outcomes.effect_size import effect_size
from attunement.programme.outcomes.measure import PHQ9
from attunement.programme.retention.curve import (
    COMPLETED,
    LEFT,
    OPEN,
    cumulative_incidence,
    kaplan_meier,
    life_table,
)
from attunement.programme.retention.measures import auc, calibration
from null.trials import ends

LEAVES, COMPLETES, UNSEEN = 0.06, 0.05, 0.03


def shares(rng):
    found = share(int((rng.random(80) < 0.15).sum()), 80)
    return {"share of 80 (Wilson)": ends(found, 0.15)}


def changes(rng):
    first = rng.normal(15, 5, 100)
    last = 15 + 0.6 * (first - 15) + rng.normal(0, 4, 100)
    scores = pl.DataFrame({"pre phq9": first, "post phq9": last})
    found = effect_size(scores, PHQ9)
    return {
        "effect size over the pooled SD, none": (found.pooled_low, found.pooled_high, 0.0),
        "effect size over the first SD, none": (found.by_first_low, found.by_first_high, 0.0),
    }


def curves(rng):
    """Leave, complete and pass out of sight at constant hazards, session by session."""
    clients, at = 200, 8
    fates = rng.random((clients, 200))
    after = np.argmax(fates < LEAVES + COMPLETES + UNSEEN, axis=1)
    drawn = fates[np.arange(clients), after]
    fate = np.where(drawn < LEAVES, LEFT, np.where(drawn < LEAVES + COMPLETES, COMPLETED, OPEN))
    table = life_table(pl.Series(after + 1.0), pl.Series(fate))
    found = cumulative_incidence(kaplan_meier(table)).filter(pl.col("time") <= at)
    row = found.row(-1, named=True)
    # Among those in sight: whoever passes out of sight in a session was at risk in it.
    stay = 1 - LEAVES
    ahead = 1 - LEAVES - COMPLETES
    gone = LEAVES * (1 - ahead**at) / (1 - ahead)
    return {
        "still there after 8 sessions (Kaplan-Meier)": (row["low"], row["high"], stay**at),
        "left after 8 sessions (cumulative incidence)": (row["gone_low"], row["gone_high"], gone),
    }


def forecasts(rng):
    """Forecast the true chance, or what has nothing to do with it; rows of one client are alike."""
    clients, rows = 150, 8
    level = np.repeat(rng.normal(-2.2, 0.8, clients), rows)
    chance = 1 / (1 + np.exp(-(level + rng.normal(0, 0.4, clients * rows))))
    left, client = rng.random(clients * rows) < chance, np.repeat(np.arange(clients), rows)
    blind = np.repeat(rng.random(clients), rows) + rng.normal(0, 0.2, clients * rows)
    found = calibration(chance, left, client)
    return {
        "AUC of a blind forecast": ends(auc(blind, left, client), 0.5),
        "calibration slope of a true forecast": ends(found.slope, 1.0),
        "calibration in the large of a true forecast": ends(found.in_the_large, 0.0),
    }
