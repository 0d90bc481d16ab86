"""Find events of one site's chain, newest first, without reading the whole of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from attunement.clinic.audit.models import Chain, Event
from attunement.clinic.audit.voice import of_voice
from attunement.clinic.people.models import Client, Episode, Membership, Person, Site

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What to look for.

    Attributes
    ----------
    actor : str
        Who did it, as the audit names them; all where empty.
    action : str
        What an action begins with.
    client : str
        The id of the client it concerns.
    since, until : datetime or None
    before : int or None
        The next page: only events with a smaller number, or, for whoever is not shown the
        numbers, those after so many.
    """

    actor: str = ""
    action: str = ""
    client: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True)
class Found:
    """One page of events, and where the next begins."""

    events: list[Event]
    next: int | None


def find(site: Site, filters: Filters, reader: Person | None = None) -> Found:
    """Give one page of the events of a site.

    Whoever reads is not shown what concerns the voice of a client of their own, nor of one who is
    not named: a therapist may be an administrator too.
    """
    rows = chosen(shown_to(site, reader), filters, str(site.pk))
    skipped, by_number = 0, numbered(reader)
    if filters.before and by_number:
        rows = rows.filter(number__lt=filters.before)
    elif filters.before:
        skipped = filters.before
    events = list(rows.order_by("-number")[skipped : skipped + PAGE + 1])
    if len(events) <= PAGE:
        return Found(events, None)
    return Found(events[:PAGE], events[PAGE - 1].number if by_number else skipped + PAGE)


def shown_to(site: Site, reader: Person | None) -> QuerySet[Event]:
    """Give the events of a site that someone may be shown; all where nobody is named."""
    rows = Event.objects.filter(chain=str(site.pk))
    own = Episode.objects.filter(therapist__person=reader).values_list("client", flat=True)
    hidden = {str(client) for client in own} if reader else set()
    return rows.exclude(of_voice(), client_id__in=hidden | {""}) if hidden else rows


def chosen(rows: QuerySet[Event], filters: Filters, chain: str) -> QuerySet[Event]:
    """Keep the events that are looked for."""
    if filters.since:
        rows = rows.filter(number__gte=first_number(chain, filters.since))
    if filters.until:
        rows = rows.filter(number__lt=first_number(chain, filters.until))
    if filters.actor:
        rows = rows.filter(actor=filters.actor)
    if filters.action:
        rows = rows.filter(action__startswith=filters.action)
    if filters.client:
        rows = rows.filter(client_id=filters.client)
    return rows


def numbered(reader: Person | None) -> bool:
    """Say whether someone is shown the numbers of links: a gap in them tells of what is not shown.

    Whoever has, or had, clients in care is not.
    """
    cared = Episode.objects.filter(therapist__person=reader)
    return reader is None or not cared.exists()


def first_number(chain: str, when: datetime) -> int:
    """Find the first event at or after a time: numbers rise with time, so halving finds it."""
    low, high = 1, newest(chain) + 1
    while low < high:
        middle = (low + high) // 2
        at = Event.objects.filter(chain=chain, number=middle).values_list("at", flat=True).first()
        if at is not None and at < when:
            low = middle + 1
        else:
            high = middle
    return low


def newest(chain: str) -> int:
    """Give the number of the newest event."""
    return Chain.objects.filter(name=chain).values_list("number", flat=True).first() or 0


def names(site: Site, events: list[Event]) -> Mapping[str, str]:
    """Name the staff behind these events; clients and the program have no name here."""
    staff = Membership.objects.filter(site=site).values_list("person_id", "person__name")
    known = {f"person {pk}": name for pk, name in staff}
    return {event.actor: known[event.actor] for event in events if event.actor in known}


def codes(site: Site, events: list[Event]) -> Mapping[str, str]:
    """Give the codes of the clients whom these events concern."""
    wanted = {event.client_id for event in events if event.client_id}
    found = Client.objects.filter(site=site, pk__in=wanted).values_list("pk", "code")
    return {str(pk): code for pk, code in found}
