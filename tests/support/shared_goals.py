"""Goals of an episode for the clinic's tests: two open lists, a shared goal, and all that hangs."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from attunement.clinic.goals.models import (
    Attained,
    Conflict,
    Earlier,
    Goal,
    Level,
    Pair,
    Rating,
    Round,
    SetAside,
    Step,
    Written,
)

LISTS = {
    "client": ("Sleep through the night", "Be honest with my sister", "Find friends"),
    "therapist": ("Go back to work", "Sleep without tablets", "Make friends"),
}


def goals_of(episode, text="", *, sessions=8):
    """Store one of everything about goals; with ``text``, that is what everybody wrote."""
    now = timezone.now()
    round_ = Round.objects.create(
        episode=episode,
        number=1,
        state="open",
        client_ready_at=now,
        therapist_ready_at=now,
        opened_at=now,
    )
    written = {
        (writer, place): Written.objects.create(
            round=round_, writer=writer, rank=place + 1, text=text or one, purpose=text or "Rest"
        )
        for writer, wishes in LISTS.items()
        for place, one in enumerate(wishes)
    }
    Pair.objects.create(
        round=round_,
        client_goal=written["client", 0],
        therapist_goal=written["therapist", 1],
        by="client",
    )
    SetAside.objects.create(
        id=uuid4(), round=round_, rank=1, text=text or "Sleep more", account=episode.client.account,
        written_at=now, at=now,
    )  # fmt: skip
    agreed = {"episode": episode, "state": "agreed", "agreed_at": now, "proposed_by": "client"}
    goal = Goal.objects.create(text=text or "Sleep well", purpose=text or "Patience", **agreed)
    other = Goal.objects.create(text=text or "Half days at work", noted=True, **agreed)
    waits = {"episode": episode, "proposed_by": "therapist"}
    Goal.objects.create(text=text or "Ring my sister", **waits)
    Goal.objects.create(text=text or "Say no", **agreed | {"state": "reached"})
    Earlier.objects.create(goal=goal, text=text or "Sleep", was="proposed", by="client")
    Step.objects.create(goal=goal, text=text or "Phone off at ten", by="client", done_at=now)
    Step.objects.create(goal=goal, text=text or "Same hour", by="therapist")
    for number in range(1, sessions):
        Rating.objects.create(goal=goal, number=number, value=number % 4 + 2, words=text)
    for level in range(-2, 3):
        Level.objects.create(goal=goal, level=level, text=text or f"Nights: {level + 3}")
    Attained.objects.create(goal=goal, number=sessions, level=1)
    first, second = sorted((goal, other), key=lambda one: one.pk.hex)
    Conflict.objects.create(first=first, second=second, by="client")
    return goal


def lists_in_writing(episode):
    """Let both have begun to write once more, and the therapist be ready."""
    made = Round.objects.create(
        episode=episode, number=2, therapist_ready_at=timezone.now() - timedelta(hours=1)
    )
    Written.objects.create(
        round=made, writer="client", rank=1, text="Run again", account=episode.client.account
    )
    Written.objects.create(round=made, writer="therapist", rank=1, text="Time outside")
    return made
