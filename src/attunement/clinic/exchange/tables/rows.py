"""Rows of each table, one after the other, as contracts say and without a person's name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from attunement.clinic.checkins.models import Answer, Audience, Session
from attunement.clinic.exchange.tables.disguise import Days, Disguise
from attunement.clinic.noticing.models import Rupture, Score
from attunement.clinic.people.models import Episode, Site
from attunement.clinic.privacy.declined import who_declined
from attunement.clinic.service.cells import alone
from attunement.tables import (
    ATTENDANCE,
    RESPONSES,
    RUPTURES,
    SCORES,
    SIGNALS,
    Column,
    Kind,
    Table,
)

AT_ONCE = 2000
WEEK = Column("week", Kind.WHOLE, "weeks since the first session; 0 is the first week")
CLIENT = Column(
    "client", Kind.TEXT, "one episode of care, under a pseudonym that is made for this export"
)
THERAPIST = Column(
    "therapist", Kind.TEXT, "who works with the client, under a pseudonym of this export"
)
Row = tuple[Any, ...]


COUNTED = Table(
    "counted",
    "answers that are for the service alone: a question and an answer to it",
    ("instrument", "item", "value"),
    (
        Column("instrument", Kind.TEXT, "which form"),
        Column("item", Kind.TEXT, "which question"),
        Column("value", Kind.NUMBER, "the answer"),
        Column("answers", Kind.WHOLE, "how many, to the nearest five; fewer than ten are left out"),
    ),
)


@dataclass(frozen=True)
class Source:
    """One table: its contract, the columns that leave the house, and where rows come from."""

    contract: Table
    leaves: tuple[str, ...]
    rows: Callable[[Site, Disguise], Iterator[Row]]

    def columns(self, days: Days) -> list[Column]:
        """Give the columns, with weeks in place of days where that is wanted."""
        known = {column.name: column for column in self.contract.columns}
        disguised = {"client": CLIENT, "therapist": THERAPIST}
        if days is Days.WEEKS:
            disguised |= {"date": WEEK, "answered_at": WEEK}
        return [disguised.get(name, known[name]) for name in self.leaves]


def episodes(site: Site) -> QuerySet[Episode]:
    """Give the episodes of everyone who has neither been erased nor said no."""
    kept = Episode.objects.filter(client__site=site, client__erased_at__isnull=True)
    return kept.exclude(client__in=who_declined())


def first_days(site: Site) -> Mapping[Any, Any]:
    """Give the first day of every episode."""
    return dict(episodes(site).values_list("pk", "started_on"))


def clients(site: Site) -> Mapping[Any, str]:
    """Give the client of every episode, and the site, in one word."""
    return {pk: f"{site.pk} {client}" for pk, client in episodes(site).values_list("pk", "client")}


def responses(site: Site, disguise: Disguise) -> Iterator[Row]:
    """Give the answers that their givers let their therapist see."""
    rows = (
        Answer.objects.filter(
            checkin__session__episode__in=episodes(site), audience=Audience.THERAPIST
        )
        .order_by("checkin__session__episode", "checkin__session__number", "pk")
        .values_list(
            "checkin__session__episode",
            "checkin__session__number",
            "instrument",
            "item",
            "value",
            "checkin__rater",
            "checkin__session__starts_at",
        )
    )
    for episode, number, instrument, item, value, rater, at in rows.iterator(AT_ONCE):
        day = disguise.day(episode, at.date())
        yield disguise.name("client", episode), number, instrument, item, value, rater, day


def counted(site: Site, _disguise: Disguise) -> Iterator[Row]:
    """Count the answers that are for the service alone: of whom and when they are stays here."""
    rows = (
        Answer.objects.filter(
            checkin__session__episode__in=episodes(site), audience=Audience.SERVICE
        )
        .values_list("instrument", "item", "value")
        .annotate(answers=Count("pk"))
        .order_by("instrument", "item", "value")
    )
    for *what, answers in rows:
        if (shown := alone(answers).count) is not None:
            yield *what, shown


def scores(site: Site, disguise: Disguise) -> Iterator[Row]:
    """Give the scores, made of what the therapist may see."""
    rows = shared_scores(site).values_list(
        "episode", "scale", "number", "value", "episode__therapist", "on", "rater"
    )
    for episode, scale, number, value, therapist, on, rater in rows.iterator(AT_ONCE):
        yield (
            disguise.name("client", episode),
            scale,
            number,
            value,
            disguise.name("therapist", therapist) if therapist else None,
            disguise.day(episode, on),
            rater,
        )


def shared_scores(site: Site) -> QuerySet[Score]:
    """Give the scores that may leave."""
    return Score.objects.filter(episode__in=episodes(site), private=False).order_by(
        "episode", "scale", "number"
    )


def signals(site: Site, disguise: Disguise) -> Iterator[Row]:
    """Give what was noticed about every score."""
    fields = [{"score": "value", "session": "number"}.get(n, n) for n in SIGNALS.names[1:]]
    for episode, *rest in shared_scores(site).values_list("episode", *fields).iterator(AT_ONCE):
        yield disguise.name("client", episode), *rest


def ruptures(site: Site, disguise: Disguise) -> Iterator[Row]:
    """Give ruptures and their repair."""
    rows = Rupture.objects.filter(episode__in=episodes(site)).order_by("episode", "scale", "onset")
    fields = RUPTURES.names[1:]
    for episode, *rest in rows.values_list("episode", *fields).iterator(AT_ONCE):
        yield disguise.name("client", episode), *rest


def attendance(site: Site, disguise: Disguise) -> Iterator[Row]:
    """Give appointments, but none that is to come; one of which nothing is known has no status."""
    rows = (
        Session.objects.filter(episode__in=episodes(site), starts_at__lte=timezone.now())
        .order_by("episode", "number")
        .values_list("episode", "number", "starts_at", "status", "episode__planned_sessions")
    )
    for episode, number, at, status, planned in rows.iterator(AT_ONCE):
        known = None if status == Session.Status.PLANNED else status
        day = disguise.day(episode, at.date())
        yield disguise.name("client", episode), number, day, known, planned


SOURCES: Sequence[Source] = (
    Source(
        RESPONSES,
        ("client", "session", "instrument", "item", "value", "rater", "answered_at"),
        responses,
    ),
    Source(COUNTED, tuple(COUNTED.names), counted),
    Source(SCORES, ("client", "scale", "session", "score", "therapist", "date", "rater"), scores),
    Source(SIGNALS, tuple(SIGNALS.names), signals),
    Source(RUPTURES, tuple(RUPTURES.names), ruptures),
    Source(ATTENDANCE, tuple(ATTENDANCE.names), attendance),
)
