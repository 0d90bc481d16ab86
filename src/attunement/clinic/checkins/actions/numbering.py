"""Let the numbers of an episode's sessions run with the time."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from attunement.clinic.checkins.models import CheckIn, Session
from attunement.clinic.checkins.states import DROPPED
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused

SETTLED = (CheckIn.State.ANSWERED, CheckIn.State.EXPIRED)


def number_by_time(episode: Episode, put: Sequence[Session]) -> list[Session]:
    """Give numbers that run with the time where sessions were put among others; say whose changed.

    Sessions that were cancelled or missed keep their numbers, and stand in nobody's way. Of the
    others only those change that are still planned and have nothing answered. The caller holds
    the episode.

    Raises
    ------
    Refused
        If two would be at one time, or another session's number can no longer change.
    """
    placed = {one.pk for one in put}
    live = list(episode.sessions.exclude(status__in=DROPPED).order_by("starts_at", "number"))
    open_ = still_open(live, placed)
    now = {one.pk: one.number for one in live}
    now |= {one.pk: to for one, to in zip(open_, sorted(o.number for o in open_), strict=True)}
    changed = [one for one in open_ if now[one.pk] != one.number]
    at = {one.pk: (one.starts_at, now[one.pk]) for one in live}
    for one in [*(one for one in live if one.pk in placed), *changed]:
        for other in live:
            if one != other and out_of_order(at[one.pk], at[other.pk]):
                raise in_the_way(other)
    renumber(episode, [(one, now[one.pk]) for one in changed])
    return changed


def still_open(live: Sequence[Session], placed: set[int]) -> list[Session]:
    """Give the sessions of which nothing is known yet that hangs on their number."""
    known = Q(checkins__state__in=SETTLED) | Q(scores__isnull=False)
    settled = set(
        Session.objects.filter(known, pk__in=[one.pk for one in live]).values_list("pk", flat=True)
    )
    return [
        one
        for one in live
        if one.pk not in settled and (one.pk in placed or one.status == Session.Status.PLANNED)
    ]


def out_of_order(one: tuple[datetime, int], other: tuple[datetime, int]) -> bool:
    """Say whether of two sessions, each with its time and number, the later is not the higher."""
    return one[0] == other[0] or (one[0] < other[0]) != (one[1] < other[1])


def renumber(episode: Episode, changed: Sequence[tuple[Session, int]]) -> None:
    """Give sessions their new numbers, and alerts about them; none is there twice on the way."""
    beyond = episode.sessions.aggregate(number=Max("number"))["number"] or 0
    before = [one.number for one, _to in changed]
    episode.sessions.filter(number__in=before).update(number=F("number") + beyond)
    alerts = Alert.objects.filter(episode=episode)
    alerts.filter(onset__in=before).update(onset=F("onset") + beyond)
    for one, to in changed:
        alerts.filter(onset=one.number + beyond).update(onset=to)
        one.number = to
        Session.objects.filter(pk=one.pk).update(number=to)


def in_the_way(session: Session) -> Refused:
    """Say which session stands where another was to be."""
    return Refused(
        _("Session %(number)d is on %(day)s already. Choose another time, or move that one.")
        % {
            "number": session.number,
            "day": date_format(timezone.localtime(session.starts_at), "DATE_FORMAT"),
        }
    )
