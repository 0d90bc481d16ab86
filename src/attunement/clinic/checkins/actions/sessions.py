"""Plan sessions, move them, and say what became of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.actions.arranging import arrange
from attunement.clinic.checkins.actions.numbering import number_by_time
from attunement.clinic.checkins.models import CheckIn, Moment, Rater, Session
from attunement.clinic.checkins.planning import weekly
from attunement.clinic.checkins.states import DROPPED, MAY_BECOME, TOOK_PLACE
from attunement.clinic.noticing.absence import notice_absence
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Episode
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of

MOST_AT_ONCE = 52


@transaction.atomic
def plan_sessions(
    *, episode: Episode, starts_at: datetime, times: int = 1, by: Actor
) -> list[Session]:
    """Plan one session, or several at the same hour week after week.

    Where they come between others, those that come later and are still open are numbered anew.

    Raises
    ------
    Refused
        If the episode has ended, there are too many, or another session stands in the way.
    """
    check(by, Permission.SESSION_PLAN)
    episode = held(episode_in_care_of(by, episode.pk))
    if episode.ended_on:
        raise Refused(_("This episode of care has ended. Begin a new one to plan sessions."))
    if not 1 <= times <= MOST_AT_ONCE:
        raise Refused(_("Plan between 1 and %(most)d sessions at a time.") % {"most": MOST_AT_ONCE})
    made = []
    last = episode.sessions.aggregate(number=Max("number"))["number"] or 0
    for number, at in enumerate(weekly(starts_at, times), last + 1):
        made.append(Session.objects.create(episode=episode, number=number, starts_at=at))
    renumbered = in_order(episode, *made)
    for session in made:
        arrange(session)
    audit(
        by,
        "session.planned",
        made[0],
        client=episode.client,
        sessions=[session.pk for session in made],
        renumbered=[pk for pk in renumbered if pk not in {one.pk for one in made}],
    )
    return made


@transaction.atomic
def change_session(*, session: Session, status: str, by: Actor) -> Session:
    """Say what became of a session, or take that back.

    Raises
    ------
    Refused
        If this cannot follow from what was said before, or the client has answered about it.
    """
    session = own_session(session, by)
    if status == session.status:
        return session
    if status not in MAY_BECOME[session.status]:
        raise Refused(_("Take back what was said about this session first."))
    if status in TOOK_PLACE and timezone.localdate(session.starts_at) > timezone.localdate():
        raise Refused(_("This session is still to come."))
    if status in DROPPED and spoken_about(session):
        raise Refused(_("There are answers about this session already, so it did take place."))
    before = session.status
    changed = Session.objects.filter(pk=session.pk, status=before).update(status=status)
    if not changed:
        raise Refused(_("Someone else has just changed this session. Look again, please."))
    session.status = status
    back = before in DROPPED and status not in DROPPED
    renumbered = in_order(session.episode, session) if back else []
    arrange(session)
    notice_absence(episode=session.episode, by=by)
    audit(
        by,
        "session.changed",
        session,
        client=session.episode.client,
        before=before,
        now=status,
        renumbered=renumbered,
    )
    return session


@transaction.atomic
def move_session(*, session: Session, starts_at: datetime, by: Actor) -> Session:
    """Move a planned session to another time; its check-ins move along.

    Raises
    ------
    Refused
        If it is no longer planned, or another session stands in the way.
    """
    session = own_session(session, by)
    if session.status != Session.Status.PLANNED:
        raise Refused(_("Only a session that is still planned can be moved."))
    session.starts_at = starts_at
    Session.objects.filter(pk=session.pk, status=Session.Status.PLANNED).update(starts_at=starts_at)
    renumbered = in_order(session.episode, session)
    arrange(session)
    audit(by, "session.moved", session, client=session.episode.client, renumbered=renumbered)
    return session


def own_session(session: Session, by: Actor) -> Session:
    """Give a session with its episode held, if it is theirs to change."""
    check(by, Permission.SESSION_PLAN)
    episode = held(episode_in_care_of(by, session.episode_id))
    found = Session.objects.get(pk=session.pk)
    found.episode = episode
    return found


def held(episode: Episode) -> Episode:
    """Let nobody else change the sessions of an episode until the transaction ends."""
    Episode.objects.select_for_update().get(pk=episode.pk)
    return episode


def in_order(episode: Episode, *put: Session) -> list[int]:
    """Let the numbers run with the time, arrange what changed with them, and give which did."""
    changed = number_by_time(episode, put)
    for one in changed:
        one.episode = episode
        arrange(one)
    for one in put:
        one.refresh_from_db(fields=["number"])
    return [one.pk for one in changed]


def spoken_about(session: Session) -> bool:
    """Say whether someone has answered about the session itself."""
    return session.checkins.filter(
        state=CheckIn.State.ANSWERED, moment=Moment.AFTER, rater=Rater.CLIENT
    ).exists()
