"""What a manager may see of a site's counts: small cells are hidden here, once for all pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import Session
from attunement.clinic.people.models import Site
from attunement.clinic.service.cells import (
    SMALLEST,
    Cell,
    alone,
    parts,
    rounded,
    share,
)
from attunement.clinic.service.models import Snapshot

AGES: Mapping[str, Promise] = {
    "day": _("less than a day"),
    "days": _("one to three days"),
    "week": _("three to seven days"),
    "older": _("more than a week"),
}
PEOPLE: Mapping[str, Promise] = {
    "in_care": _("clients in care now"),
    "begun": _("began in the last 90 days"),
    "ended": _("ended in the last 90 days"),
}
FEWEST_THERAPISTS = 3
CHART_WIDTH, CHART_HEIGHT, BAR = 620, 150, 32


@dataclass(frozen=True)
class Share:
    """A share as it may be shown, in per cent, rounded the further the fewer it is of."""

    low: int
    high: int
    whole: int

    @property
    def exact(self) -> bool:
        """Whether nothing had to be hidden."""
        return self.low == self.high


@dataclass(frozen=True)
class Month:
    """One bar of the picture, in its coordinates, and what it says."""

    month: date
    share: Share | None
    x: int
    y: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Service:
    """Everything on the page of a service."""

    at: datetime
    people: list[tuple[Promise, Cell]]
    therapists: int
    answered: Share | None
    answered_by_therapists: Share | None
    months: list[Month]
    all_sessions: Cell
    sessions: list[tuple[Any, Cell]]
    ceiling: Share | None
    ceiling_sessions: int
    alerts: list[tuple[Promise, Cell]]
    overdue: Cell
    closed: Cell
    median_hours: float | None


def service(site: Site) -> Service | None:
    """Give what may be shown of a site, or None before anything was counted."""
    snapshot = Snapshot.objects.filter(site=site).first()
    return shown(snapshot) if snapshot else None


def shown(snapshot: Snapshot) -> Service:
    """Hide what is small."""
    numbers = snapshot.numbers
    alerts, sessions = numbers["alerts"], parts(numbers["sessions"])
    ceiling = numbers["ceiling"]
    enough = alerts["closed"] >= SMALLEST
    return Service(
        at=snapshot.at,
        people=[(words, alone(numbers["people"][name])) for name, words in PEOPLE.items()],
        therapists=numbers["people"]["therapists"],
        answered=rate(numbers["checkins"]["client"]),
        answered_by_therapists=(
            rate(numbers["checkins"]["therapist"])
            if numbers["people"]["therapists"] >= FEWEST_THERAPISTS
            else None
        ),
        months=[bar(place, one) for place, one in enumerate(numbers["months"][-12:])],
        all_sessions=alone(sum(numbers["sessions"].values())),
        sessions=[(Session.Status(name).label, cell) for name, cell in sessions.items()],
        ceiling=per_cent(ceiling["at_ceiling"], ceiling["rated"]),
        ceiling_sessions=ceiling["sessions"],
        alerts=[(words, alone(alerts["open"][name])) for name, words in AGES.items()],
        overdue=alone(alerts["overdue"]),
        closed=alone(alerts["closed"]),
        median_hours=alerts["median_hours"] if enough else None,
    )


def rate(counts: Mapping[str, int]) -> Share | None:
    """Give the share that was answered."""
    return per_cent(counts["answered"], counts["answered"] + counts["unanswered"])


def per_cent(part: int, whole: int) -> Share | None:
    """Give a share in per cent, with what it is of."""
    found = share(part, whole)
    return None if found is None else Share(*found, rounded(whole))


def bar(place: int, one: Mapping[str, Any]) -> Month:
    """Place one month's bar."""
    found = per_cent(one["answered"], one["asked"])
    middle = (found.low + found.high) / 2 if found else 0
    height = round(CHART_HEIGHT * middle / 100)
    return Month(
        month=date.fromisoformat(one["month"]),
        share=found,
        x=place * (CHART_WIDTH // 12) + 4,
        y=CHART_HEIGHT - height,
        height=height,
    )
