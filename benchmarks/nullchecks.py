"""Null checks: of data with no effect, how many 95 % intervals hold zero.

script/bench nullchecks [SIMULATIONS]
"""

import sys
from time import perf_counter

import numpy as np
import polars as pl

from attunement.programme.alliance_outcome.centring import centred
from attunement.programme.alliance_outcome.cross_lagged import fit_panel
from attunement.programme.alliance_outcome.latent import latent_between
from attunement.programme.alliance_outcome.models import centred_model, detrended_within, from_fit
from attunement.programme.cost.effectiveness import cost_effectiveness
from attunement.programme.cost.perspective import Perspective
from attunement.programme.evaluation.holdout import holdout
from attunement.programme.evaluation.interrupted import interrupted_time_series
from attunement.programme.evaluation.micro_randomised import micro_randomised
from attunement.programme.evaluation.stepped_wedge import stepped_wedge
from attunement.programme.evaluation.wedge_design import steps

COUNTY = Perspective(
    payer="the county", counted=["time"], left_out=[], currency="EUR", price_year=2026
)
DESIGN = steps([3, 3, 3, 3])


def series(rng):
    noise = rng.normal(size=110)
    for month in range(1, 110):
        noise[month] += 0.4 * noise[month - 1]
    time = np.arange(1, 61)
    table = pl.DataFrame({"time": time, "value": 0.1 * time + noise[50:]})
    found = interrupted_time_series(table, start=37, season=12)
    return {"series, step": found.level, "series, trend": found.slope, "series, end": found.at_end}


def individuals(rng):
    table = pl.DataFrame({"offered": [0, 1] * 300, "outcome": rng.random(600) < 0.2})
    return {"hold-out, difference": holdout(table, event="left").difference}


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
    return {"20 clusters, difference": found.difference}


def nudges(rng):
    last = rng.normal(size=(30, 20))
    chance = np.where(last > 0, 0.6, 0.3)
    reply = rng.normal(0, 0.5, (30, 1)) + last**2 + rng.normal(size=last.shape)
    table = pl.DataFrame(
        {
            "client": np.repeat(np.arange(30), 20),
            "last": last.ravel(),
            "probability": chance.ravel(),
            "nudged": (rng.random(last.shape) < chance).ravel(),
            "reply": reply.ravel(),
        }
    )
    found = micro_randomised(table, outcome="reply", controls=["last"])
    return {"30 clients nudged": found.effects["on average"]}


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
    return {"wedge, constant": found.constant, "wedge, average": found.average}


def costs(rng):
    arms = [
        pl.DataFrame({"cost": rng.gamma(2, 500, 150), "reliable_recovery": rng.random(150) < 0.4})
        for _ in range(2)
    ]
    found = cost_effectiveness(*arms, COUNTY, randomised=True, draws=200)
    return {"cost, difference": found.cost, "recovery, difference": found.effect}


def alliance(rng):
    clients, sessions = 100, 8
    client, time = (part.ravel() for part in np.indices((clients, sessions)))
    own = rng.normal(0, 0.1, clients)[client] * time
    rows = pl.DataFrame(
        {
            "client": client,
            "session": time,
            "alliance": rng.normal(size=clients)[client] + 0.15 * time + rng.normal(size=800),
            "outcome": rng.normal(size=clients)[client] - 0.2 * time + own + rng.normal(size=800),
        }
    ).filter(pl.Series(rng.random(800) < 0.85))
    table = centred(rows)
    main = centred_model(table, 0.95)
    return {
        "alliance, within": from_fit(main, "within", 1.0),
        "alliance, own trends off": detrended_within(table, 0.95),
        "alliance, between": from_fit(main, "between", 1.0),
        "alliance, true levels": latent_between(table).slope,
    }


def lagged(rng):
    values = rng.normal(size=(200, 1, 2)) + rng.normal(size=(200, 4, 2))
    found = fit_panel(values.reshape(200, 8), range(1, 5))
    return {
        "alliance to outcome": found.alliance_to_outcome,
        "outcome to alliance": found.outcome_to_alliance,
    }


CHECKS = (series, individuals, clusters, nudges, costs, alliance, lagged, wedge)


def main(simulations):
    print(f"{'what':26} {'holds':>7} {'+-':>6} {'seconds':>8}")
    for check in CHECKS:
        rng, start, hits = np.random.default_rng(1), perf_counter(), {}
        for _ in range(simulations):
            for name, one in check(rng).items():
                hits[name] = hits.get(name, 0) + (one.low <= 0 <= one.high)
        each = (perf_counter() - start) / simulations
        for name, count in hits.items():
            share = count / simulations
            error = (share * (1 - share) / simulations) ** 0.5
            print(f"{name:26} {share:7.1%} {error:6.1%} {each:8.3f}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
