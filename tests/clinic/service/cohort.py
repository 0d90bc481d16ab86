"""A site with people whose courses were made up, as rows of the clinic."""

from datetime import UTC, date, datetime, time, timedelta

import polars as pl
from django.utils import timezone

from attunement.clinic.checkins.models import Session
from attunement.clinic.noticing.models import Score
from attunement.clinic.people.models import Client, Episode
from attunement.synthetic.cohort import simulate
from attunement.synthetic.plan import Plan
from support import house

ALLIANCE = "session-check-in.alliance"


def fill(therapist, clients=60, seed=7, **plan):
    """Give a therapist a cohort that ends today; return its episodes by the cohort's client."""
    today = timezone.localdate()
    made = simulate(
        Plan(
            clients=clients,
            responses=False,
            start=today - timedelta(weeks=70),
            intake_weeks=50,
            **plan,
        ),
        seed,
    )
    return store(therapist, made.attendance, made.scores.filter(pl.col("score").is_not_null()))


def store(therapist, attendance, scores):
    """Put tables of appointments and scores into the clinic."""
    starts = dict(attendance.group_by("client").agg(pl.col("date").min()).iter_rows())
    planned = dict(attendance.group_by("client").agg(pl.col("planned_end").max()).iter_rows())
    people = [
        Client(site=therapist.site, code=f"K{next(house.NUMBER)}", name="Secret Name")
        for _ in starts
    ]
    Client.objects.bulk_create(people)
    episodes = {
        client: Episode(
            client=row,
            therapist=therapist,
            started_on=starts[client],
            planned_sessions=planned[client],
        )
        for (client, row) in zip(starts, people, strict=True)
    }
    Episode.objects.bulk_create(episodes.values())
    sessions = {
        (row["client"], row["session"]): Session(
            episode=episodes[row["client"]],
            number=row["session"],
            starts_at=at(row["date"]),
            status=row["status"] or "planned",
        )
        for row in attendance.iter_rows(named=True)
    }
    Session.objects.bulk_create(sessions.values())
    Score.objects.bulk_create(
        Score(
            episode=episodes[row["client"]],
            session=sessions[row["client"], row["session"]],
            scale=row["scale"],
            rater="client",
            number=row["session"],
            on=sessions[row["client"], row["session"]].starts_at.date(),
            value=row["score"],
        )
        for row in scores.iter_rows(named=True)
        if (row["client"], row["session"]) in sessions
    )
    return episodes


def at(day: date) -> datetime:
    """Give a moment of a day."""
    return datetime.combine(day, time(12), UTC)
