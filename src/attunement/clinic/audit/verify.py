"""Check the chains of the audit for events that were changed, added, or taken away."""

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from attunement.clinic.audit.expecting import keep
from attunement.clinic.audit.faults import Checked, Fault
from attunement.clinic.audit.guard import chainless, unguarded
from attunement.clinic.audit.models import Chain, Event
from attunement.clinic.audit.record import audit, link
from attunement.clinic.people.actor import Actor

BATCH = 2000
VERIFIED = "audit.verified"


def verify(*, by: Actor, chain: str | None = None) -> list[Checked]:
    """Check one chain, or all, and record that it was done. People may go on working.

    Events that are appended while it runs are left to the next time: a chain is checked up to
    the head that it had at the start.
    """
    names = [chain] if chain else [*Chain.objects.order_by("name").values_list("name", flat=True)]
    done = [check_chain(name) for name in names]
    if chain is None:
        done += loose(names)
        done += chainless({one.chain for one in done})
        done += unguarded()
    for one in done:
        record(by, one)
    return done


def verify_all() -> None:
    """Check all chains, and keep their newest hashes elsewhere: the work of a job."""
    keep(verify(by=Actor.worker()))


def check_chain(name: str) -> Checked:
    """Follow one chain from its first link to the head that it has now."""
    head = Chain.objects.filter(name=name).first()
    if head is None:
        return Checked(chain=name, links=0, fault=Fault.LOOSE if has_events(name) else None)
    before, expected = "", 1
    for event in events(name, head.number):
        if event.number != expected:
            return Checked(chain=name, links=expected - 1, fault=Fault.MISSING, number=expected)
        if link(event, before) != event.hash:
            return Checked(chain=name, links=expected - 1, fault=Fault.CHANGED, number=expected)
        before, expected = event.hash, expected + 1
    if expected - 1 < head.number:
        return Checked(chain=name, links=expected - 1, fault=Fault.CUT, number=expected)
    if before != head.hash:
        return Checked(chain=name, links=expected - 1, fault=Fault.HEAD, number=head.number)
    return Checked(chain=name, links=head.number, head=head.hash)


def events(name: str, up_to: int) -> Iterator[Event]:
    """Give the events of a chain in order, in batches: a long reading would hold the database."""
    last = -1
    while True:
        batch = list(
            Event.objects.filter(chain=name, number__gt=last, number__lte=up_to).order_by("number")[
                :BATCH
            ]
        )
        if not batch:
            return
        yield from batch
        last = batch[-1].number


def has_events(name: str) -> bool:
    """Say whether any event claims to be of this chain."""
    return Event.objects.filter(chain=name).exists()


def loose(names: list[str]) -> list[Checked]:
    """Find events whose chain is gone."""
    strays = (
        Event.objects.exclude(chain__in=names).order_by("chain").values_list("chain", flat=True)
    )
    return [
        Checked(chain=name, links=0, fault=Fault.LOOSE)
        for name in strays.distinct()
        if not Chain.objects.filter(name=name).exists()
    ]


@transaction.atomic
def record(by: Actor, found: Checked) -> None:
    """Record that a chain was checked, and what was found."""
    fault = found.fault.name.lower() if found.fault else ""
    Chain.objects.filter(name=found.chain).update(
        checked_at=timezone.now(), checked_links=found.links, fault=fault
    )
    audit(
        by,
        VERIFIED,
        Chain(name=found.chain),
        links=found.links,
        fault=fault,
        number=found.number,
    )
