"""Shared goals, with how they go: steps, ratings, levels, and what is worth another look."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from django.utils.safestring import SafeString

from attunement.charts import small_line
from attunement.clinic.checkins.models import Session
from attunement.clinic.goals import words
from attunement.clinic.goals.models import (
    Attained,
    Conflict,
    Earlier,
    Goal,
    Level,
    Rating,
    Step,
)
from attunement.clinic.goals.reach import session_now
from attunement.clinic.people.models import Episode
from attunement.goals.attainment import attainment
from attunement.goals.progress import HIGHEST
from attunement.goals.standing import Opposing, Stale, opposing, stale

CAME = (Session.Status.ATTENDED, Session.Status.LATE)
PART = HIGHEST / 2


@dataclass(frozen=True, kw_only=True)
class Followed:
    """One shared goal and all that hangs on it."""

    goal: Goal
    steps: tuple[Step, ...]
    ratings: tuple[Rating, ...]
    line: SafeString
    rated: str
    now: Rating | None
    stale: str
    conflicts: tuple[tuple[Conflict, str], ...]
    levels: tuple[Level, ...]
    reached: Attained | None
    earlier: tuple[Earlier, ...]


@dataclass(frozen=True, kw_only=True)
class Attainment:
    """The newest T-score."""

    session: int
    score: float
    goals: int


def followed(episode: Episode) -> list[Followed]:
    """Give all goals: what waits for a yes first, then what is worked on, then the rest."""
    order = list(Goal.State)
    goals = sorted(
        Goal.objects.filter(episode=episode).prefetch_related(
            "steps", "ratings", "levels", "attained", "earlier"
        ),
        key=lambda one: (order.index(Goal.State(one.state)), one.proposed_at),
    )
    held = list(
        episode.sessions.filter(status__in=CAME).order_by("number").values_list("number", flat=True)
    )
    now = session_now(episode)
    return [follow(goal, goals, held, now) for goal in goals]


def follow(goal: Goal, goals: Sequence[Goal], held: Sequence[int], now: int) -> Followed:
    """Put together what hangs on one goal."""
    ratings = sorted(goal.ratings.all(), key=lambda one: one.number)
    values = [float(one.value) for one in ratings]
    rated = words.rated(ratings)
    drawing = small_line(values, rated, least=PART) if len(values) > 1 else ""
    look: Stale | None = None
    if goal.state == Goal.State.AGREED:
        course = {one.number: float(one.value) for one in ratings}
        look = stale(course, held, since=goal.session)
    return Followed(
        goal=goal,
        steps=tuple(sorted(goal.steps.all(), key=lambda one: one.made_at)),
        ratings=tuple(ratings),
        line=SafeString(drawing),
        rated=rated,
        now=next((one for one in ratings if one.number == now), None),
        stale=words.stale(look),
        conflicts=tuple(conflicts_of(goal, goals)),
        levels=tuple(sorted(goal.levels.all(), key=lambda one: -one.level)),
        reached=max(goal.attained.all(), key=lambda one: one.number, default=None),
        earlier=tuple(sorted(goal.earlier.all(), key=lambda one: one.until, reverse=True)),
    )


def conflicts_of(goal: Goal, goals: Sequence[Goal]) -> list[tuple[Conflict, str]]:
    """Give the goals that this one gets in the way of, as people said."""
    named = {one.pk: one.text for one in goals if one.is_open}
    said = Conflict.objects.filter(first=goal) | Conflict.objects.filter(second=goal)
    return [
        (one, named[other])
        for one in said
        if (other := one.second_id if one.first_id == goal.pk else one.first_id) in named
    ]


def pulling_apart(found: Sequence[Followed]) -> list[tuple[str, str, Opposing]]:
    """Find goals whose progress went opposite ways, and give their words."""
    worked_on = [one for one in found if one.goal.state == Goal.State.AGREED]
    courses = {
        str(one.goal.pk): {rating.number: float(rating.value) for rating in one.ratings}
        for one in worked_on
    }
    named = {str(one.goal.pk): one.goal.text for one in worked_on}
    return [(named[one.goals[0]], named[one.goals[1]], one) for one in opposing(courses)]


def attained(found: Sequence[Followed]) -> Attainment | None:
    """Give the newest goal attainment T-score, over each goal's newest level."""
    rows = [
        ("one", str(one.goal.pk), one.reached.number, one.reached.level, one.goal.weight)
        for one in found
        if one.reached is not None
    ]
    if not rows:
        return None
    newest = max(number for _c, _g, number, _l, _w in rows)
    columns = ["client", "goal", "session", "level", "weight"]
    table = pl.DataFrame(rows, schema=columns, orient="row").with_columns(session=pl.lit(newest))
    row = attainment(table).row(0, named=True)
    return Attainment(session=newest, score=row["t_score"], goals=row["goals"])
