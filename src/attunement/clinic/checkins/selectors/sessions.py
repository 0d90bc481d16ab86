"""What the page of a session shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language

from attunement.clinic.checkins.instruments import worded
from attunement.clinic.checkins.models import CheckIn, Moment, Rater, Session, Token
from attunement.clinic.checkins.states import MAY_BECOME, TOOK_PLACE
from attunement.clinic.people.models import Episode


@dataclass(frozen=True)
class Around:
    """One check-in on the page of its session."""

    checkin: CheckIn
    titles: Sequence[str]
    links: Sequence[Token]

    @property
    def by_client(self) -> bool:
        """Whether the client answers."""
        return self.checkin.rater == Rater.CLIENT

    @property
    def can_be_answered(self) -> bool:
        """Whether someone can still answer."""
        return self.checkin.state == CheckIn.State.DUE and self.checkin.expires_at > timezone.now()


def around(session: Session) -> list[Around]:
    """Give the check-ins of a session: before, then after; the client's first."""
    now = timezone.now()
    found = session.checkins.prefetch_related("tokens")
    order: dict[str, int] = {Moment.BEFORE: 0, Moment.AFTER: 1, Rater.CLIENT: 0, Rater.THERAPIST: 1}
    return [
        Around(
            one,
            [form.title for form in worded(one.instruments, get_language() or "en")],
            [
                token
                for token in one.tokens.all()
                if not token.used_at and not token.revoked_at and token.expires_at > now
            ],
        )
        for one in sorted(found, key=lambda one: (order[one.moment], order[one.rater]))
    ]


def possible(session: Session) -> list[tuple[str, str]]:
    """Give what may be said of a session now, and how it is called."""
    future = timezone.localdate(session.starts_at) > timezone.localdate()
    return [
        (str(status), str(Session.Status(status).label))
        for status in Session.Status
        if status in MAY_BECOME[session.status]
        and status != Session.Status.PLANNED
        and not (future and status in TOOK_PLACE)
    ]


def next_time(episode: Episode) -> datetime:
    """Guess when the next session is: a week after the last, or tomorrow."""
    last = episode.sessions.order_by("-number").first()
    now = timezone.now()
    if last is None:
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    at = last.starts_at + timedelta(weeks=1)
    while at < now:
        at += timedelta(weeks=1)
    return at
