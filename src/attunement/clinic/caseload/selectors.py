"""What the caseload page shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from attunement.clinic.caseload.lines import line
from attunement.clinic.caseload.pressing import pressing
from attunement.clinic.caseload.reasons import Reason
from attunement.clinic.caseload.records import Record, records
from attunement.clinic.caseload.standing import Place, Standing, standing
from attunement.clinic.checkins.models import CheckIn, Session
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode, Membership

LONGEST_LIST = 3


class Show(StrEnum):
    """Which clients of a caseload are shown."""

    ALL = "all"
    ALERTS = "alerts"
    DUE = "due"
    QUIET = "quiet"

    @property
    def label(self) -> Promise:
        """The name of the choice."""
        return LABELS[self]


LABELS = {
    Show.ALL: _("Everyone"),
    Show.ALERTS: _("With alerts"),
    Show.DUE: _("Check-in waiting"),
    Show.QUIET: _("Not heard from"),
}


@dataclass(frozen=True, kw_only=True)
class Person:
    """One client on the caseload.

    ``today`` are the sessions of today, held or still to come; ``next`` the first one from now on.
    """

    record: Record
    standing: Standing
    today: tuple[Session, ...]
    next: Session | None
    now: datetime

    @property
    def episode(self) -> Episode:
        """Their episode."""
        return self.record.episode

    @property
    def name(self) -> str:
        """Their name, or code."""
        return self.record.name

    @property
    def place(self) -> Place:
        """Under which heading they stand."""
        return self.standing.place

    @property
    def reasons(self) -> Sequence[Reason]:
        """Why they stand there, the most pressing first."""
        return self.standing.reasons[:LONGEST_LIST]

    @property
    def more(self) -> int:
        """How many further reasons there are."""
        return max(len(self.standing.reasons) - LONGEST_LIST, 0)

    @property
    def due(self) -> Sequence[CheckIn]:
        """Check-ins of the client that can be answered now."""
        return self.open_for("client")

    @property
    def own_due(self) -> Sequence[CheckIn]:
        """Check-ins that the therapist can answer now."""
        return self.open_for("therapist")

    def open_for(self, rater: str) -> Sequence[CheckIn]:
        """Check-ins that one rater can answer now."""
        return [
            one
            for one in self.record.due
            if one.rater == rater and one.due_at <= self.now < one.expires_at
        ]

    @cached_property
    def line(self) -> SafeString:
        """Their small line, of the scale that the first reason is about."""
        reasons = self.standing.reasons
        return line(self.record, reasons[0].scale if reasons else "")

    @property
    def alerts(self) -> Sequence[Alert]:
        """Open alerts, the most pressing first."""
        return sorted(self.record.open_alerts, key=pressing)

    @property
    def linked(self) -> Alert | None:
        """The most pressing alert; where all are taken on, the one that the first reason tells."""
        if self.place is Place.IN_HAND:
            return self.reasons[0].alert
        return next(iter(self.alerts), None)

    @property
    def besides(self) -> int:
        """How many alerts are open beside that one."""
        return max(len(self.record.open_alerts) - 1, 0)

    @property
    def untaken(self) -> Sequence[Alert]:
        """Alerts that nobody has taken on."""
        waiting = (Alert.State.OPEN, Alert.State.ESCALATED)
        return [alert for alert in self.alerts if alert.state in waiting]

    @property
    def quiet(self) -> bool:
        """Whether they have not been heard from: nothing planned, missed, or no answer."""
        kinds = {alert.kind for alert in self.alerts}
        unanswered = any(one.due_at < self.now - timedelta(days=1) for one in self.due)
        return (
            self.next is None
            or unanswered
            or bool(kinds & {Alert.Kind.MISSED, Alert.Kind.UNANSWERED})
        )


KEPT: Mapping[Show, Callable[[Person], bool]] = {
    Show.ALL: lambda _person: True,
    Show.ALERTS: lambda person: bool(person.alerts),
    Show.DUE: lambda person: bool(person.due),
    Show.QUIET: lambda person: person.quiet,
}


@dataclass(frozen=True, kw_only=True)
class Caseload:
    """One therapist's clients in care, in the order in which to look at them."""

    therapist: Membership | None
    people: tuple[Person, ...]

    def under(self, *places: Place) -> list[Person]:
        """Give the clients under some of the headings."""
        return [person for person in self.people if person.place in places]

    @property
    def first(self) -> list[Person]:
        """Whom to look at first."""
        return self.under(Place.SAFETY, Place.FIRST)

    @property
    def in_hand(self) -> list[Person]:
        """For whom everything that was noticed has been taken on."""
        return self.under(Place.IN_HAND)

    @property
    def strained(self) -> list[Person]:
        """With whom something may be off, whether or not somebody has taken it on."""
        return [*self.first, *self.in_hand]

    @property
    def better(self) -> list[Person]:
        """Who is on their way."""
        return self.under(Place.BETTER)

    @property
    def others(self) -> list[Person]:
        """Everyone else."""
        return self.under(Place.OTHERS)

    @property
    def due(self) -> list[Person]:
        """Who has a check-in waiting."""
        return [person for person in self.people if person.due]

    @property
    def own_due(self) -> list[Person]:
        """For whom the therapist has a form to fill in."""
        return [person for person in self.people if person.own_due]

    @property
    def today(self) -> list[tuple[Session, Person]]:
        """Sessions planned for today, in order."""
        found = [(session, person) for person in self.people for session in person.today]
        return sorted(found, key=lambda pair: pair[0].starts_at)

    def chosen(self, show: Show, text: str = "") -> "Caseload":
        """Keep some of the clients."""
        wanted = text.strip().casefold()
        kept = KEPT[show]
        return Caseload(
            therapist=self.therapist,
            people=tuple(
                person
                for person in self.people
                if kept(person)
                and (
                    wanted in person.name.casefold()
                    or wanted in person.episode.client.code.casefold()
                )
            ),
        )


def caseload(therapist: Membership, now: datetime | None = None) -> Caseload:
    """Read a therapist's caseload: as many queries for sixty clients as for one."""
    now = now or timezone.now()
    episodes = (
        Episode.objects.filter(
            therapist=therapist, ended_on__isnull=True, client__erased_at__isnull=True
        )
        .select_related("client")
        .prefetch_related("client__site")
        .order_by("pk")
    )
    for episode in episodes:
        episode.therapist = therapist
    return Caseload(therapist=therapist, people=ordered(episodes, now, therapist))


def ordered(
    episodes: Iterable[Episode], now: datetime, reader: Membership | None = None
) -> tuple[Person, ...]:
    """Put clients in the order in which to look at them."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    people = []
    for record in records(episodes, since=midnight, reader=reader, few=True):
        planned = record.coming(midnight)
        people.append(
            Person(
                record=record,
                standing=standing(record),
                today=tuple(
                    one for one in record.taking_place(midnight) if one.starts_at < tomorrow
                ),
                next=next((one for one in planned if one.starts_at >= now), None),
                now=now,
            )
        )
    places = list(Place)
    return tuple(sorted(people, key=lambda one: (places.index(one.place), one.standing.order)))
