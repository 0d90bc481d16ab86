"""Who at the service reads what clients write to it: never the client's therapist."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client, Episode, Membership, Site
from attunement.clinic.people.permissions import Permission, Role, grants
from attunement.clinic.voice.models import Word


def readers(client: Client) -> QuerySet[Membership]:
    """Give those who would read a word of a client: nobody who has or had them in care."""
    therapists = Episode.objects.filter(client=client, therapist__isnull=False)
    return reading(client.site_id).exclude(person__in=therapists.values("therapist__person"))


def reading(site: Site | UUID) -> QuerySet[Membership]:
    """Give those at a site whose role is to read words."""
    roles = [role for role in Role if grants(frozenset({role}), Permission.WORDS_READ)]
    return Membership.objects.filter(site=site, role__in=roles, active=True, person__is_active=True)


def words_for(by: Actor) -> QuerySet[Word]:
    """Give the words that someone may read: at their site, and of nobody whose therapist they are.

    What was taken back is not among them.
    """
    if by.site is None or by.person is None or not by.may(Permission.WORDS_READ):
        return Word.objects.none()
    cared_for = Episode.objects.filter(therapist__person=by.person).values("client")
    return (
        Word.objects.filter(client__site=by.site, client__erased_at__isnull=True)
        .exclude(client__in=cared_for)
        .exclude(state=Word.State.WITHDRAWN)
        .select_related("client__site")
    )


def now_in_care(client: Client) -> list[str]:
    """Name the therapists a client is with now, for a request to change."""
    today = timezone.localdate()
    found = Episode.objects.filter(client=client, therapist__isnull=False).exclude(
        ended_on__lt=today
    )
    return sorted({one.therapist.name for one in found.select_related("therapist__person")})  # type: ignore[union-attr]
