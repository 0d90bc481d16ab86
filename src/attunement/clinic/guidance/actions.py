"""Say what is to be tried, what was tried and what was not; what the client prefers; a school."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Session
from attunement.clinic.checkins.states import TOOK_PLACE
from attunement.clinic.goals.reach import session_now
from attunement.clinic.guidance.found import STRAIN
from attunement.clinic.guidance.models import LONGEST_NOTE, Attempt, School, Wish
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Episode, Membership
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of, gives_care
from attunement.guidance.strategies import Lean, strategies

State = Attempt.State
DONE: Mapping[str, str] = {
    State.PLANNED: "attempt.planned",
    State.TRIED: "attempt.tried",
    State.DECLINED: "attempt.declined",
    State.TAKEN_BACK: "attempt.taken-back",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a therapist says about a try, beside that there was one."""

    session: int | None = None
    how: str = ""
    note: str = ""


@transaction.atomic
def mark(
    *,
    episode: Episode,
    strategy: str,
    to: str,
    strain: int,
    said: Said | None = None,
    alert: Alert | None = None,
    by: Actor,
) -> Attempt:
    """Bring a strategy with one client into a state. The same twice changes nothing.

    Raises
    ------
    Refused
        If it cannot be brought there from where it stands, there is no such session, or care has
        ended.
    PermissionDenied, Http404
        If it is not theirs, or there is no such strategy or state.
    """
    held = _hold(by, episode)
    if strategy not in strategies() or to not in set(State):
        raise Http404
    said = said or Said()
    now = Attempt.objects.filter(episode=held, strategy=strategy, strain=strain)
    found = now.exclude(state=State.TAKEN_BACK).first()
    if found is None:
        return _begin(held, strategy, to, strain, said, alert, by)
    if found.state == to and to != State.TRIED:
        return found
    if to not in Attempt.MOVES[found.state]:
        raise Refused(_("This cannot be changed as it stands now. Take it back first."))
    _tell(found, said, to, held)
    found.state, found.at = to, timezone.now()
    found.save()
    audit(by, DONE[to], found, client=held.client)
    return found


def _begin(
    episode: Episode,
    strategy: str,
    to: str,
    strain: int,
    said: Said,
    alert: Alert | None,
    by: Actor,
) -> Attempt:
    if to == State.TAKEN_BACK:
        raise Http404
    if not episode.sessions.filter(number=strain).exists():
        raise Refused(_("There is no such session."))
    made = Attempt(episode=episode, strategy=strategy, state=to, strain=strain)
    made.alert = alert if alert is not None and alert.episode_id == episode.pk else None
    made.alert = made.alert or _open_strain(episode, strain)
    made.by = by.held(Role.THERAPIST)
    _tell(made, said, to, episode)
    made.save()
    audit(by, DONE[to], made, client=episode.client)
    return made


def _open_strain(episode: Episode, strain: int) -> Alert | None:
    """Find the strain still open that a session belongs to, though it began earlier."""
    stand = Alert.objects.filter(episode=episode, kind__in=STRAIN, state__in=Alert.OPEN_STATES)
    return stand.filter(onset__lte=strain).order_by("-onset", "-opened_at").first()


def _tell(attempt: Attempt, said: Said, to: str, episode: Episode) -> None:
    if to != State.TRIED:
        return
    if said.how and said.how not in set(Attempt.How):
        raise Http404
    told = said.session
    if told is not None and told != attempt.session and not _took_place(episode, told):
        raise Refused(_("Choose a session that took place."))
    attempt.session = said.session or attempt.session or max(session_now(episode), attempt.strain)
    attempt.how = said.how or attempt.how
    attempt.note = said.note.strip()[:LONGEST_NOTE] or attempt.note


def _took_place(episode: Episode, number: int) -> bool:
    """Say whether a session was, though nobody may have said so yet; none is still to come."""
    begun = Q(status=Session.Status.PLANNED, starts_at__lte=timezone.now())
    return episode.sessions.filter(Q(status__in=TOOK_PLACE) | begun, number=number).exists()


@transaction.atomic
def prefer(*, episode: Episode, wanted: Iterable[str], unwanted: Iterable[str], by: Actor) -> Wish:
    """Note what the client said they would like more of, and less of.

    Raises
    ------
    Refused
        If the same is wanted more and less, or care has ended.
    """
    held = _hold(by, episode)
    known = set(Lean)
    more, less = ({one for one in given if one in known} for given in (wanted, unwanted))
    if more & less:
        raise Refused(_("Choose more or less of a thing, not both."))
    wish, _made = Wish.objects.update_or_create(
        episode=held,
        defaults={
            "wanted": sorted(more),
            "unwanted": sorted(less),
            "noted_at": timezone.now(),
        },
    )
    audit(by, "wish.noted", wish, client=held.client)
    return wish


@transaction.atomic
def work_in(*, school: str, by: Actor) -> None:
    """Say in which school one mostly works; nothing takes it back."""
    check(by, Permission.ATTEMPT_MARK)
    me = by.held(Role.THERAPIST)
    if me is None:
        raise PermissionDenied
    if school and school not in set(School):
        raise Http404
    Membership.objects.filter(pk=me.pk).update(orientation=school)
    audit(by, "orientation.told", me)


def _hold(by: Actor, episode: Episode) -> Episode:
    check(by, Permission.ATTEMPT_MARK)
    episode_in_care_of(by, episode.pk)
    if not gives_care(by, episode):
        raise PermissionDenied
    held = (
        Episode.objects.select_for_update(of=("self",))
        .select_related("client__site")
        .get(pk=episode.pk)
    )
    if held.ended_on is not None:
        raise Refused(_("Care has ended. What was tried stays as it is."))
    return held
