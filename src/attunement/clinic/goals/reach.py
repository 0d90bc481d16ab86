"""Who may do something about the goals of an episode, and for which side."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.checkins.models import Rater, Session
from attunement.clinic.goals.models import Round, SetAside
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Episode, Person
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of, gives_care

TOOK_PLACE = (Session.Status.ATTENDED, Session.Status.LATE, Session.Status.PLANNED)


@dataclass(frozen=True)
class Held:
    """An episode that is held until the transaction ends, and the side someone acts for."""

    episode: Episode
    side: str


def side_of(by: Actor, episode: Episode) -> str | None:
    """Say for which side someone writes and agrees: client, therapist, or none who only reads."""
    if by.client is not None:
        return Rater.CLIENT if by.client.pk == episode.client_id else None
    return Rater.THERAPIST if gives_care(by, episode) else None


def hold(by: Actor, episode: Episode) -> Held:
    """Give an episode to whoever may write its goals now.

    Raises
    ------
    PermissionDenied, Http404
        If it is not theirs: a client's own, by their account, link or tablet, or the therapist's.
    Refused
        If care has ended.
    """
    if by.client is not None:
        check(by, Permission.OWN_GOALS if by.person else Permission.CHECKIN_ANSWER_BY_TOKEN)
        if by.client.pk != episode.client_id:
            raise Http404
    else:
        check(by, Permission.GOAL_WRITE)
        episode_in_care_of(by, episode.pk)
        if not gives_care(by, episode):
            raise PermissionDenied
    found = Episode.objects.select_for_update().get(pk=episode.pk)
    if found.ended_on is not None:
        raise Refused(_("Care has ended. Goals stay as they are."))
    return Held(found, Rater.CLIENT if by.client is not None else Rater.THERAPIST)


def shown_to(account: Person | None, now: Round, wrote: Collection[str]) -> Q:
    """Give the client's goals in a round being written that an account or a browser may show.

    What was taken over from an open round is no secret.
    """
    here = Q(account__isnull=True, pk__in=wrote)
    return Q(written_at__lt=now.begun_at) | (Q(account=account) if account else here)


def mine_aside(now: Round, account: Person | None, wrote: Collection[str]) -> Sequence[SetAside]:
    """Give the newest list of this account or browser that gave way to another."""
    whose = {"account": account} if account else {"account": None, "pk__in": wrote}
    found = list(now.set_aside.filter(**whose))
    return [one for one in found if one.at == found[0].at]


def session_now(episode: Episode) -> int:
    """Give the number of the newest session that has begun and was not missed; 0 before it."""
    begun = episode.sessions.filter(starts_at__lte=timezone.now(), status__in=TOOK_PLACE)
    return begun.order_by("-number").values_list("number", flat=True).first() or 0
