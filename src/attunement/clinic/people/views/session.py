"""Which site someone acts at, and that they are still there."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from attunement.clinic.people.middleware import SITE
from attunement.clinic.people.request import Request


def stay(request: Request) -> HttpResponse:  # noqa: ARG001
    """Keep the session: the middleware has written that it was used."""
    return HttpResponse("", content_type="text/plain")


def choose_site(request: Request) -> HttpResponse:
    """Choose among the sites where one has a role."""
    if request.method == "POST":
        wanted = request.POST.get("site", "")
        if wanted not in {str(site.pk) for site in request.actor.sites}:
            raise Http404
        request.session[SITE] = wanted
        return redirect("home")
    return render(request, "people/choose_site.html", {"sites": request.actor.sites})
