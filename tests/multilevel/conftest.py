"""Clients of therapists, whose truth is known."""

import numpy as np
import polars as pl
import pytest


@pytest.fixture(scope="session")
def cohort():
    """Make sessions of clients within therapists within sites."""
    return _cohort


def _cohort(
    seed,
    clients=60,
    *,
    therapists=12,
    own_dates=False,
    effects=(20.0, -0.5, -1.3),
    sds=(4.0, 0.4),
    therapist_sd=1.5,
    residual_sd=3.0,
    phi=0.0,
):
    random = np.random.default_rng(seed)
    sizes = random.integers(2, 9, clients)
    client = np.repeat(np.arange(clients), sizes)
    session = np.concatenate([np.arange(1, size + 1) for size in sizes])
    therapist = random.permutation(np.arange(clients) % therapists)[client]
    time = session + (random.uniform(-0.4, 0.4, len(client)) if own_dates else 0.0)
    exposure = random.normal(size=len(client))
    own = random.normal(size=(clients, 2)) * sds
    noise = random.normal(size=len(client))
    for row in range(1, len(client)):
        if client[row] == client[row - 1]:
            noise[row] = phi * noise[row - 1] + np.sqrt(1 - phi**2) * noise[row]
    score = (
        effects[0]
        + own[client, 0]
        + (effects[1] + own[client, 1]) * time
        + effects[2] * exposure
        + random.normal(0, therapist_sd, therapists)[therapist]
        + residual_sd * noise
    )
    return pl.DataFrame(
        {
            "client": client,
            "therapist": therapist,
            "site": therapist % 3,
            "session": session,
            "time": time,
            "exposure": exposure,
            "treatment": np.array(["TAU", "BtheB", "other"])[client % 3],
            "score": score,
        }
    )
