"""Courses whose hazard of leaving is known, up to today, and a model learned from them."""

from dataclasses import dataclass

import polars as pl
import pytest
from django.utils import timezone

from attunement.clinic.drift.learning import learned
from attunement.programme.retention.model import Model
from programme.retention.conftest import drift

NAMES = {"bond": "session-check-in.alliance", "mood": "phq9"}


@dataclass(frozen=True)
class Courses:
    """Tables as the clinic reads them."""

    attendance: pl.DataFrame
    scores: pl.DataFrame

    def of(self, clients):
        """Give the tables of the first so many clients."""
        few = pl.col("client").cast(pl.Int64) < clients
        return Courses(self.attendance.filter(few), self.scores.filter(few))


@pytest.fixture(scope="session")
def courses():
    made = drift(2500, 3)
    latest = timezone.localdate() - made.appointments["date"].max()
    attendance = made.appointments.with_columns(
        pl.col("client").cast(pl.String), date=pl.col("date") + latest
    )
    scores = made.scores.with_columns(
        pl.col("client").cast(pl.String), scale=pl.col("scale").replace(NAMES)
    )
    return Courses(
        attendance.select("client", "session", "date", "status", "planned_end"),
        scores.select("client", "scale", "session", "score").drop_nulls("score"),
    )


@pytest.fixture(scope="session")
def model(courses) -> Model:
    found = learned(courses.attendance, courses.scores, timezone.localdate())
    assert found is not None
    return found
