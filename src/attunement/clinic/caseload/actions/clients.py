"""Begin and end stretches of care, and keep a client's details."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.actions.sessions import change_session
from attunement.clinic.checkins.models import Session
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.actions.watching import refuse_staff_address, tell_others
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import Client, Episode, Membership
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of

DETAILS = ("name", "code", "email", "language")


@dataclass(frozen=True, kw_only=True)
class Details:
    """Who a client is, and how to reach them."""

    code: str
    name: str = ""
    email: str = ""
    language: str = ""


@transaction.atomic
def new_client(
    *, details: Details, started_on: date, planned_sessions: int | None = None, by: Actor
) -> Episode:
    """Take someone into care, with the therapist who does so.

    Raises
    ------
    Refused
        If the code is taken at this site, or the address belongs to someone who works there.
    """
    check(by, Permission.CLIENT_CREATE)
    therapist = by.held(Role.THERAPIST)
    if therapist is None:
        raise Http404
    client = Client(site=therapist.site)
    put(client, details)
    episode = Episode.objects.create(
        client=client,
        therapist=therapist,
        started_on=started_on,
        planned_sessions=planned_sessions,
    )
    audit(by, "client.created", client, client=client)
    audit(by, "episode.started", episode, client=client)
    return episode


@transaction.atomic
def change_details(*, episode: Episode, details: Details, by: Actor) -> Client:
    """Change what is known of a client.

    Raises
    ------
    Refused
        If the code is taken at this site, the address would change under an open account, or
        belongs to someone who works there.
    """
    check(by, Permission.CLIENT_CHANGE)
    found = episode_in_care_of(by, episode.pk)
    client = Client.objects.select_for_update().select_related("site").get(pk=found.client_id)
    if client.account_id is not None and client.email != details.email:
        raise Refused(_("This client has an account. Close it first, then change the address."))
    changed = [name for name in DETAILS if getattr(client, name) != getattr(details, name)]
    if changed:
        put(client, details)
        told = tell_others(found, by) if "email" in changed else 0
        audit(by, "client.changed", client, client=client, fields=changed, told=told)
    return client


def put(client: Client, details: Details) -> None:
    """Store details, each code once per site, and no address of staff."""
    refuse_staff_address(details.email)
    for name in DETAILS:
        setattr(client, name, getattr(details, name))
    try:
        with transaction.atomic():
            client.save()
    except IntegrityError as error:
        raise Refused(_("Another client of this site has this code.")) from error


@transaction.atomic
def end_episode(*, episode: Episode, ended_on: date, by: Actor) -> Episode:
    """End a stretch of care; sessions still planned are cancelled.

    Raises
    ------
    Refused
        If it has ended already, alerts are open, or the day lies before the first one.
    """
    check(by, Permission.CLIENT_CHANGE)
    episode = episode_in_care_of(by, episode.pk)
    Episode.objects.select_for_update().get(pk=episode.pk)
    if episode.ended_on is not None:
        raise Refused(_("This stretch of care has ended already."))
    if ended_on < episode.started_on:
        raise Refused(_("It cannot end before it began."))
    if ended_on > timezone.localdate():
        raise Refused(_("Choose today, or a day before."))
    refuse_open_alerts(episode)
    for session in episode.sessions.filter(status=Session.Status.PLANNED):
        change_session(session=session, status=Session.Status.CANCELLED, by=by)
    refuse_open_alerts(episode)
    episode.ended_on = ended_on
    episode.save(update_fields=["ended_on"])
    audit(by, "episode.ended", episode, client=episode.client)
    return episode


def refuse_open_alerts(episode: Episode) -> None:
    """Let no alert get out of sight."""
    waiting = episode.alerts.filter(state__in=Alert.OPEN_STATES)
    still = waiting.exclude(evidence__has_key=Alert.TAKEN_BACK).count()
    if still:
        raise Refused(
            ngettext(
                "%(count)s alert is still open. Say first what became of it.",
                "%(count)s alerts are still open. Say first what became of them.",
                still,
            )
            % {"count": still}
        )


@transaction.atomic
def hand_over(*, episode: Episode, to: Membership, by: Actor) -> Episode:
    """End care with one therapist and begin it with another of the site, on the same day.

    Raises
    ------
    Refused
        As for :func:`end_episode`; and if the other is no therapist of the site, or has this client
        in care already.
    """
    check(by, Permission.CLIENT_CHANGE)
    episode = episode_in_care_of(by, episode.pk)
    if to not in takers(episode):
        raise Refused(_("Choose another therapist of this site."))
    if Episode.objects.filter(client=episode.client, therapist=to, ended_on=None).exists():
        raise Refused(_("This client is in care with them already."))
    today = timezone.localdate()
    end_episode(episode=episode, ended_on=max(today, episode.started_on), by=by)
    begun = Episode.objects.create(
        client=episode.client,
        therapist=to,
        started_on=today,
        planned_sessions=episode.planned_sessions,
    )
    audit(by, "episode.handed-over", begun, client=episode.client, before=str(episode.pk))
    return begun


def takers(episode: Episode) -> list[Membership]:
    """Give the other therapists of the site."""
    found = Membership.objects.filter(
        site=episode.client.site_id, role=Role.THERAPIST, active=True, person__is_active=True
    ).select_related("person")
    return [one for one in found.order_by("person__name") if one.pk != episode.therapist_id]
