"""What was answered and written, what was worked out from it, and what was corrected."""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from attunement.clinic.checkins.models import Answer, Comment
from attunement.clinic.noticing.models import Score
from attunement.clinic.privacy.models import Correction
from attunement.clinic.privacy.record.scope import (
    AROUND,
    Rows,
    Scope,
    Table,
    of,
    shared,
    texts,
)


def answers(scope: Scope) -> Rows:
    """Read answers: staff get those that the therapist may see, the client all of theirs."""
    rows = (
        Answer.objects.filter(checkin__rater="client")
        if scope.own
        else shared(Answer.objects.all())
    )
    return of(
        scope,
        rows,
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
    rows = (
        Comment.objects.filter(checkin__rater="client")
        if scope.own
        else shared(Comment.objects.all())
    )
    return texts(
        scope,
        rows.select_related("checkin"),
        AROUND,
        "text",
        "checkin_id",
        "audience",
    )


def scores(scope: Scope) -> Rows:
    """Read scores: the client's own are made of all their answers."""
    rows = (
        Score.objects.filter(rater="client") if scope.own else Score.objects.filter(private=False)
    )
    columns = ["scale", "rater", "number", "on", "value", "private"]
    if not scope.own:
        columns += ["prior_n", "prior_mean", "limit_watch", "limit_review", "signal", "change"]
    return of(scope, rows, "episode__client", *columns)


def corrections(scope: Scope) -> Rows:
    """Read corrections, under the same rule as answers."""
    rows = Correction.objects.select_related("checkin")
    if scope.own:
        rows = rows.filter(checkin__rater="client")
    else:
        same = {name: OuterRef(name) for name in ("checkin", "instrument", "item")}
        rows = rows.filter(Exists(shared(Answer.objects.filter(**same))))
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
