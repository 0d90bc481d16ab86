"""Designs that could show an effect, where there is none."""

import numpy as np
import polars as pl

from attunement.programme.evaluation.adjusted import adjusted_difference
from attunement.programme.evaluation.holdout import holdout
from attunement.programme.evaluation.interrupted import interrupted_time_series
from attunement.programme.evaluation.micro_randomised import micro_randomised
from attunement.programme.evaluation.micro_randomised_course import effect_over_time
from attunement.programme.evaluation.stepped_wedge import stepped_wedge
from attunement.programme.evaluation.wedge_design import steps

DESIGN = steps([3, 3, 3, 3])


def ends(effect, truth=0.0):
    return effect.low, effect.high, truth


def autocorrelated(rng, months):
    noise = rng.normal(size=months + 50)
    for month in range(1, months + 50):
        noise[month] += 0.4 * noise[month - 1]
    return noise[50:]


def series(rng):
    time = np.arange(1, 61)
    table = pl.DataFrame({"time": time, "value": 0.1 * time + autocorrelated(rng, 60)})
    found = interrupted_time_series(table, start=37, season=12)
    return {
        "time series, step": ends(found.level),
        "time series, slope": ends(found.slope),
        "time series, at the end": ends(found.at_end),
    }


def individuals(rng):
    table = pl.DataFrame({"offered": [0, 1] * 300, "outcome": rng.random(600) < 0.2})
    found = holdout(table, event="left")
    return {
        "hold-out, risk difference": ends(found.difference),
        "hold-out, risk ratio": ends(found.ratio, 1.0),
    }


def clusters(rng):
    risk = 1 / (1 + np.exp(-rng.normal(-1.1, 0.5, 20)))
    table = pl.DataFrame(
        {
            "cluster": np.repeat(np.arange(20), 25),
            "offered": np.repeat(np.arange(20) % 2, 25),
            "outcome": rng.random(500) < np.repeat(risk, 25),
        }
    )
    found = holdout(table, event="left", cluster="cluster")
    return {
        "hold-out of 20 clusters, risk difference": ends(found.difference),
        "hold-out of 20 clusters, risk ratio": ends(found.ratio, 1.0),
    }


def scores(rng):
    before = rng.normal(15, 5, 120)
    therapist = np.repeat(np.arange(24), 5)
    after = 0.6 * before + rng.normal(0, 4, 120)
    shared = {"before": before, "offered": therapist % 2, "therapist": therapist}
    alone = pl.DataFrame(shared | {"after": after})
    together = pl.DataFrame(shared | {"after": after + rng.normal(0, 1.5, 24)[therapist]})
    how = {"outcome": "after", "baseline": "before"}
    return {
        "scores at equal baselines": ends(adjusted_difference(alone, **how).difference),
        "scores at equal baselines, 24 clusters": ends(
            adjusted_difference(together, cluster="therapist", **how).difference
        ),
    }


def nudged(rng):
    last = rng.normal(size=(30, 20))
    chance = np.where(last > 0, 0.6, 0.3)
    reply = rng.normal(0, 0.5, (30, 1)) + last**2 + rng.normal(size=last.shape)
    return pl.DataFrame(
        {
            "client": np.repeat(np.arange(30), 20),
            "day": np.tile(np.arange(20), 30),
            "last": last.ravel(),
            "probability": chance.ravel(),
            "nudged": (rng.random(last.shape) < chance).ravel(),
            "reply": reply.ravel(),
        }
    )


def nudges(rng):
    found = micro_randomised(nudged(rng), outcome="reply", controls=["last"])
    return {"micro-randomised, 30 clients": ends(found.effects["on average"])}


def fading(rng):
    """Nudges of which the effect fades to nothing on the last of 20 days."""
    left = 0.5 * (1 - pl.col("day") / 19)
    table = nudged(rng).with_columns(reply=pl.col("reply") + left * pl.col("nudged"))
    found = effect_over_time(table, outcome="reply", time="day", controls=["last"], stretches=1)
    last = found.line.row(-1, named=True)
    return {
        "micro-randomised, change of the effect over time": ends(found.change, -0.5 / 19),
        "micro-randomised, effect at the last time": (last["low"], last["high"], 0.0),
    }


def wedge(rng):
    cluster, period, _ = (part.ravel() for part in np.indices((12, 5, 10)))
    level = rng.normal(0, 0.22, 12)[cluster] + rng.normal(0, 0.1, (12, 5))[cluster, period]
    table = pl.DataFrame(
        {
            "cluster": cluster,
            "period": period,
            "treated": DESIGN[cluster, period],
            "outcome": level + rng.normal(size=600),
        }
    )
    found = stepped_wedge(table)
    return {
        "stepped wedge, constant": ends(found.constant),
        "stepped wedge, averaged over exposure": ends(found.average),
    }
