"""A site's scores and appointments as tables, with an episode of care for a client. Jobs read them.

They never leave the program: what is shown of them are figures over many.
"""

from collections.abc import Iterable
from typing import Any

import polars as pl
from django.db.models import QuerySet
from django.utils import timezone

from attunement.clinic.checkins.models import Rater, Session
from attunement.clinic.noticing.models import Score
from attunement.clinic.people.models import Episode, Site

AT_ONCE = 20_000
SCORES = {
    "client": pl.String,
    "scale": pl.String,
    "session": pl.Int64,
    "score": pl.Float64,
    "therapist": pl.String,
    "date": pl.Date,
    "answered_on": pl.Date,
}
PEOPLE = {"client": pl.String, "language": pl.String, "planned": pl.String}
SHORT, MIDDLING, LONG = "1-8", "9-16", "17+"
ATTENDANCE = {
    "client": pl.String,
    "session": pl.Int64,
    "date": pl.Date,
    "status": pl.String,
    "planned_end": pl.Int64,
}


def episodes_of(site: Site) -> QuerySet[Episode]:
    """Give the episodes of everyone who has not been erased."""
    return Episode.objects.filter(client__site=site, client__erased_at__isnull=True)


def scores_of(episodes: QuerySet[Episode], scales: Iterable[str]) -> pl.DataFrame:
    """Read what clients scored, made of answers that the therapist may see."""
    rows = Score.objects.filter(
        episode__in=episodes, private=False, rater=Rater.CLIENT, scale__in=list(scales)
    ).values_list(
        "episode_id",
        "scale",
        "number",
        "value",
        "episode__therapist_id",
        "on",
        "checkin__answered_at",
    )
    return _table(
        (
            (
                str(episode),
                scale,
                number,
                value,
                str(therapist) if therapist else None,
                on,
                timezone.localdate(at) if at else None,
            )
            for episode, scale, number, value, therapist, on, at in rows.iterator(AT_ONCE)
        ),
        SCORES,
    )


def people_of(episodes: QuerySet[Episode]) -> pl.DataFrame:
    """Read what tells groups of people apart: the language, and how many sessions were planned."""
    rows = episodes.values_list("pk", "client__language", "planned_sessions")
    return _table(
        (
            (str(pk), language or None, _band(planned))
            for pk, language, planned in rows.iterator(AT_ONCE)
        ),
        PEOPLE,
    )


def _band(planned: int | None) -> str | None:
    """Put planned lengths together: a single one may be one person's."""
    if planned is None:
        return None
    return SHORT if planned <= 8 else MIDDLING if planned <= 16 else LONG


def attendance_of(episodes: QuerySet[Episode]) -> pl.DataFrame:
    """Read appointments, but none that is to come; one of which nothing is known has no status."""
    rows = Session.objects.filter(episode__in=episodes, starts_at__lte=timezone.now()).values_list(
        "episode_id", "number", "starts_at", "status", "episode__planned_sessions"
    )
    return _table(
        (
            (
                str(episode),
                number,
                timezone.localdate(at),
                None if status == Session.Status.PLANNED else status,
                planned,
            )
            for episode, number, at, status, planned in rows.iterator(AT_ONCE)
        ),
        ATTENDANCE,
    )


def _table(rows: Iterable[tuple[Any, ...]], schema: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=schema, orient="row")
