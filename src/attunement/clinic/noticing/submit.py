"""Take in a check-in: answers, scores, signals, alerts and audit, in one transaction."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BigIntegerField, CharField, DateTimeField
from django.http import Http404
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from attunement.clinic.audit.models import Event
from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Answer, Audience, CheckIn, Comment, Rater, Session
from attunement.clinic.noticing.given import Given
from attunement.clinic.noticing.instruments import instruments
from attunement.clinic.noticing.models import Alert, Score
from attunement.clinic.noticing.notice import notice
from attunement.clinic.noticing.opening import open_alerts
from attunement.clinic.noticing.strain import safety_findings
from attunement.clinic.people.actor import WORKER, Actor, check
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.reach import episodes_of, gives_care
from attunement.clinic.statements import Change, Insert, Place, Read
from attunement.problems import Problem

HEEDED = "checkin.heeded"
SEEN, CHOSEN = frozenset({Audience.THERAPIST}), frozenset(Audience)

__all__ = ["Given", "NotDue", "Submitted", "heed", "recompute", "submit", "take_in"]


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What became of a submission.

    Attributes
    ----------
    checkin : CheckIn
    safety : bool
        Whether an answer meets a safety rule: show the crisis contacts at once.
    scores : sequence of Score
        One for each scale, and a private one beside it where something is kept from the therapist.
    again : bool
        Whether this very submission had been taken in before.
    """

    checkin: CheckIn
    safety: bool
    scores: Sequence[Score]
    again: bool = False


class NotDue(Exception):
    """Why a check-in cannot be answered now, in a sentence for the person who tried."""


@transaction.atomic
def submit(
    *,
    checkin: CheckIn,
    answers: Sequence[Given],
    comment: str = "",
    submission: str,
    by: Actor,
    comment_audience: str = Audience.THERAPIST,
    language: str = "",
) -> Submitted:
    """Take in the answers to a check-in, once.

    Parameters
    ----------
    checkin
        The check-in, read with its session, episode, client and site where speed matters.
    answers
        Without those that were left out; each item once.
    comment, comment_audience
        In the person's own words, and who may read them.
    submission
        A key of the person's device for this submission: sent twice, it is taken in once.
    by
        Client, holder of a link, therapist, or the program.
    language
        In which it was answered.

    Raises
    ------
    NotDue
        If it was answered otherwise, has expired or was withdrawn.
    Problem
        If an answer does not belong to the check-in or cannot be given.
    PermissionDenied, Http404
        If it is not theirs to answer.
    """
    held(checkin)
    return take_in(
        checkin=checkin,
        answers=answers,
        comment=comment,
        submission=submission,
        by=by,
        comment_audience=comment_audience,
        language=language,
    )


def take_in(
    *,
    checkin: CheckIn,
    answers: Sequence[Given],
    comment: str,
    submission: str,
    by: Actor,
    comment_audience: str,
    language: str,
) -> Submitted:
    """Do the same in the caller's transaction: it holds the episode, and ends with an error."""
    episode = checkin.session.episode
    may_answer(by, checkin, episode)
    wrong(checkin, answers)
    key = key_of(checkin, submission)
    if not answered(checkin, key, language):
        return as_before(checkin, episode, key, answers, comment)
    keep_answers(
        [
            Answer(
                checkin=checkin,
                instrument=one.instrument,
                item=one.item,
                value=one.value,
                audience=one.audience,
            )
            for one in answers
        ]
    )
    if comment.strip():
        Comment.objects.create(checkin=checkin, text=comment.strip(), audience=comment_audience)
    noticed = notice(checkin, episode, answers, by)
    audit(by, "checkin.answered", checkin, client=episode.client)
    return Submitted(checkin=checkin, safety=noticed.safety, scores=noticed.scores)


@transaction.atomic
def heed(*, checkin: CheckIn, answers: Sequence[Given], by: Actor, sending: str = "") -> bool:
    """See that an answer about safety reaches a person, though the check-in is closed by now.

    Where all that was told of this session is settled, somebody is asked anew: once for each
    sending, however often it arrives.

    Parameters
    ----------
    sending
        From where it was sent, as only that browser knows it; empty where nothing sent again can
        be told from what someone else sends.

    Returns
    -------
    Whether there is such an answer. The answers themselves are not kept.
    """
    episode = held(checkin)
    may_answer(by, checkin, episode)
    wrong(checkin, answers)
    forms = tuple(sorted(checkin.instruments))
    found = list(safety_findings(checkin.session.number, forms, answers))
    if not found:
        return False
    key = sending_key(checkin, answers, sending or secrets.token_urlsafe())
    heeded = Event.objects.filter(
        client_id=str(episode.client_id),
        action=HEEDED,
        target_id=str(checkin.pk),
        detail__sending=key,
    ).exists()
    open_alerts(episode, found, by, late=not heeded)
    if not heeded:
        audit(by, HEEDED, checkin, client=episode.client, sending=key)
    return True


@transaction.atomic
def recompute(checkin: CheckIn, by: Actor) -> Submitted:
    """Score and notice anew after an answer or its audience was changed.

    Alerts that are no longer called for are withdrawn, except those about safety; where someone is
    at work on one it stays, without its content. New ones are opened. The caller has checked the
    permission and writes the audit.
    """
    episode = held(checkin)
    answers = [
        Given(instrument=one.instrument, item=one.item, value=one.value, audience=one.audience)
        for one in checkin.answers.all()
    ]
    noticed = notice(checkin, episode, answers, by, again=True)
    return Submitted(checkin=checkin, safety=noticed.safety, scores=noticed.scores, again=True)


def held(checkin: CheckIn) -> Episode:
    """Hold the episode of a check-in until the transaction ends: one submission at a time.

    What may have changed since the check-in was read is put into it: the session's number and
    time, and whose episode it is.

    Raises
    ------
    NotDue
        If there is no such session any more.
    """
    session, episode = checkin.session, checkin.session.episode
    now = next(iter(holding(pk=session.pk)), None)
    if now is None:
        raise NotDue(_("These questions are no longer needed."))
    session.number, session.starts_at = now.number, now.starts_at
    episode.therapist_id, episode.ended_on = now.episode.therapist_id, now.episode.ended_on
    return episode


def answered(checkin: CheckIn, key: str, language: str) -> bool:
    """Make it an answered one by compare-and-set; say whether it was due."""
    now = timezone.now()
    values = {
        "state": CheckIn.State.ANSWERED,
        "answered_at": now,
        "answered_in": language[:8],
        "submission": key,
    }
    if not answering(pk=checkin.pk, **values):
        return False
    for name, value in values.items():
        setattr(checkin, name, value)
    return True


keep_answers = Insert(Answer, empty=["corrected_at", "kept_in"])
holding = Read(
    # The episode first, like everyone; the session too, or its row could be as it was before.
    lambda: (
        Session.objects.select_for_update(of=("episode", "self"))
        .select_related("episode")
        .only("number", "starts_at", "episode__therapist", "episode__ended_on")
        .filter(pk=Place("pk", BigIntegerField()))
    )
)
ANSWERED_AT = Place("answered_at", DateTimeField())
answering = Change(
    lambda: CheckIn.objects.filter(
        pk=Place("pk", BigIntegerField()), state=CheckIn.State.DUE, expires_at__gt=ANSWERED_AT
    ),
    state=Place("state", CharField()),
    answered_at=ANSWERED_AT,
    answered_in=Place("answered_in", CharField()),
    submission=Place("submission", CharField()),
)


def may_answer(by: Actor, checkin: CheckIn, episode: Episode) -> None:
    """Refuse whoever is not asked here."""
    if by.name == WORKER:
        return
    if checkin.rater == Rater.THERAPIST:
        check(by, Permission.CHECKIN_ANSWER_AS_THERAPIST)
        if not episodes_of(by).filter(pk=episode.pk).exists():
            raise Http404
        if not gives_care(by, episode):
            raise PermissionDenied
        return
    if by.client is None:
        raise PermissionDenied
    check(by, Permission.OWN_ANSWER if by.person else Permission.CHECKIN_ANSWER_BY_TOKEN)
    if by.client.pk != episode.client_id:
        raise Http404


def key_of(checkin: CheckIn, submission: str) -> str:
    """Bind a submission's key to its check-in, in a length that fits."""
    return hashlib.sha256(f"{checkin.pk}:{submission}".encode()).hexdigest()


def sending_key(checkin: CheckIn, answers: Sequence[Given], sending: str) -> str:
    """Name answers that are not kept, so that they are known again and cannot be reckoned."""
    said = sorted((one.instrument, one.item, one.value) for one in answers)
    return salted_hmac(HEEDED, f"{checkin.pk} {sending} {said}", algorithm="sha256").hexdigest()


def wrong(checkin: CheckIn, answers: Sequence[Given]) -> None:
    """Raise a Problem for the first answer that cannot be one to this check-in."""
    seen = set()
    for one in answers:
        place = (one.instrument, one.item)
        if one.instrument not in checkin.instruments or place in seen:
            raise Problem("an answer does not belong to these questions, or is there twice")
        seen.add(place)
        form = instruments()[one.instrument]
        asked = next((item for item in form.items if item.id == one.item), None)
        if asked is None or not form.answer_of(asked).allows(one.value):
            raise Problem("an answer lies outside what can be answered", field=one.item)
        if one.audience not in (CHOSEN if form.chosen_audience else SEEN):
            raise Problem("who may see an answer cannot be chosen so", field=one.item)


def as_before(
    checkin: CheckIn, episode: Episode, key: str, answers: Sequence[Given], comment: str
) -> Submitted:
    """Say again what became of a submission that was taken in before, or why it cannot be.

    Raises
    ------
    NotDue
        If it was answered otherwise, has expired, was withdrawn or erased.
    """
    try:
        checkin.refresh_from_db(fields=["state", "submission", "answered_at", "answered_in"])
    except CheckIn.DoesNotExist:
        raise NotDue(_("These questions are no longer needed.")) from None
    if checkin.state == CheckIn.State.WITHDRAWN:
        raise NotDue(_("These questions are no longer needed."))
    if checkin.state != CheckIn.State.ANSWERED:
        raise NotDue(_("The time for these questions is over."))
    if checkin.submission != key or not same(checkin, answers, comment):
        raise NotDue(_("These questions have been answered already."))
    safety = Alert.objects.filter(
        episode=episode, kind=Alert.Kind.SAFETY, onset=checkin.session.number
    ).exists()
    return Submitted(checkin=checkin, safety=safety, scores=list(checkin.scores.all()), again=True)


def same(checkin: CheckIn, answers: Sequence[Given], comment: str) -> bool:
    """Say whether these are the answers that were taken in, and not others sent after them."""
    kept = {(one.instrument, one.item): one.value for one in checkin.answers.all()}
    words = [one.text for one in checkin.comments.all()]
    said = {(one.instrument, one.item): one.value for one in answers}
    return kept == said and words == [text for text in (comment.strip(),) if text]
