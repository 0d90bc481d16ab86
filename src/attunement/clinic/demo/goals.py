"""Goals of a year: lists that wait for the other, lists side by side, and goals that are shared."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from attunement.clinic.checkins.models import Rater, Session
from attunement.clinic.demo.goal_prose import LEVELS, LISTS, RATED, Lists
from attunement.clinic.demo.history import CAME
from attunement.clinic.goals.models import (
    Attained,
    Goal,
    Level,
    Pair,
    Rating,
    Round,
    Step,
    Written,
)
from attunement.clinic.people.models import Client, Episode

SHARED, OPEN, WRITING = "shared", "open", "writing"
OF_ACCOUNTS = (SHARED, WRITING, OPEN)
OF_OTHERS = (SHARED, SHARED, OPEN, SHARED, WRITING)
FOURTH = 4
WEIGHED = 2


def set_goals(
    episodes: Mapping[str, Episode], accounts: Sequence[Client], now: datetime, chance: Random
) -> int:
    """Let everyone in care have come somewhere with their goals; give the number of goals."""
    first, others, lists = cycle(OF_ACCOUNTS), cycle(OF_OTHERS), cycle(LISTS)
    known = {client.pk for client in accounts}
    made = 0
    in_care = [one for one in episodes.values() if one.ended_on is None]
    for episode in sorted(in_care, key=lambda one: (one.client_id not in known, one.client.code)):
        held = list(episode.sessions.filter(status__in=CAME, starts_at__lt=now).order_by("number"))
        if not held:
            continue
        far = next(first if episode.client_id in known else others)
        wrote = next(lists)
        round_, written = lay_down(episode, wrote, held, open_=far != WRITING)
        if far == SHARED:
            Pair.objects.bulk_create(
                Pair(
                    round=round_,
                    client_goal=written[Rater.CLIENT, i],
                    therapist_goal=written[Rater.THERAPIST, j],
                    by=Rater.THERAPIST,
                    made_at=round_.opened_at or now,
                )
                for i, j in wrote.pairs
            )
            made += share(episode, wrote, written, held, chance)
    return made


def lay_down(
    episode: Episode, wrote: Lists, held: Sequence[Session], *, open_: bool
) -> tuple[Round, dict[tuple[str, int], Written]]:
    """Store both lists; where they are not open, the therapist is ready and the client writes."""
    at = held[min(1, len(held) - 1)] if open_ else held[-1]
    round_ = Round.objects.create(
        episode=episode,
        number=1,
        state=Round.State.OPEN if open_ else Round.State.WRITING,
        begun_at=at.starts_at - timedelta(days=1),
        client_ready_at=at.starts_at if open_ else None,
        therapist_ready_at=at.starts_at,
        opened_at=at.starts_at if open_ else None,
        session=at.number if open_ else 0,
    )
    sides = {Rater.CLIENT: wrote.client, Rater.THERAPIST: wrote.therapist}
    written: dict[tuple[str, int], Written] = {
        (side, place): Written(
            round=round_,
            writer=side,
            rank=place + 1,
            text=text,
            purpose=purpose,
            account=episode.client.account if side == Rater.CLIENT else None,
            written_at=at.starts_at,
        )
        for side, wishes in sides.items()
        for place, (text, purpose) in enumerate(wishes)
    }
    Written.objects.bulk_create(written.values())
    return round_, written


def share(
    episode: Episode,
    wrote: Lists,
    written: Mapping[tuple[str, int], Written],
    held: Sequence[Session],
    chance: Random,
) -> int:
    """Store the goals that both agreed on, and how they went; the newest is still a proposal."""
    since = held[min(FOURTH - 1, len(held) - 1)]
    goals = []
    for place, (text, purpose, i, j) in enumerate(wrote.shared):
        agreed = place == 0 or len(held) > FOURTH
        goal = Goal.objects.create(
            episode=episode,
            from_client=None if i is None else written[Rater.CLIENT, i],
            from_therapist=None if j is None else written[Rater.THERAPIST, j],
            text=text,
            purpose=purpose,
            state=Goal.State.AGREED if agreed else Goal.State.PROPOSED,
            proposed_by=Rater.THERAPIST,
            proposed_at=since.starts_at,
            agreed_at=since.starts_at if agreed else None,
            session=since.number if agreed else 0,
        )
        goals.append(goal)
        if agreed:
            rate(goal, [one for one in held if one.number > since.number], chance)
    for place, text in wrote.steps:
        done = since.starts_at if chance.random() < 1 / 2 else None
        Step.objects.create(goal=goals[place], text=text, by=Rater.CLIENT, done_at=done)
    first = goals[0]
    Level.objects.bulk_create(Level(goal=first, level=level, text=text) for level, text in LEVELS)
    Goal.objects.filter(pk=first.pk).update(weight=WEIGHED)
    Attained.objects.create(goal=first, number=held[-1].number, level=chance.choice((-1, 0, 1)))
    return len(goals)


def rate(goal: Goal, held: Sequence[Session], chance: Random) -> None:
    """Let a client say after most sessions how close they are."""
    value = 2
    ratings = []
    for session in held:
        value = min(max(value + chance.choice((-1, 0, 0, 1, 1)), 0), 10)
        if chance.random() < 3 / 4:
            ratings.append(
                Rating(
                    goal=goal,
                    number=session.number,
                    value=value,
                    words=chance.choice(RATED),
                    rated_at=session.starts_at,
                )
            )
    Rating.objects.bulk_create(ratings)
