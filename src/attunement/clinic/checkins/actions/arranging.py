"""Keep a session's check-ins as its plan and its time say."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn, Rater, Session
from attunement.clinic.checkins.planning import Around, Window, asked_at, window
from attunement.clinic.checkins.selectors.plans import plan_of
from attunement.clinic.checkins.states import TAKES_PLACE
from attunement.clinic.checkins.tokens import LIVES, expiry
from attunement.clinic.people.models import Episode
from attunement.clinic.privacy.declined import declined

State = CheckIn.State


def arrange(session: Session) -> None:
    """Make, move, withdraw or take up again the check-ins of one session. Doing it twice is once.

    An answered check-in is never touched, and one that was opened keeps its questions.
    """
    now = timezone.now()
    wanted = wanted_at(session) if session.status in TAKES_PLACE else {}
    there = {(one.rater, one.moment): one for one in session.checkins.select_for_update()}
    for around in wanted.keys() - there.keys():
        time = window_of(session, around)
        if time.expires_at > now:
            rater, moment = around
            CheckIn.objects.create(
                session=session,
                rater=rater,
                moment=moment,
                instruments=list(wanted[around]),
                due_at=time.due_at,
                expires_at=time.expires_at,
            )
    for around, checkin in there.items():
        if checkin.state != State.ANSWERED:
            change(checkin, wanted.get(around, ()), window_of(session, around), now)


def change(checkin: CheckIn, instruments: tuple[str, ...], time: Window, now: datetime) -> None:
    """Bring one check-in that has no answer in line."""
    if instruments:
        state = State.DUE if time.expires_at > now else State.EXPIRED
        asked = checkin.instruments if checkin.opened_at else list(instruments)
    else:
        state = State.WITHDRAWN
        asked = checkin.instruments
    CheckIn.objects.filter(pk=checkin.pk).exclude(state=State.ANSWERED).update(
        state=state, instruments=asked, due_at=time.due_at, expires_at=time.expires_at
    )
    if instruments and checkin.expires_at != time.expires_at:
        move_links(checkin, time)


def move_links(checkin: CheckIn, time: Window) -> None:
    """Let the links that were given last as long as one that is given for the new time."""
    days = checkin.session.episode.client.site.link_days
    lasting = [purpose for purpose, lives in LIVES.items() if lives is None]
    for token in checkin.tokens.filter(
        purpose__in=lasting, used_at__isnull=True, revoked_at__isnull=True
    ):
        token.expires_at = expiry(token.purpose, token.made_at, days, time.due_at, time.expires_at)
        token.save(update_fields=["expires_at"])


def wanted_at(session: Session) -> Mapping[Around, tuple[str, ...]]:
    """Give what the plan asks around a session; nothing of a client who has said no."""
    wanted = asked_at(plan_of(session.episode), session.number)
    if not declined(session.episode.client):
        return wanted
    return {around: asked for around, asked in wanted.items() if around[0] != Rater.CLIENT}


def window_of(session: Session, around: Around) -> Window:
    """Say when a check-in of a session can be answered."""
    return window(around[1], session.starts_at, session.episode.client.site.link_days)


def arrange_ahead(episode: Episode) -> None:
    """Let a changed plan hold for the sessions that are still to come."""
    ahead = episode.sessions.filter(
        status=Session.Status.PLANNED, starts_at__gt=timezone.now()
    ).select_related("episode__client__site")
    for session in ahead:
        arrange(session)
