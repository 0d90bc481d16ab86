"""Courses whose hazard of leaving is known."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pytest

from attunement.measures.scale import Direction, Scale
from attunement.programme.retention.known import Watched

BOND = Scale(name="bond", direction=Direction.HIGHER, low=0, high=10)
MOOD = Scale(name="mood", direction=Direction.LOWER, low=0, high=27)
WATCHED = Watched(alliance=BOND, symptoms=MOOD)
START = date(2024, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Hazard:
    """Log-odds of leaving next, from what was known before."""

    level: float = -3.4
    alliance: float = -0.5
    drop: float = 0.7
    missed: float = 0.8


@dataclass(frozen=True, kw_only=True)
class Known:
    """Tables as on file, and the true log-odds of leaving by client and session."""

    appointments: pl.DataFrame
    scores: pl.DataFrame
    people: pl.DataFrame
    truth: pl.DataFrame


def drift(clients, seed, hazard=Hazard(), *, sites=1, weeks=60, planned=13):
    """Let clients come once a week until they leave or reach the planned end."""
    rng = np.random.default_rng(seed)
    level = rng.normal(7, 1, clients)
    end = 2 + rng.poisson(planned - 2, clients)
    start = rng.integers(0, weeks, clients)
    here = np.ones(clients, dtype=bool)
    last, total, rated = np.full(clients, np.nan), np.zeros(clients), np.zeros(clients)
    drop, missed = np.zeros(clients), np.zeros(clients)
    visits, scores, truth = [], [], []
    for session in range(1, int(end.max()) + 1):
        who = np.flatnonzero(here & (end >= session))
        came = (rng.random(who.size) < 0.92) | (session == 1)
        visits.append((who, session, np.where(came, "attended", "missed"), start[who]))
        missed[who] = np.where(came, 0, missed[who] + 1)
        answers = who[came & (rng.random(who.size) < 0.95)]
        now = level[answers] + rng.normal(0, 1, answers.size)
        before = total[answers] / np.maximum(rated[answers], 1)
        drop[answers] = np.where(rated[answers] > 0, np.maximum(before - now, 0), 0)
        total[answers] += now
        rated[answers] += 1
        last[answers] = now
        scores.append((answers, session, now))
        logit = (
            hazard.level
            + hazard.alliance * (np.nan_to_num(last[who], nan=7.0) - 7)
            + hazard.drop * drop[who]
            + hazard.missed * missed[who]
        )
        leaves = rng.random(who.size) < 1 / (1 + np.exp(-logit))
        here[who[leaves]] = False
        truth.append((who, session, logit))
    return Known(
        appointments=_visits(visits, end),
        scores=_scores(scores, rng),
        people=pl.DataFrame(
            {
                "client": np.arange(clients),
                "site": np.array([f"site {s}" for s in rng.integers(0, sites, clients)]),
                "age": rng.normal(40, 12, clients),
            }
        ),
        truth=pl.concat(
            pl.DataFrame({"client": who, "after": session, "logit": logit})
            for who, session, logit in truth
        ),
    )


def _visits(visits, end):
    return pl.concat(
        pl.DataFrame({"client": who, "status": status, "start": start}).select(
            "client",
            session=pl.lit(session, pl.Int64),
            date=START + pl.duration(weeks=pl.col("start") + session),
            status="status",
            planned_end=pl.Series(end[who]),
        )
        for who, session, status, start in visits
    )


def _scores(scores, rng):
    bond = pl.concat(
        pl.DataFrame({"client": who, "session": session, "score": score}).select(
            "client", pl.lit("bond").alias("scale"), pl.col("session").cast(pl.Int64), "score"
        )
        for who, session, score in scores
        if who.size
    )
    mood = bond.with_columns(
        scale=pl.lit("mood"), score=pl.Series(rng.integers(0, 28, bond.height)).cast(pl.Float64)
    )
    return pl.concat([bond, mood])


@pytest.fixture(scope="session")
def watched():
    return WATCHED


@pytest.fixture(scope="session")
def hazard_cohort():
    """Make a cohort of known hazard."""
    return drift


@pytest.fixture(scope="session")
def cohort():
    """Three sites, enough leavers to learn from and to test on."""
    return drift(4000, 11, sites=3)


@pytest.fixture(scope="session")
def model(cohort):
    from attunement.programme.retention.drift import learn_drift

    return learn_drift(cohort.appointments, cohort.scores, WATCHED, cohort.people)
