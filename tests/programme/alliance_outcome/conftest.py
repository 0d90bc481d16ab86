"""Cohorts in which it is known how alliance and symptoms go together."""

import numpy as np
import polars as pl
import pytest

TRAITS = [[1.0, -0.4], [-0.4, 1.0]]


@pytest.fixture(scope="session")
def cohort():
    """Make the table of scores of one cohort."""
    return _cohort


@pytest.fixture(scope="session")
def panel():
    """Make scores by wave that follow the cross-lagged model exactly."""
    return _panel


def _cohort(
    seed,
    *,
    within=-0.2,
    trends=(0.15, -0.2),
    back=0.0,
    clients=400,
    sessions=10,
    traits=TRAITS,
    differ=0.0,
    therapists=0,
):
    """Alliance after each session, symptoms before the next.

    Traits have unit variance and correlate -.40, departures and errors unit variance; ``back`` is
    the effect of a symptom departure on the next alliance; ``differ`` the SD of clients' own
    effects.
    """
    rng = np.random.default_rng(seed)
    level = rng.multivariate_normal([0, 0], traits, clients)
    own = rng.normal(within, differ, clients)
    felt = rng.normal(size=clients)
    tables = []
    key = pl.DataFrame({"client": np.arange(clients)})
    if therapists:
        key = key.with_columns(therapist=pl.col("client") % therapists)
    for session in range(1, sessions + 1):
        moved = back * felt + rng.normal(size=clients)
        felt = own * moved + rng.normal(size=clients)
        bond = level[:, 0] + trends[0] * session + moved
        mood = level[:, 1] + trends[1] * session + felt
        tables += [
            key.with_columns(scale=pl.lit("bond"), session=session, score=bond),
            key.with_columns(scale=pl.lit("mood"), session=session + 1, score=mood),
        ]
    return pl.concat(tables)


def _panel(rng, *, clients=300, waves=4, lagged=((0.3, -0.1), (-0.2, 0.4)), traits=TRAITS):
    """Shape (clients, 2 * waves): alliance and outcome of each wave, from the steady state."""
    lagged, noise = np.array(lagged), np.array([[1.0, -0.1], [-0.1, 1.0]])
    every = np.linalg.inv(np.eye(4) - np.kron(lagged, lagged))
    steady = (every @ noise.ravel()).reshape(2, 2)
    level = rng.multivariate_normal([0, 0], traits, clients)
    moved = rng.multivariate_normal([0, 0], steady, clients)
    found = []
    for wave in range(waves):
        if wave:
            moved = moved @ lagged.T + rng.multivariate_normal([0, 0], noise, clients)
        found.append(level + moved + np.array([0.15 * wave + 5, -0.2 * wave + 10]))
    return np.concatenate(found, axis=1)
