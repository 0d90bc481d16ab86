"""Agree on one wording: one proposes, the other says yes or words it differently."""

from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.actions.pairing import open_goal
from attunement.clinic.goals.actions.writing import Wish
from attunement.clinic.goals.models import LONGEST, Earlier, Goal
from attunement.clinic.goals.reach import Held, hold, session_now
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused

State = Goal.State


@transaction.atomic
def propose(
    *,
    episode: Episode,
    wish: Wish,
    client_goal: UUID | None = None,
    therapist_goal: UUID | None = None,
    key: UUID | None = None,
    by: Actor,
) -> Goal:
    """Propose a goal to share, out of what both or one of them wrote, or a new one.

    The same key makes the same goal once.

    Raises
    ------
    Refused
        If there is nothing in it.
    """
    held = hold(by, episode)
    if not wish.text.strip():
        raise Refused(_("Write something first."))
    values: dict[str, Any] = {
        "text": wish.text.strip()[:LONGEST],
        "purpose": wish.purpose.strip()[:LONGEST],
        "proposed_by": held.side,
    }
    if client_goal:
        values["from_client"] = open_goal(held, client_goal, Rater.CLIENT)
    if therapist_goal:
        values["from_therapist"] = open_goal(held, therapist_goal, Rater.THERAPIST)
    try:
        goal, new = Goal.objects.get_or_create(
            pk=key or uuid4(), episode=held.episode, defaults=values
        )
    except IntegrityError:
        raise Http404 from None
    if new:
        audit(by, "goal.proposed", goal, client=held.episode.client)
    return goal


@transaction.atomic
def reword(*, goal: Goal, wish: Wish, by: Actor) -> Goal:
    """Word a goal differently: it is proposed anew, and what it said before is kept.

    Raises
    ------
    Refused
        If there is nothing in it.
    """
    held = hold(by, goal.episode)
    goal = mine(held, goal)
    text, purpose = wish.text.strip()[:LONGEST], wish.purpose.strip()[:LONGEST]
    if not text:
        raise Refused(_("Write something first."))
    if (text, purpose) == (goal.text, goal.purpose):
        return goal
    if not goal.is_open:
        raise Refused(_("Take this goal up again before you change its words."))
    Earlier.objects.create(
        goal=goal, text=goal.text, purpose=goal.purpose, was=goal.state, by=goal.proposed_by
    )
    goal.text, goal.purpose, goal.proposed_by = text, purpose, held.side
    goal.state, goal.proposed_at, goal.noted = State.PROPOSED, timezone.now(), False
    goal.save()
    audit(by, "goal.reworded", goal, client=held.episode.client)
    return goal


@transaction.atomic
def accept(*, goal: Goal, together: bool = False, by: Actor) -> Goal:
    """Say yes to a wording that the other proposed.

    A therapist may also note that both agreed when they met; the goal says so, and the client can
    word it differently at any time.

    Raises
    ------
    Refused
        If it is one's own proposal, and the other has not said yes.
    """
    held = hold(by, goal.episode)
    goal = mine(held, goal)
    own = goal.proposed_by == held.side
    noted = own and together and held.side == Rater.THERAPIST
    if goal.state == State.AGREED:
        return goal
    if own and not noted:
        raise Refused(_("You proposed these words. The other says yes to them, or words it anew."))
    number = goal.session or session_now(held.episode)
    move(goal, State.AGREED, agreed_at=timezone.now(), noted=noted, session=number)
    audit(by, "goal.agreed", goal, client=held.episode.client, noted=noted)
    return goal


@transaction.atomic
def see_differently(*, goal: Goal, by: Actor) -> Goal:
    """Say that one has not agreed to a goal after all: it is a proposal of the other's again."""
    held = hold(by, goal.episode)
    goal = mine(held, goal)
    other = Rater.THERAPIST if held.side == Rater.CLIENT else Rater.CLIENT
    move(goal, State.PROPOSED, proposed_by=other, proposed_at=timezone.now(), noted=False)
    audit(by, "goal.questioned", goal, client=held.episode.client)
    return goal


@transaction.atomic
def settle(*, goal: Goal, to: str, by: Actor) -> Goal:
    """Say that a goal is reached, or put aside, or taken up again."""
    held = hold(by, goal.episode)
    goal = mine(held, goal)
    if to not in {State.REACHED, State.ASIDE, State.AGREED, State.PROPOSED}:
        raise Http404
    if to == State.AGREED and goal.state != State.REACHED:
        raise Http404
    if to == State.PROPOSED and goal.state != State.ASIDE:
        raise Http404
    move(goal, to, **({"proposed_by": held.side} if to == State.PROPOSED else {}))
    audit(by, f"goal.{to}", goal, client=held.episode.client)
    return goal


def mine(held: Held, goal: Goal) -> Goal:
    """Give a goal of the episode that is held, as it stands now."""
    found = Goal.objects.filter(pk=goal.pk, episode=held.episode).first()
    if found is None:
        raise Http404
    return found


def move(goal: Goal, to: str, **values: Any) -> None:
    """Bring a goal into its next state, unless someone was quicker."""
    allowed = [state for state, after in Goal.MOVES.items() if to in after]
    if not Goal.objects.filter(pk=goal.pk, state__in=allowed).update(state=to, **values):
        raise Refused(_("Someone else has changed this meanwhile."))
    goal.refresh_from_db()
