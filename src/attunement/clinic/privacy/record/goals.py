"""Goals: what each wrote, what both share, and how it goes."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import Rater
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
from attunement.clinic.privacy.record.scope import (
    EPISODE,
    Rows,
    Scope,
    Table,
    of,
    reached,
    read_path,
    texts,
)

ROUND, GOAL = "round__episode__client", "goal__episode__client"


def written(scope: Scope) -> Rows:
    """Read what was written: while both write, nobody's copy has what the other wrote.

    Neither has a client's own copy what they wrote elsewhere than in the account it is made for.
    """
    by_client = Q(writer=Rater.CLIENT, account__in=[scope.account] if scope.account else [])
    mine = by_client if scope.own else Q(writer=Rater.THERAPIST)
    rows = Written.objects.filter(Q(round__state=Round.State.OPEN) | mine)
    columns = ("id", "round__number", "writer", "rank", "written_at", "text", "purpose")
    found = reached(scope, rows.select_related("round"), ROUND)
    return [{name: read_path(one, name) for name in columns} for one in found]


def set_aside(scope: Scope) -> Rows:
    """Read what gave way to a list written elsewhere, for the account in which it was written."""
    mine = [scope.account] if scope.own and scope.account else []
    found = reached(scope, SetAside.objects.filter(account__in=mine), ROUND)
    columns = ("id", "rank", "written_at", "at", "text", "purpose")
    return [{name: read_path(one, name) for name in columns} for one in found]


def shared(scope: Scope) -> Rows:
    """Read the goals that both share, or that one proposes."""
    columns = ("id", "state", "proposed_by", "proposed_at", "agreed_at", "noted", "session")
    found = reached(scope, Goal.objects.all(), EPISODE)
    return [
        {name: read_path(one, name) for name in (*columns, "weight", "text", "purpose")}
        for one in found
    ]


def wordings(scope: Scope) -> Rows:
    """Read what goals said before."""
    found = reached(scope, Earlier.objects.all(), GOAL)
    columns = ("goal_id", "was", "by", "until", "text", "purpose")
    return [{name: read_path(one, name) for name in columns} for one in found]


GOALS: tuple[Table, ...] = (
    Table(
        name="goal-rounds",
        about=_("When goals were written, and when both looked"),
        read=lambda scope: of(
            scope,
            Round.objects.all(),
            EPISODE,
            "id",
            "number",
            "state",
            "begun_at",
            "client_ready_at",
            "therapist_ready_at",
            "opened_at",
            "session",
        ),
    ),
    Table(name="goals-written", about=_("Goals as each wrote them"), read=written),
    Table(
        name="goals-set-aside",
        about=_("Your goals that gave way to a list written elsewhere"),
        read=set_aside,
    ),
    Table(
        name="goal-pairs",
        about=_("Written goals that belong together"),
        read=lambda scope: of(
            scope, Pair.objects.all(), ROUND, "client_goal", "therapist_goal", "by", "made_at"
        ),
    ),
    Table(name="goals", about=_("Goals that both share"), read=shared),
    Table(name="goal-wordings", about=_("What goals said before"), read=wordings),
    Table(
        name="goal-steps",
        about=_("Steps on the way to goals"),
        read=lambda scope: texts(
            scope, Step.objects.all(), GOAL, "text", "goal_id", "by", "made_at", "done_at"
        ),
    ),
    Table(
        name="goal-ratings",
        about=_("How close to goals the client felt"),
        read=lambda scope: texts(
            scope, Rating.objects.all(), GOAL, "words", "goal_id", "number", "value", "rated_at"
        ),
    ),
    Table(
        name="goal-levels",
        about=_("What each level of a goal would look like"),
        read=lambda scope: texts(scope, Level.objects.all(), GOAL, "text", "goal_id", "level"),
    ),
    Table(
        name="goal-attainment",
        about=_("Which level of a goal was reached"),
        read=lambda scope: of(
            scope, Attained.objects.all(), GOAL, "goal", "number", "level", "noted_at"
        ),
    ),
    Table(
        name="goal-conflicts",
        about=_("Goals in each other's way, as one of them said"),
        read=lambda scope: of(
            scope, Conflict.objects.all(), "first__episode__client", "first", "second", "by"
        ),
    ),
)
