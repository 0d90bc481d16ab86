"""Take in what was answered, and let people change who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.instruments import may_choose
from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Comment, Token
from attunement.clinic.checkins.selectors.tokens import Standing, standing, tokens
from attunement.clinic.checkins.tokens import submission_of
from attunement.clinic.noticing.submit import (
    Given,
    NotDue,
    Submitted,
    heed,
    held,
    recompute,
    take_in,
)
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Person
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.statements import Change, Place


@dataclass(frozen=True, kw_only=True)
class Said:
    """Everything that a person sends with a check-in."""

    answers: Sequence[Given] = ()
    comment: str = ""
    comment_audience: str = Audience.THERAPIST
    language: str = ""


@transaction.atomic
def answer_by_token(*, token: Token, said: Said, by: Actor, device: str = "") -> Submitted:
    """Take in the answers of whoever holds a link or a tablet, and use the token up.

    Sent again, they are the same ones only where the device is.

    Raises
    ------
    NotDue
        If the link no longer works, or the check-in was answered in another way.
    """
    check(by, Permission.CHECKIN_ANSWER_BY_TOKEN)
    if standing(token) not in {Standing.OPEN, Standing.ANSWERED}:
        raise NotDue(_("This link no longer works."))
    held(token.checkin)
    if not use_up(token):
        now = tokens().filter(pk=token.pk).first()
        if now is None or standing(now) is not Standing.ANSWERED:
            raise NotDue(_("This link no longer works."))
    return send(token.checkin, said, submission_of(token, device), by)


def use_up(token: Token) -> bool:
    """Use a token up, unless it was used, taken back or has run out in the meantime."""
    return bool(using_up(pk=token.pk, now=timezone.now()))


NOW = Place("now", DateTimeField())
using_up = Change(
    lambda: Token.objects.filter(
        pk=Place("pk", BigIntegerField()),
        used_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=NOW,
    ),
    used_at=NOW,
)


@transaction.atomic
def answer_own(*, checkin: CheckIn, said: Said, by: Actor, sending: str = "") -> Submitted:
    """Take in the answers of someone who is signed in; a client's are shown in this account.

    The same answers from another browser are the same ones, but heeded anew.

    Raises
    ------
    NotDue
        If it cannot be answered any more, or was answered in another way or account.
    """
    held(checkin)
    here = CheckIn.objects.filter(pk=checkin.pk)
    elsewhere = here.filter(state=CheckIn.State.ANSWERED).exclude(account=by.person)
    if by.client is not None and elsewhere.exists():
        raise NotDue(_("These questions have been answered already."))
    submitted = send(checkin, said, f"own-{checkin.rater}", by)
    if by.client is not None and not submitted.again:
        here.update(account=by.person)
    if submitted.safety:
        heed(checkin=checkin, answers=said.answers, by=by, sending=sending)
    return submitted


def send(checkin: CheckIn, said: Said, submission: str, by: Actor) -> Submitted:
    """Hand the answers over to those who notice, in this transaction, which holds the episode."""
    return take_in(
        checkin=checkin,
        answers=said.answers,
        comment=said.comment,
        comment_audience=said.comment_audience,
        submission=submission,
        by=by,
        language=said.language,
    )


@transaction.atomic
def opened(*, checkin: CheckIn) -> None:
    """Remember when someone first looked at the questions."""
    CheckIn.objects.filter(pk=checkin.pk, opened_at__isnull=True).update(opened_at=timezone.now())


@transaction.atomic
def change_audience(*, answer: Answer, audience: str, by: Actor) -> Answer:
    """Change who may see an answer of one's own; what was noticed is reckoned anew.

    Raises
    ------
    Refused
        If this answer always reaches a person.
    """
    check(by, Permission.OWN_ANSWER)
    checkin = CheckIn.objects.select_related("session__episode__client__site").get(
        pk=answer.checkin_id
    )
    client = checkin.session.episode.client
    if by.client is None or client.pk != by.client.pk or checkin.rater != "client":
        raise Http404
    refuse_unseen(checkin, answer, by)
    if audience not in Audience.values or not may_choose(answer.instrument):
        raise Refused(_("You cannot change who sees this answer: it always reaches a person."))
    changed = (
        Answer.objects.filter(pk=answer.pk)
        .exclude(audience=audience)
        .update(audience=audience, kept_in=keeping(audience, by))
    )
    if changed:
        recompute(checkin=checkin, by=by)
        audit(by, "answer.audience-changed", checkin, client=client)
    answer.audience = audience
    return answer


@transaction.atomic
def change_comment_audience(*, comment: Comment, audience: str, by: Actor) -> Comment:
    """Change who may read one's own words."""
    check(by, Permission.OWN_ANSWER)
    client = comment.checkin.session.episode.client
    if by.client is None or client.pk != by.client.pk or audience not in Audience.values:
        raise Http404
    refuse_unseen(comment.checkin, comment, by)
    Comment.objects.filter(pk=comment.pk).update(audience=audience, kept_in=keeping(audience, by))
    comment.audience = audience
    audit(by, "comment.audience-changed", comment.checkin, client=client)
    return comment


def keeping(audience: str, by: Actor) -> Person | None:
    """Give the account in which something stays, though its therapist is not shown it any more."""
    return None if audience == Audience.THERAPIST else by.person


def refuse_unseen(checkin: CheckIn, said: Answer | Comment, by: Actor) -> None:
    """Let nobody change what their account is not shown.

    Raises
    ------
    Http404
        As if there were no such answer.
    """
    mine = {checkin.account_id, said.kept_in_id}
    if said.audience != Audience.THERAPIST and (not by.person or by.person.pk not in mine):
        raise Http404


@transaction.atomic
def prefer(*, one_page: bool, by: Actor) -> None:
    """Remember how someone likes to be asked."""
    check(by, Permission.OWN_ANSWER)
    if by.person is None:
        raise Http404
    by.person.one_page = one_page
    by.person.save(update_fields=["one_page"])
    audit(by, "preference.changed", by.person, client=by.client)
