"""Open a record outside one's own care relations, and answer for it."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from attunement.clinic.audit.record import audit
from attunement.clinic.people.actor import Actor, check
from attunement.clinic.people.models import BreakGlass, Client, Episode, Supervision
from attunement.clinic.people.permissions import Permission, Role
from attunement.clinic.people.problems import Refused

OPEN_FOR = timedelta(hours=4)
SHORTEST_REASON = 15


class NoSuchCode(Refused):
    """There is no client with the code that was given."""


@transaction.atomic
def keep_wrong_code(*, by: Actor) -> None:
    """Keep that someone tried a code that is none, without the code."""
    check(by, Permission.BREAK_GLASS)
    if by.site is not None:
        audit(by, "glass.code-unknown", by.site)


@transaction.atomic
def break_glass(*, code: str, reason: str, by: Actor) -> BreakGlass:
    """Open the record of one client of the same site, found by exact code, for some hours.

    Raises
    ------
    Refused
        If the reason says nothing, or there is no such client.
    """
    check(by, Permission.BREAK_GLASS)
    if by.person is None:
        raise PermissionDenied
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(gettext("Say in a sentence why you need to see this record now."))
    client = Client.objects.filter(site=by.site, code=code.strip(), erased_at__isnull=True).first()
    if client is None:
        raise NoSuchCode(gettext("There is no client with exactly this code at your site."))
    opened = BreakGlass.objects.create(
        person=by.person, client=client, reason=reason, ends_at=timezone.now() + OPEN_FOR
    )
    audit(by, "glass.broken", opened, client=client)
    return opened


@transaction.atomic
def close_glass(*, opened: BreakGlass, by: Actor) -> None:
    """Close a record again before its time."""
    check(by, Permission.BREAK_GLASS)
    if opened.person_id != getattr(by.person, "pk", None):
        raise Http404
    now = timezone.now()
    if BreakGlass.objects.filter(pk=opened.pk, ends_at__gt=now).update(ends_at=now):
        audit(by, "glass.closed", opened, client=opened.client)


@transaction.atomic
def review(*, opened: BreakGlass, by: Actor) -> None:
    """Say that one has looked at why a record was opened. Nobody reviews themselves."""
    check(by, Permission.BREAK_GLASS_REVIEW)
    if opened not in to_see(by) or opened.person_id == getattr(by.person, "pk", None):
        raise Http404
    changed = BreakGlass.objects.filter(pk=opened.pk, reviewed_at__isnull=True).update(
        reviewed_by=by.held(Role.SUPERVISOR), reviewed_at=timezone.now()
    )
    if changed:
        audit(by, "glass.reviewed", opened, client=opened.client)


def to_see(by: Actor) -> QuerySet[BreakGlass]:
    """Give what was opened within a supervisor's care, unreviewed first.

    It is theirs to see if they supervise whoever opened it or the client's therapist. What nobody
    supervises is for every supervisor of the site to see: something opened must not stay unseen.
    """
    supervisor = by.held(Role.SUPERVISOR)
    if supervisor is None:
        return BreakGlass.objects.none()
    opener = Supervision.objects.filter(
        therapist__person=OuterRef("person"), therapist__site=by.site, supervisor__active=True
    ).exclude(supervisor__person=OuterRef("person"))
    care = Supervision.objects.filter(
        therapist__episodes__client=OuterRef("client"), supervisor__active=True
    ).exclude(supervisor__person=OuterRef("person"))
    mine = Exists(opener.filter(supervisor=supervisor)) | Exists(care.filter(supervisor=supervisor))
    unseen = ~Exists(opener) & ~Exists(care)
    own = Q(person=by.person)
    return (
        BreakGlass.objects.filter(mine | unseen | own, client__site=by.site)
        .select_related("person", "client", "reviewed_by__person")
        .order_by(F("reviewed_at").asc(nulls_first=True), "-opened_at")
    )


def episode_of(opened: BreakGlass) -> Episode | None:
    """Give the episode to go to: the one under way, or the newest."""
    episodes = Episode.objects.filter(client=opened.client)
    return episodes.order_by("ended_on", "-started_on").filter(ended_on__isnull=True).first() or (
        episodes.order_by("-started_on").first()
    )
