"""Work on goals: steps, how close, levels, and goals in each other's way."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.actions.agreeing import mine
from attunement.clinic.goals.models import (
    LONGEST,
    Attained,
    Conflict,
    Goal,
    Level,
    Rating,
    Step,
)
from attunement.clinic.goals.reach import hold, session_now
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused
from attunement.goals.attainment import LEVELS
from attunement.goals.progress import HIGHEST, LOWEST

HEAVIEST = 10


@transaction.atomic
def add_step(*, goal: Goal, text: str, key: UUID | None = None, by: Actor) -> Step:
    """Add something to do on the way. The same key adds it once."""
    held = hold(by, goal.episode)
    goal = mine(held, goal)
    if not text.strip():
        raise Refused(_("Write something first."))
    try:
        step, new = Step.objects.get_or_create(
            pk=key or uuid4(),
            goal=goal,
            defaults={"text": text.strip()[:LONGEST], "by": held.side},
        )
    except IntegrityError:
        raise Http404 from None
    if new:
        audit(by, "goal.step-added", step, client=held.episode.client)
    return step


@transaction.atomic
def tick(*, step: Step, done: bool, by: Actor) -> Step:
    """Say that a step is done, or not yet."""
    held = hold(by, step.goal.episode)
    mine(held, step.goal)
    Step.objects.filter(pk=step.pk).update(done_at=timezone.now() if done else None)
    audit(by, "goal.step-ticked", step, client=held.episode.client, done=done)
    step.refresh_from_db(fields=["done_at"])
    return step


@transaction.atomic
def rate(*, goal: Goal, value: int, words: str = "", by: Actor) -> Rating:
    """Say how close one is to a goal, as a client; once for each session, the last word counts.

    Raises
    ------
    Refused
        If the goal is not agreed on, or the number lies outside 0 to 10.
    """
    held = hold(by, goal.episode)
    goal = mine(held, goal)
    if held.side != Rater.CLIENT:
        raise PermissionDenied
    if goal.state != Goal.State.AGREED:
        raise Refused(_("You can say how close you are once you both agree on this goal."))
    if not LOWEST <= value <= HIGHEST:
        raise Refused(_("Choose a number from 0 to 10."))
    number = session_now(held.episode)
    said = {"value": value, "words": words.strip()[:LONGEST], "rated_at": timezone.now()}
    made, _new = Rating.objects.update_or_create(goal=goal, number=number, defaults=said)
    audit(by, "goal.rated", made, client=held.episode.client, session=number)
    return made


@transaction.atomic
def set_levels(*, goal: Goal, texts: Mapping[int, str], weight: int, by: Actor) -> None:
    """Write down what each level of a goal would look like, and how much the goal counts.

    Raises
    ------
    Refused
        If not all five are written.
    """
    held = hold(by, goal.episode)
    goal = mine(held, goal)
    said = {level: texts.get(level, "").strip() for level in LEVELS}
    if not all(said.values()):
        raise Refused(_("Write all five levels: what much less, less, as expected, more would be."))
    if not 1 <= weight <= HEAVIEST:
        raise Refused(_("Choose a weight from 1 to 10."))
    for level, text in said.items():
        Level.objects.update_or_create(goal=goal, level=level, defaults={"text": text[:LONGEST]})
    Goal.objects.filter(pk=goal.pk).update(weight=weight)
    audit(by, "goal.levels-set", goal, client=held.episode.client, weight=weight)


@transaction.atomic
def attain(*, goal: Goal, level: int, by: Actor) -> Attained:
    """Say which level of a goal is reached now.

    Raises
    ------
    Refused
        If its levels are not written down.
    """
    held = hold(by, goal.episode)
    goal = mine(held, goal)
    if level not in LEVELS or not goal.levels.exists():
        raise Refused(_("Write down the levels of this goal first."))
    made, _new = Attained.objects.update_or_create(
        goal=goal,
        number=session_now(held.episode),
        defaults={"level": level, "noted_at": timezone.now()},
    )
    audit(by, "goal.level-noted", made, client=held.episode.client)
    return made


@transaction.atomic
def mark_conflict(*, goal: Goal, other: Goal, by: Actor) -> Conflict:
    """Say that two goals get in each other's way. Saying it twice changes nothing."""
    held = hold(by, goal.episode)
    first, second = sorted((mine(held, goal), mine(held, other)), key=lambda one: one.pk.hex)
    if first.pk == second.pk:
        raise Refused(_("Choose another goal."))
    made, new = Conflict.objects.get_or_create(
        first=first, second=second, defaults={"by": held.side}
    )
    if new:
        audit(by, "goals.conflict-marked", made, client=held.episode.client)
    return made


@transaction.atomic
def unmark_conflict(*, conflict: Conflict, by: Actor) -> None:
    """Say that they do not, after all."""
    held = hold(by, conflict.first.episode)
    mine(held, conflict.first)
    audit(by, "goals.conflict-unmarked", conflict, client=held.episode.client)
    conflict.delete()
