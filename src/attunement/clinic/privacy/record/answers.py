"""What was answered and written, what was worked out from it, and what was corrected."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import Answer, Audience, Comment, Rater
from attunement.clinic.checkins.selectors.kept import scores_shown_in, shown_in
from attunement.clinic.noticing.models import Score
from attunement.clinic.privacy.models import Correction
from attunement.clinic.privacy.record.scope import (
    AROUND,
    Rows,
    Scope,
    Table,
    of,
    texts,
)


def shown(scope: Scope, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Keep what the therapist may see; for the client, what their account may show them."""
    if scope.own:
        return rows.filter(shown_in(scope.account), checkin__rater=Rater.CLIENT)
    return rows.filter(audience=Audience.THERAPIST)


def answers(scope: Scope) -> Rows:
    """Read answers."""
    return of(
        scope,
        shown(scope, Answer.objects.all()),
        AROUND,
        "checkin",
        "checkin__session__number",
        "instrument",
        "item",
        "value",
        "audience",
        "corrected_at",
    )


def comments(scope: Scope) -> Rows:
    """Read comments, under the same rule as answers."""
    rows = shown(scope, Comment.objects.select_related("checkin"))
    return texts(scope, rows, AROUND, "text", "checkin_id", "audience")


def scores(scope: Scope) -> Rows:
    """Read scores: those made of all answers are the client's alone."""
    if scope.own:
        rows = Score.objects.filter(scores_shown_in(scope.account), rater=Rater.CLIENT)
    else:
        rows = Score.objects.filter(private=False)
    columns = ["scale", "rater", "number", "on", "value", "private"]
    if not scope.own:
        columns += ["prior_n", "prior_mean", "limit_watch", "limit_review", "signal", "change"]
    return of(scope, rows, "episode__client", *columns)


def corrections(scope: Scope) -> Rows:
    """Read corrections, under the same rule as answers."""
    same = {name: OuterRef(name) for name in ("checkin", "instrument", "item")}
    answered = shown(scope, Answer.objects.filter(**same))
    rows = Correction.objects.select_related("checkin").filter(Exists(answered))
    return texts(
        scope,
        rows,
        AROUND,
        "reason",
        "checkin_id",
        "instrument",
        "item",
        "before",
        "after",
        "at",
    )


ANSWERS: tuple[Table, ...] = (
    Table(name="answers", about=_("Answers, one row each"), read=answers),
    Table(name="comments", about=_("What was written with answers"), read=comments),
    Table(name="scores", about=_("What was worked out from answers"), read=scores),
    Table(
        name="corrections",
        about=_("Answers that were corrected, and what they were before"),
        read=corrections,
    ),
)
