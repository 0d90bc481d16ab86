"""Which records a person's care relations reach. A permission says what, this says whose."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Q, QuerySet, When
from django.http import Http404
from django.utils import timezone

from attunement.clinic.people.actor import WORKER, Actor
from attunement.clinic.people.models import BreakGlass, Client, Episode
from attunement.clinic.people.permissions import Role


def episodes_of(by: Actor, *, glass: bool = True) -> QuerySet[Episode]:
    """Give the episodes that someone may see: own caseload, own supervisees', own, broken glass.

    An episode that has ended stays in reach of those whose it was; the client's other episodes do
    not come with it. Without ``glass``, what is open by broken glass alone is left out.
    """
    if by.name == WORKER:
        return Episode.objects.all()
    if by.client is not None and by.person is not None:
        return Episode.objects.filter(client=by.client)
    if by.site is None or by.person is None:
        return Episode.objects.none()
    reached = Q(pk__in=[])
    if therapist := by.held(Role.THERAPIST):
        reached |= Q(therapist=therapist)
    if supervisor := by.held(Role.SUPERVISOR):
        reached |= Q(therapist__supervised_by__supervisor=supervisor)
    if glass and (by.held(Role.THERAPIST) or by.held(Role.SUPERVISOR)):
        broken = BreakGlass.objects.filter(person=by.person, ends_at__gt=timezone.now())
        reached |= Q(client__in=broken.values("client"))
    found = Episode.objects.filter(reached, client__site=by.site, client__erased_at__isnull=True)
    return found.distinct()


def clients_of(by: Actor) -> QuerySet[Client]:
    """Give the clients that someone may see."""
    return Client.objects.filter(pk__in=episodes_of(by).values("client"))


def episode_for(by: Actor, pk: UUID) -> Episode:
    """Give one episode, or answer as if there were none."""
    found = (
        episodes_of(by).select_related("client__site", "therapist__person").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


def cares_for(by: Actor, client: Client) -> bool:
    """Say whether someone has a client in care now, or supervises whoever has."""
    if by.name == WORKER:
        return True
    now = episodes_of(by, glass=False).filter(client=client, ended_on__isnull=True)
    return by.client is None and now.exists()


def episode_in_care_of(by: Actor, pk: UUID) -> Episode:
    """Give an episode to whoever decides about its client now.

    Raises
    ------
    Http404
        If it is out of their reach.
    PermissionDenied
        If they only had the client in care once, or opened the record by break-glass.
    """
    found = episode_for(by, pk)
    if not cares_for(by, found.client):
        raise PermissionDenied
    return found


def client_for(by: Actor, pk: UUID) -> Client:
    """Give one client, or answer as if there were none."""
    found = clients_of(by).select_related("site").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def in_care(episode: Episode) -> Episode:
    """Give the episode in which a client is in care now, where this one has ended.

    One with a therapist who works here comes before one without, and the newest first; the
    episode itself where it is open or no other is.
    """
    if episode.ended_on is None:
        return episode
    now = Episode.objects.filter(client=episode.client_id, ended_on__isnull=True)
    working = Q(therapist__active=True, therapist__person__is_active=True)
    return (
        now.select_related("client__site", "therapist__person")
        .annotate(working=Case(When(working, then=0), default=1, output_field=IntegerField()))
        .order_by("working", "-started_on", "pk")
        .first()
    ) or episode


def gives_care(by: Actor, episode: Episode) -> bool:
    """Say whether someone is the therapist of an episode, and does not only reach it."""
    mine = by.held(Role.THERAPIST)
    return mine is not None and mine.pk == episode.therapist_id


def through_glass(by: Actor, episode: Episode) -> bool:
    """Say whether someone reaches an episode through broken glass alone, and no care relation."""
    return not episodes_of(by, glass=False).filter(pk=episode.pk).exists()


def glass_mark(by: Actor, episode: Episode) -> dict[str, bool]:
    """Give what the audit adds where staff read an episode through broken glass alone."""
    return {"glass": True} if by.client is None and through_glass(by, episode) else {}


def episode_to_take_out(by: Actor, pk: UUID) -> Episode:
    """Give an episode to whoever may have it as a file: broken glass is for reading alone.

    Raises
    ------
    Http404
        If it is out of their reach.
    PermissionDenied
        If they only opened the record by break-glass.
    """
    found = episode_for(by, pk)
    if through_glass(by, found):
        raise PermissionDenied
    return found


def has_broken_glass(by: Actor, client: Client) -> bool:
    """Say whether someone has a client's record open by broken glass now."""
    if by.person is None or by.client is not None:
        return False
    now = timezone.now()
    return BreakGlass.objects.filter(person=by.person, client=client, ends_at__gt=now).exists()
