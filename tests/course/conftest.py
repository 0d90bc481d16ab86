"""Courses whose truth is known."""

import numpy as np
import polars as pl
import pytest


@pytest.fixture(scope="session")
def growth_cohort():
    """Make scores that follow the model of the expected course exactly, given the first."""
    return _growth_cohort


def _growth_cohort(
    seed,
    clients,
    *,
    sessions=10,
    level=15.0,
    change=-2.0,
    baseline=0.7,
    interaction=-0.1,
    between=((9.0, -1.5), (-1.5, 2.0)),
    sd=2.5,
    baseline_sd=6.0,
):
    random = np.random.default_rng(seed)
    first = random.normal(0, baseline_sd, clients)
    own = random.multivariate_normal((0, 0), between, clients)
    log_session = np.log(np.arange(2, sessions + 1))
    later = (
        (level + baseline * first + own[:, 0])[:, None]
        + (change + interaction * first + own[:, 1])[:, None] * log_session
        + random.normal(0, sd, (clients, sessions - 1))
    )
    return pl.DataFrame(
        {
            "client": np.repeat(np.arange(clients), sessions),
            "scale": "bdi",
            "session": np.tile(np.arange(1, sessions + 1), clients),
            "score": np.column_stack([level + first, later]).ravel(),
        }
    )
