"""What a client agreed to: asked once, in words that have a version, and taken back at any time."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import CharField, QuerySet, UUIDField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.actions.agreeing import ask_again, stop_asking
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client
from attunement.clinic.privacy.declined import declined
from attunement.clinic.privacy.models import Consent
from attunement.clinic.statements import Place, Read

VERSION = "4"


@dataclass(frozen=True)
class Part:
    """One thing that a client is told before they are asked."""

    title: Promise
    text: Promise


PARTS = (
    Part(
        _("What is kept"),
        _(
            "Your answers, and what you write beside them. Your goals, and words to your "
            "therapist or to the service. When your sessions were. When you opened a check-in, "
            "and when you sent it. If you were much faster than usual, your therapist may be "
            "told that. Scores that are worked out from your answers. What your therapist writes "
            "down about your work together."
        ),
    ),
    Part(
        _("Who sees it"),
        _(
            "Your therapist and the person who supervises them. For answers about the sessions "
            "you can choose who may see each one. Words to the service go to the people who run "
            "it, past your therapist. In need, another therapist or supervisor here can open your "
            "record. They must say why, it is logged, and a supervisor is asked to look at it."
        ),
    ),
    Part(
        _("What the service sees"),
        _(
            "To improve its work, and for research of its own, the service sees counts. For this "
            "it also sees tables without names. They hold your answers and scores, and what was "
            "noticed in them. They hold what your therapist rated, and when you came. Single "
            "answers that you keep back are never in them. If you say no or take your yes back, "
            "new tables leave you out."
        ),
    ),
    Part(
        _("What you say about your safety"),
        _(
            "An answer that you may be in danger always reaches a person, whatever you chose. If "
            "your therapist does not act in time, others who supervise or are on call are told. "
            "They see your name and that answer. Nobody reads it in the moment you send it. If "
            "you are in danger, call one of the numbers on this page."
        ),
    ),
    Part(
        _("What you can do"),
        _(
            "You can say no and still have your therapy. You can take your yes back at any time: "
            "in your account, or by a link to a check-in. You can see what is kept, have it "
            "corrected, and ask to have it erased. Without an account, ask your therapist or the "
            "service for this."
        ),
    ),
)

NEWS: Mapping[str, Promise] = {
    "2": _("The service also sees tables of answers and scores, without names."),
    "3": _("We name more of what is kept: your goals, your words, and your therapist's notes."),
    "4": _(
        "We keep when you open and send a check-in. We say more about who can see your record, "
        "and about what the service's tables hold."
    ),
}
"""What each version of the words says that the one before did not."""


def current(client: Client) -> Consent | None:
    """Give the consent that holds now, or None."""
    return next(iter(holding_yes(client=client.pk, version=VERSION)), None)


holding_yes = Read(
    lambda: Consent.objects.filter(
        client=Place("client", UUIDField()),
        version=Place("version", CharField()),
        agreed=True,
        withdrawn_at__isnull=True,
    )
)


def earlier(client: Client) -> Consent | None:
    """Give the yes to earlier words, where there is none to those of today."""
    if current(client) is not None:
        return None
    return holding(client).filter(agreed=True).order_by("given_at").last()


def news(since: str) -> list[Promise]:
    """Give what has come to the words since a version of them."""
    known = [*NEWS]
    return [NEWS[one] for one in known[known.index(since) + 1 if since in known else 0 :]]


def needed(client: Client) -> bool:
    """Say whether this client still has to be asked, in the words of today."""
    return current(client) is None


@transaction.atomic
def give(*, client: Client, by: Actor) -> Consent:
    """Keep a client's yes. A second yes to the same words changes nothing.

    What they were asked before they said no, and can still be answered, is asked again.

    Raises
    ------
    PermissionDenied
        If someone else than the client says it: their account, or the holder of their link.
    """
    require_client(by, client)
    before = declined(client)
    holding(client).filter(agreed=False).update(withdrawn_at=timezone.now())
    consent, new = Consent.objects.get_or_create(
        client=client, version=VERSION, withdrawn_at=None, defaults={"by_link": by.person is None}
    )
    if new:
        if before:
            ask_again(client)
        audit(by, "consent.given", consent, client=client, version=VERSION)
    return consent


@transaction.atomic
def decline(*, client: Client, by: Actor) -> None:
    """Keep a client's no: nothing is asked of them, until they say yes.

    Raises
    ------
    PermissionDenied
        If someone else than the client says it.
    """
    require_client(by, client)
    if holding(client).filter(version=VERSION, agreed=False).exists():
        return
    holding(client).update(withdrawn_at=timezone.now())
    said = Consent.objects.create(
        client=client, version=VERSION, agreed=False, by_link=by.person is None
    )
    asked = stop_asking(client)
    audit(by, "consent.declined", said, client=client, version=VERSION, checkins=asked)


@transaction.atomic
def withdraw(*, client: Client, by: Actor) -> None:
    """Take the yes back: from now on nothing more is asked, until there is a new one."""
    require_client(by, client)
    given = list(holding(client).filter(agreed=True))
    holding(client).filter(agreed=True).update(withdrawn_at=timezone.now())
    asked = stop_asking(client) if given else 0
    for consent in given:
        version = consent.version
        audit(by, "consent.withdrawn", consent, client=client, version=version, checkins=asked)


def holding(client: Client) -> QuerySet[Consent]:
    """Give what a client has said and not taken back."""
    return Consent.objects.filter(client=client, withdrawn_at__isnull=True)


def require_client(by: Actor, client: Client) -> None:
    """Raise PermissionDenied unless the client themselves acts."""
    if by.client is None or by.client.pk != client.pk:
        raise PermissionDenied
