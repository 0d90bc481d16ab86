"""The counts at the top of the page as figures: just what is shown there, and no finer."""

from collections.abc import Iterator
from math import floor

from django.utils.translation import override

from attunement.clinic.service.cells import Cell
from attunement.clinic.service.figures.rows import BETWEEN, ROUNDED, WITHHELD, Row, Rows
from attunement.clinic.service.models import Snapshot
from attunement.clinic.service.selectors import AGES, PEOPLE, Share, shown

ANSWERED = "check-ins answered in the last 90 days, by"


def counted(snapshot: Snapshot | None) -> Rows:
    """Give every count as it is shown; none before anything was counted."""
    if snapshot is None:
        return {}
    with override("en"):
        return {one.figure: one for one in _rows(snapshot)}


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    page = shown(snapshot)
    for name, (words, cell) in zip(PEOPLE, page.people, strict=True):
        yield _count(f"people/{name}", str(words), cell)
    yield _count("people/therapists", "therapists", Cell(page.therapists))
    yield _share("answered/clients", f"{ANSWERED} clients", page.answered)
    yield _share("answered/therapists", f"{ANSWERED} therapists", page.answered_by_therapists)
    for one in page.months:
        month = f"{one.month:%Y-%m}"
        yield _share(
            f"answered/clients/{month}", f"check-ins that clients answered, {month}", one.share
        )
    yield _count("sessions/all", "sessions in the last 90 days", page.all_sessions)
    for name, (words, cell) in zip(snapshot.numbers["sessions"], page.sessions, strict=True):
        yield _count(f"sessions/{name}", f"sessions in the last 90 days: {words}", cell)
    yield _share(
        "ceiling",
        f"clients who rated everything at the top, {page.ceiling_sessions} sessions or more",
        page.ceiling,
    )
    for name, (words, cell) in zip(AGES, page.alerts, strict=True):
        yield _count(f"alerts/{name}", f"open alerts, waiting {words}", cell)
    yield _count("alerts/overdue", "open alerts, overdue", page.overdue)
    yield _count("alerts/closed", "alerts closed in the last 90 days", page.closed)
    hours = page.median_hours
    yield Row(
        figure="counts/alerts/median-hours",
        what="hours within which half of these were closed",
        told=WITHHELD if hours is None else ROUNDED,
        value=None if hours is None else floor(hours + 0.5),
        unit="number",
    )


def _count(name: str, what: str, cell: Cell) -> Row:
    told = WITHHELD if cell.count is None else ROUNDED
    return Row(figure=f"counts/{name}", what=what, told=told, value=cell.count, unit="count")


def _share(name: str, what: str, share: Share | None) -> Row:
    if share is None:
        return Row(figure=f"counts/{name}", what=what, told=WITHHELD)
    if share.exact:
        return Row(figure=f"counts/{name}", what=what, told=ROUNDED, value=share.low / 100)
    return Row(
        figure=f"counts/{name}",
        what=what,
        told=BETWEEN,
        low=share.low / 100,
        high=share.high / 100,
    )
