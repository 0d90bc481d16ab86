"""Which site someone acts at, in which language, and that they are still there."""

from typing import cast

from django.conf import settings
from django.conf.urls.i18n import set_language  # type: ignore[attr-defined]
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from attunement.clinic.people.actions.speaking import speak
from attunement.clinic.people.middleware import SITE
from attunement.clinic.people.request import Request


def stay(request: Request) -> HttpResponse:  # noqa: ARG001
    """Keep the session: the middleware has written that it was used."""
    return HttpResponse("", content_type="text/plain")


def choose_language(request: Request) -> HttpResponse:
    """Speak another language in this browser, and from now on to whoever is signed in."""
    wanted = request.POST.get("language", "")
    if request.actor.person is not None and wanted in dict(settings.LANGUAGES):
        speak(language=wanted, by=request.actor)
    return cast("HttpResponse", set_language(request))


def choose_site(request: Request) -> HttpResponse:
    """Choose among the sites where one has a role."""
    if request.method == "POST":
        wanted = request.POST.get("site", "")
        if wanted not in {str(site.pk) for site in request.actor.sites}:
            raise Http404
        request.session[SITE] = wanted
        return redirect("home")
    return render(request, "people/choose_site.html", {"sites": request.actor.sites})
