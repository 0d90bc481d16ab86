"""Say on every request who acts."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Membership, Person

SITE = "site"


def actor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Put ``request.actor`` there, found when it is first asked for."""

    def respond(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: who(request))  # type: ignore[attr-defined]
        return get_response(request)

    return respond


def who(request: HttpRequest) -> Actor:
    """Find the person, the site they act at, and their roles there."""
    person = request.user
    if not isinstance(person, Person):
        return Actor.unknown()
    held = list(
        Membership.objects.filter(person_id=person.pk, active=True)
        .select_related("site", "person")
        .order_by("site__name", "role")
    )
    client = getattr(person, "client", None)
    chosen = request.session.get(SITE)
    sites = {str(one.site_id): one.site for one in held}
    if client is not None and not held:
        return Actor(person=person, site=client.site, client=client)
    site = sites.get(chosen or "") or next(iter(sites.values()), None)
    here = tuple(one for one in held if site and one.site_id == site.pk)
    return Actor(person=person, site=site, memberships=here)
