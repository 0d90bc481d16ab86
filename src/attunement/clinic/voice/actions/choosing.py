"""Choose what becomes of low answers, and bring something up."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.caseload.scales import CHECK_IN
from attunement.clinic.checkins.actions.answering import keeping
from attunement.clinic.checkins.models import Answer, Audience, CheckIn
from attunement.clinic.noticing.submit import held, recompute
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Client, Episode
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.voice.answers import asks, own_answers
from attunement.clinic.voice.models import Matter
from attunement.clinic.voice.seen import answers_seen
from attunement.guidance.voice import AUDIENCE, Choice

LONGEST = 3000
C = Matter.Choice


@transaction.atomic
def choose(*, checkin: CheckIn, choice: str, text: str = "", by: Actor) -> Matter:
    """Choose what becomes of the low answers of a check-in, once.

    The low answers get the audience that the choice names, and everything for staff is reckoned
    anew from what they may see now. Where nothing is low, a few words are wanted.

    Raises
    ------
    Refused
        If nothing is low and there are no words.
    Http404
        If it is not theirs, or was never answered.
    """
    require_own(by, checkin.session.episode.client)
    if not asks(checkin) or checkin.state != CheckIn.State.ANSWERED or choice not in set(Choice):
        raise Http404
    episode = held(checkin)
    known = Matter.objects.filter(checkin=checkin, chosen=True).first()
    if known is not None:
        return known
    seen = answers_seen(by, checkin)
    items = [one.item for one in own_answers(episode, seen).low(checkin.session.number)]
    said = text.strip()[:LONGEST]
    if not items and not said:
        raise Refused(_("Write a few words first."))
    if put(checkin, items, AUDIENCE[Choice(choice)], seen, by):
        recompute(checkin, by)
    return keep(
        episode=episode,
        checkin=checkin,
        chosen=True,
        choice=choice,
        items=items,
        text=said if choice in Matter.TO_RAISE else "",
        by=by,
    )


def put(checkin: CheckIn, items: Collection[str], audience: str, seen: Q, by: Actor) -> int:
    """Give low answers their audience; tension goes with how far it was settled."""
    named = {*items, *({"settled"} if "tension" in items else ())}
    mine = Answer.objects.filter(seen, checkin=checkin, instrument=CHECK_IN, item__in=named)
    changed = mine.exclude(audience=audience)
    if by.person or audience == Audience.THERAPIST:
        return changed.update(audience=audience, kept_in=keeping(audience, by))
    return changed.update(audience=audience)


@transaction.atomic
def bring_up(
    *, episode: Episode, choice: str, text: str, checkin: CheckIn | None = None, by: Actor
) -> Matter:
    """Write down something to raise, or ask for another way of working.

    Without an account it hangs on the check-in that was answered just before, whose code shows it
    again.

    Raises
    ------
    Refused
        If nothing is written where something is needed, or another way is asked for already.
    """
    require_own(by, episode.client)
    if choice not in Matter.TO_RAISE or episode.ended_on:
        raise Http404
    Episode.objects.select_for_update().only("pk").get(pk=episode.pk)
    said = text.strip()[:LONGEST]
    if choice != C.OTHER_WAY and not said:
        raise Refused(_("Write a few words first."))
    if choice == C.OTHER_WAY and asked_already(episode).exists():
        raise Refused(_("Your request is there already. Your therapist can see it."))
    return keep(episode=episode, checkin=checkin, choice=choice, text=said, by=by)


def asked_already(episode: Episode) -> QuerySet[Matter]:
    """Give the open requests for another way of working."""
    return Matter.objects.filter(episode=episode, choice=C.OTHER_WAY, state=Matter.State.OPEN)


def keep(*, episode: Episode, by: Actor, **values: Any) -> Matter:
    """Store it. Every choice looks alike in the audit."""
    made = Matter.objects.create(episode=episode, account=by.person, **values)
    audit(by, "voice.kept", made, client=episode.client)
    return made


def require_own(by: Actor, client: Client) -> None:
    """Let the client alone do this, signed in or by their link."""
    check(by, Permission.OWN_ANSWER if by.person else Permission.CHECKIN_ANSWER_BY_TOKEN)
    if by.client is None or by.client.pk != client.pk:
        raise Http404
