"""Say on every request who acts, and hold sign-in to its limits."""

from collections.abc import Callable

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Membership, Person
from attunement.clinic.people.routes import signed_out

Respond = Callable[[HttpRequest], HttpResponse]

SITE = "site"
SEEN, BEGUN, SECOND = "seen", "begun", "second factor"
MINUTE, FEW_MINUTES = 60, 10
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
WITHOUT_SECOND_FACTOR = ("/account/", "/language")
LINKS, NOT_FOUND = "/c/", 404


def actor(get_response: Respond) -> Respond:
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
    return acting(person, request.session.get(SITE, ""))


def acting(person: Person, chosen: str = "") -> Actor:
    """Give a person as an actor at the chosen site, or at the first of theirs."""
    held = list(
        Membership.objects.filter(person_id=person.pk, active=True)
        .select_related("site", "person")
        .order_by("site__name", "role")
    )
    client = getattr(person, "client", None)
    sites = {str(one.site_id): one.site for one in held}
    if client is not None and not held:
        return Actor(person=person, site=client.site, client=client)
    site = sites.get(chosen) or next(iter(sites.values()), None)
    here = tuple(one for one in held if site and one.site_id == site.pk)
    return Actor(person=person, site=site, memberships=here, sites=tuple(sites.values()))


def own_language(get_response: Respond) -> Respond:
    """Speak the language of whoever is signed in."""

    def respond(request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, Person) and person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        return get_response(request)

    return respond


def session_limits(get_response: Respond) -> Respond:
    """End a session that has lasted long enough, keep a used one, and leave no page behind.

    A session ends after the site's minutes without activity (its age in the database) and after
    :setting:`SESSION_HOURS` in any case. Activity is written at most once a minute; a page that
    looks by itself how far something is, is none.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        now = int(timezone.now().timestamp())
        begun = request.session.setdefault(BEGUN, now)
        if now - begun > settings.SESSION_HOURS * 60 * MINUTE:
            logout(request)
            return signed_out(request)
        if now - request.session.get(SEEN, 0) >= MINUTE and not asks_by_itself(request):
            request.session[SEEN] = now
        answer = get_response(request)
        if not answer.has_header("Cache-Control"):
            answer["Cache-Control"] = "no-store"
        return answer

    return respond


def asks_by_itself(request: HttpRequest) -> bool:
    """Say whether a page asks how far something is; what people press is a link or a form."""
    return request.method == "GET" and "HX-Request" in request.headers


def second_factor(get_response: Respond) -> Respond:
    """Send staff who have no second factor to set one up, before anything else."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not settings.SECOND_FACTOR or not request.user.is_authenticated:
            return get_response(request)
        if lacks_second_factor(request) and not request.path.startswith(WITHOUT_SECOND_FACTOR):
            return redirect("mfa_index")
        return get_response(request)

    return respond


def lacks_second_factor(request: HttpRequest) -> bool:
    """Say whether this person has to set up a second factor; asked once in a session."""
    if not settings.SECOND_FACTOR or request.session.get(SECOND):
        return False
    if not request.actor.is_staff:  # type: ignore[attr-defined]
        return False
    if has_second_factor(request.actor.person):  # type: ignore[attr-defined]
        request.session[SECOND] = True
        return False
    return True


def just_begun(request: HttpRequest) -> bool:
    """Say whether this person signed in a few minutes ago."""
    begun = int(request.session.get(BEGUN, 0))
    return timezone.now().timestamp() - begun < FEW_MINUTES * MINUTE


def has_second_factor(person: Person) -> bool:
    """Say whether someone has a passkey or an authenticator app."""
    return bool(Authenticator.objects.filter(user=person, type__in=FACTORS).exists())


def unknown_links(get_response: Respond) -> Respond:
    """Slow down an address from which very many links that do not exist are tried.

    What was sent has been taken in or refused by then: it is answered as it is.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(LINKS):
            return get_response(request)
        answer = get_response(request)
        unknown = answer.status_code == NOT_FOUND
        if unknown and not guessing(request) and request.method != "POST":
            return ratelimit.respond_429(request)  # type: ignore[no-any-return]
        return answer

    return respond


def guessing(request: HttpRequest) -> bool:
    """Count one unknown link; say whether there may be more from this address."""
    from allauth.core.internal import ratelimit as counted

    return bool(
        counted.consume(request, app="allauth.account", action="unknown_link", limit_get=True)
    )
