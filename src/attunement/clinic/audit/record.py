"""Write an event, in the transaction that it describes."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from attunement.clinic.audit.models import Chain, Event
from attunement.clinic.conf.environment import environment
from attunement.clinic.people.actor import Actor
from attunement.clinic.statements import Change, Insert, Place, Read

NO_SITE = "everywhere"


def audit(
    by: Actor, action: str, target: models.Model, *, client: Any = None, **detail: Any
) -> None:
    """Append one event to the chain of the site. Call it last in the transaction.

    Parameters
    ----------
    by
        Who did it.
    action
        What was done, as ``thing.done``.
    target
        To what.
    client
        The client whose data it concerns.
    detail
        Ids, counts and states; never a text, a name or an answer.

    Raises
    ------
    RuntimeError
        Outside a transaction: then the event could be kept without what it describes.
    """
    audit_all(by, [(action, target, detail)], client=client)


def audit_all(
    by: Actor, done: Sequence[tuple[str, models.Model, Mapping[str, Any]]], *, client: Any = None
) -> None:
    """Append several events at once, each an action, its target and its detail.

    Everyone else who writes at the site waits from here on.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event belongs in the transaction that it describes")
    name = str(by.site.pk) if by.site else NO_SITE
    chain = held(name)
    number, hash_ = chain.number, chain.hash
    events = []
    for action, target, detail in done:
        number += 1
        event = Event(
            chain=name,
            number=number,
            at=timezone.now(),
            actor=actor_of(by),
            action=action,
            target=target._meta.label_lower,  # noqa: SLF001
            target_id=str(target.pk),
            client_id=str(client.pk) if client else "",
            detail=detail,
        )
        event.hash = hash_ = link(event, hash_)
        events.append(event)
    keep(events)
    lengthen(name=name, number=number, hash=hash_)


def held(name: str) -> Chain:
    """Give a chain, begun where there is none, that nobody else lengthens until we are done."""
    chain = next(iter(hold(name=name)), None)
    if chain is None:
        Chain.objects.get_or_create(name=name)
        (chain,) = hold(name=name)
    return chain


NAME = Place("name", models.CharField())
hold = Read(lambda: Chain.objects.select_for_update().filter(name=NAME))
keep = Insert(Event)
lengthen = Change(
    lambda: Chain.objects.filter(name=NAME),
    number=Place("number", models.PositiveBigIntegerField()),
    hash=Place("hash", models.CharField()),
)


def actor_of(by: Actor) -> str:
    """Name the actor by kind and id."""
    if by.person:
        return f"person {by.person.pk}"
    return f"{by.name} {by.client.pk}" if by.client else by.name


def link(event: Event, before: str) -> str:
    """Hash an event together with the one before it (HMAC-SHA256 under the audit key)."""
    said = json.dumps(
        [
            before,
            event.chain,
            event.number,
            written(event.at),
            event.actor,
            event.action,
            event.target,
            event.target_id,
            event.client_id,
            event.detail,
        ],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hmac.new(audit_key(), said.encode(), hashlib.sha256).hexdigest()


def written(at: datetime) -> str:
    """Write a time so that both databases give it back alike."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


@cache
def audit_key() -> bytes:
    """Give the key of the audit's chain."""
    return base64.b64decode(environment().audit_key.get_secret_value())


def read(
    by: Actor, action: str, target: models.Model, *, client: Any = None, **detail: Any
) -> None:
    """Record that someone read client data."""
    with transaction.atomic():
        audit(by, action, target, client=client, **detail)
