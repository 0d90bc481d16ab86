"""Courses whose hazard of leaving is known, up to today, as the clinic reads them."""

from dataclasses import dataclass

import polars as pl
from django.utils import timezone

from programme.retention.conftest import drift

NAMES = {"bond": "session-check-in.alliance", "mood": "phq9"}


@dataclass(frozen=True)
class Courses:
    """Appointments and scores."""

    attendance: pl.DataFrame
    scores: pl.DataFrame

    def of(self, clients):
        """Give the tables of the first so many clients."""
        few = pl.col("client").cast(pl.Int64) < clients
        return Courses(self.attendance.filter(few), self.scores.filter(few))


def made(clients=2500, seed=3):
    """Make courses that end today."""
    found = drift(clients, seed)
    latest = timezone.localdate() - found.appointments["date"].max()
    attendance = found.appointments.with_columns(
        pl.col("client").cast(pl.String), date=pl.col("date") + latest
    )
    scores = found.scores.with_columns(
        pl.col("client").cast(pl.String), scale=pl.col("scale").replace(NAMES)
    )
    return Courses(
        attendance.select("client", "session", "date", "status", "planned_end"),
        scores.select("client", "scale", "session", "score").drop_nulls("score"),
    )
