"""Say which written goals belong together."""

from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.models import Pair, Round, Written
from attunement.clinic.goals.reach import Held, hold
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused


@transaction.atomic
def pair(*, episode: Episode, client_goal: UUID, therapist_goal: UUID, by: Actor) -> Pair:
    """Put two goals together, one of each; the same two twice change nothing.

    Raises
    ------
    Refused
        If one of them has a partner already.
    """
    held = hold(by, episode)
    theirs = open_goal(held, client_goal, Rater.CLIENT)
    mine = open_goal(held, therapist_goal, Rater.THERAPIST)
    known = Pair.objects.filter(client_goal=theirs, therapist_goal=mine).first()
    if known is not None:
        return known
    if hasattr(theirs, "as_client") or hasattr(mine, "as_therapist"):
        raise Refused(_("One of these belongs to another already. Take them apart first."))
    made = Pair.objects.create(
        round=theirs.round, client_goal=theirs, therapist_goal=mine, by=held.side
    )
    audit(by, "goals.paired", made, client=held.episode.client)
    return made


@transaction.atomic
def take_apart(*, episode: Episode, client_goal: UUID, by: Actor) -> None:
    """Say that two goals do not belong together after all."""
    held = hold(by, episode)
    found = Pair.objects.filter(client_goal=open_goal(held, client_goal, Rater.CLIENT)).first()
    if found is not None:
        audit(by, "goals.taken-apart", found, client=held.episode.client)
        found.delete()


def open_goal(held: Held, pk: UUID, writer: str) -> Written:
    """Give a goal of the newest open round, or answer as if there were none."""
    newest = Round.objects.filter(episode=held.episode, state=Round.State.OPEN)
    last = newest.order_by("-number").first()
    found = Written.objects.filter(pk=pk, round=last, writer=writer).first() if last else None
    if found is None:
        raise Http404
    return found
