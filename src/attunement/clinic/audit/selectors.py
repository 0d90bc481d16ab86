"""Find events of one site's chain, newest first, without reading the whole of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from attunement.clinic.audit.models import Chain, Event
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
        Only events with a smaller number: the next page.
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

    Whoever reads is not shown what concerns the voice of a client of their own: a therapist may be
    an administrator too.
    """
    chain = str(site.pk)
    rows = Event.objects.filter(chain=chain)
    if reader is not None:
        own = Episode.objects.filter(therapist__person=reader).values_list("client", flat=True)
        rows = rows.exclude(
            action__startswith="voice.", client_id__in={str(client) for client in own}
        )
    if filters.since:
        rows = rows.filter(number__gte=first_number(chain, filters.since))
    if filters.until:
        rows = rows.filter(number__lt=first_number(chain, filters.until))
    if filters.before:
        rows = rows.filter(number__lt=filters.before)
    if filters.actor:
        rows = rows.filter(actor=filters.actor)
    if filters.action:
        rows = rows.filter(action__startswith=filters.action)
    if filters.client:
        rows = rows.filter(client_id=filters.client)
    events = list(rows.order_by("-number")[: PAGE + 1])
    more = len(events) > PAGE
    return Found(events[:PAGE], events[PAGE - 1].number if more else None)


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
