"""A client's own goals, with an account."""

from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.checkins.models import Rater
from attunement.clinic.goals.views.shown import Way, change, show
from attunement.clinic.people.models import Client, Episode
from attunement.clinic.people.request import Request
from attunement.clinic.privacy.asking import ask_first

FRAME = "goals/plain.html"


@never_cache
@site_time
def own_goals(request: Request) -> HttpResponse:
    """Show one's goals, and take what a form sends."""
    client = request.actor.client
    if client is None:
        raise Http404
    episode = newest_episode(client)
    if episode is None:
        return render(request, "goals/none.html", {"frame": FRAME})
    if first := ask_first(request, client, request.actor, frame=FRAME):
        return first
    here = reverse("own_goals")
    way = Way(by=request.actor, frame=FRAME, here=here, change=here)
    if request.method == "POST":
        return change(request, episode, way)
    return show(request, episode, Rater.CLIENT, way)


def newest_episode(client: Client) -> Episode | None:
    """Give the episode in which a client is in care, or the last one there was."""
    return (
        client.episodes.select_related("client__site", "therapist__person")
        .order_by(F("ended_on").desc(nulls_first=True), "-started_on")
        .first()
    )
