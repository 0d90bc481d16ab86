"""Made-up trials, one file for each design."""

import numpy as np
import polars as pl


def write(folder):
    """Write a table for each design into a folder."""
    rng = np.random.default_rng(5)
    for name, table in {
        "months": months(rng),
        "trial": trial(rng),
        "wedge": wedge(rng),
        "nudges": nudges(rng),
        "clients": arm(rng, 900, 0.45),
        "new": arm(rng, 1000, 0.55),
        "old": arm(rng, 900, 0.40),
    }.items():
        table.write_csv(folder / f"{name}.csv")


def months(rng):
    time = np.arange(1, 61)
    value = 50 + 0.2 * time + 8 * (time >= 37) + rng.normal(0, 2, 60)
    return pl.DataFrame({"time": time, "value": value})


def trial(rng):
    offered = np.repeat([1, 0], 200)
    left = rng.random(400) < np.where(offered == 1, 0.10, 0.25)
    return pl.DataFrame({"offered": offered, "outcome": left.astype(int)})


def wedge(rng):
    cluster, period, _ = (part.ravel() for part in np.indices((8, 5, 8)))
    treated = (period > cluster // 2).astype(int)
    outcome = rng.normal(0, 0.2, 8)[cluster] + 0.1 * period + 0.5 * treated
    return pl.DataFrame(
        {
            "cluster": cluster,
            "period": period,
            "treated": treated,
            "outcome": outcome + rng.normal(size=cluster.size),
        }
    )


def nudges(rng):
    client = np.repeat(np.arange(40), 15)
    nudged = rng.random(600) < 0.5
    came = rng.random(600) < 0.5 + 0.2 * nudged
    return pl.DataFrame(
        {
            "client": client,
            "day": np.tile(np.arange(15), 40),
            "probability": 0.5,
            "nudged": nudged.astype(int),
            "came_next": came.astype(int),
        }
    )


def arm(rng, cost, recovers, clients=300):
    return pl.DataFrame(
        {
            "cost": rng.gamma(2, cost / 2, clients).round(2),
            "reliable_recovery": (rng.random(clients) < recovers).astype(int),
        }
    )
