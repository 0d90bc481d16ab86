"""Courses of therapy with one drop at a known session, for judging rules."""

from dataclasses import dataclass
from math import isfinite

import numpy as np
import polars as pl
from numpy.typing import NDArray

from attunement.measures.scale import Direction, Scale
from attunement.problems import Problem

SCALE = Scale(name="simulated", direction=Direction.HIGHER, low=1, high=7)
LEVEL = 5.0

Vector = NDArray[np.float64]
Sessions = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Study:
    """What is simulated: many courses of therapy, with and without one drop.

    Scores are on a mean from 1 to 7 around a usual level of 5, neither rounded nor cut off.

    Attributes
    ----------
    sd : float
        Spread of one client's scores around their own level, in scale units.
    trend : float
        Change per session, in scale units.
    sessions, courses : int
        Sessions in a course, and how many courses.
    between_sd : float
        Spread of clients' levels, in scale units. With ``sd`` it makes up an SD of 0.9 in all.
    first_drop, last_drop : int
        A drop lasting one session falls on any session between these with equal chance;
        ``last_drop`` 0 means the last one. By default every session that has the three earlier
        scores a personal limit needs.
    lasting : float
        Depth of the drop that stays, in within-client SDs. It begins on any session from
        ``first_drop`` that leaves three more to notice it.
    cohort : int
        Clients (without drops) from whom norms are estimated.
    seed : int
        The same seed gives the same courses.
    """

    sd: float = 0.35
    trend: float = 0.03
    sessions: int = 12
    courses: int = 4000
    between_sd: float = 0.83
    first_drop: int = 4
    last_drop: int = 0
    lasting: float = 2.0
    cohort: int = 500
    seed: int = 20260101

    def __post_init__(self) -> None:
        for name in ("sd", "trend", "between_sd", "lasting"):
            if not isfinite(getattr(self, name)):
                raise Problem(f"{getattr(self, name)} is not a finite number", field=name)
        if self.sd <= 0 or self.between_sd < 0:
            raise Problem(
                "a spread cannot be below 0", "sd must be above 0", field="sd, between_sd"
            )
        for name, fewest in (("courses", 1), ("cohort", 1), ("sessions", 4), ("first_drop", 1)):
            if getattr(self, name) < fewest:
                raise Problem(f"{getattr(self, name)} is fewer than {fewest}", field=name)
        if not self.first_drop <= self.final_drop <= self.sessions:
            raise Problem(
                f"no session lies between {self.first_drop} and {self.final_drop}, "
                f"in a course of {self.sessions}",
                field="last_drop",
            )

    @property
    def final_drop(self) -> int:
        """Last session on which a drop can fall."""
        return self.last_drop or self.sessions


@dataclass(frozen=True)
class Scene:
    """The same courses with one kind of drop.

    Attributes
    ----------
    scores : polars.DataFrame
        The table ``scores``, with each client's true ``level``.
    onset : shape (courses,)
        The session on which the drop falls or begins.
    """

    scores: pl.DataFrame
    onset: Sessions


def scenes(study: Study) -> dict[str, Scene]:
    """Draw one set of courses, and lay it out without a drop and with each kind of drop.

    Without ("none"), for one session 2 or 3 within-client SDs lower ("drop_2_sd",
    "drop_3_sd"), and lower from one session on ("lasting").
    """
    rng = np.random.default_rng([study.seed, 1])
    level, scores = _draw(study, study.courses, rng)
    sessions = np.arange(1, study.sessions + 1)
    last_start = max(study.first_drop, study.sessions - 3)
    single = rng.integers(study.first_drop, study.final_drop + 1, study.courses)
    start = rng.integers(study.first_drop, last_start + 1, study.courses)
    at = sessions == single[:, None]
    since = sessions >= start[:, None]
    drops = {
        "none": (0.0 * at, single),
        "drop_2_sd": (2.0 * at, single),
        "drop_3_sd": (3.0 * at, single),
        "lasting": (study.lasting * since, start),
    }
    return {
        name: Scene(_table(level, scores - study.sd * depth), onset)
        for name, (depth, onset) in drops.items()
    }


def cohort(study: Study) -> pl.DataFrame:
    """Draw other clients, without drops, from whom norms can be learnt: a table ``scores``."""
    rng = np.random.default_rng([study.seed, 2])
    return _table(*_draw(study, study.cohort, rng))


def _draw(study: Study, courses: int, rng: np.random.Generator) -> tuple[Vector, Vector]:
    """Levels, and scores with a row per course: level, trend and independent normal noise."""
    level = rng.normal(LEVEL, study.between_sd, courses)
    noise = rng.normal(0.0, study.sd, (courses, study.sessions))
    trend = study.trend * np.arange(1, study.sessions + 1)
    return level, level[:, None] + trend + noise


def _table(level: Vector, scores: Vector) -> pl.DataFrame:
    courses, sessions = scores.shape
    return pl.DataFrame(
        {
            "client": np.repeat(np.arange(courses), sessions),
            "scale": pl.repeat(SCALE.name, scores.size, eager=True),
            "session": np.tile(np.arange(1, sessions + 1), courses),
            "score": scores.ravel(),
            "level": np.repeat(level, sessions),
        }
    )
