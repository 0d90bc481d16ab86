"""Goals behind a check-in link, for whoever has just answered by it."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from attunement.clinic.checkins.models import Rater
from attunement.clinic.checkins.selectors.tokens import Standing, find_link
from attunement.clinic.checkins.views.link import mine
from attunement.clinic.checkins.views.speaking import spoken
from attunement.clinic.goals.views.shown import Way, change, show
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.request import Request
from attunement.clinic.privacy.asking import ask_first

FRAME = "checkins/plain.html"


@never_cache
def link_goals(request: Request, secret: str) -> HttpResponse:
    """Show the goals to the browser in which the check-in was answered, and to no other."""
    link = find_link(secret)
    if link.standing is not Standing.ANSWERED or not mine(request, link):
        return redirect("answer", secret)
    with spoken(request, link):
        episode = link.checkin.session.episode
        by = Actor.holder(episode.client)
        if first := ask_first(request, episode.client, by, frame=FRAME):
            return first
        here = reverse("link_goals", args=[secret])
        way = Way(by=by, frame=FRAME, here=here, change=here, account=False)
        if request.method == "POST":
            return change(request, episode, way)
        return show(request, episode, Rater.CLIENT, way)
