"""The client's own voice in their account: what they want to raise, ways on, the service."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.checkins.selectors.own import own_checkins
from attunement.clinic.checkins.views.own import client_of
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client, Episode
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request
from attunement.clinic.voice.asking import Sent, take
from attunement.clinic.voice.models import Matter
from attunement.clinic.voice.offer import ways
from attunement.clinic.voice.page import voice_page


@never_cache
@site_time
def own_voice(request: Request) -> HttpResponse:
    """Show what they want to raise and what they wrote, and take what they change."""
    client = client_of(request)
    episode = newest(client)
    if request.method == "POST":
        said(request, Sent(fields=request.POST, episode=episode, by=request.actor))
        return redirect(back_of(request))
    page = voice_page(episode, request.actor)
    shown = {"page": page, "episode": episode, "site": client.site, "went": Matter.Went.choices}
    answer = render(request, "voice/own.html", shown)
    opened(request.actor, client)
    return answer


@never_cache
@site_time
def own_ways(request: Request) -> HttpResponse:
    """Tell of three ways on, without pressure."""
    client = client_of(request)
    episode = newest(client)
    shown = {"ways": ways(episode, request.actor), "episode": episode, "site": client.site}
    answer = render(request, "voice/ways.html", shown)
    opened(request.actor, client)
    return answer


@require_POST
def own_choose(request: Request, checkin: int) -> HttpResponse:
    """Choose what becomes of the low answers of a check-in."""
    found = get_object_or_404(own_checkins(client_of(request)), pk=checkin)
    if request.POST.get("what") != "choose":
        raise Http404
    episode = found.session.episode
    said(request, Sent(fields=request.POST, episode=episode, by=request.actor, checkin=found))
    request.session[f"thanks {found.pk}"] = "thanks"
    return redirect("own_checkin", found.pk)


def opened(by: Actor, client: Client) -> None:
    """Record that these pages were read, and name no client.

    A name here, in the minute of a word that carries none, would say whose it is.
    """
    read(by, "voice.page-read", client.site)


def said(request: Request, sent: Sent) -> None:
    """Do what was sent, and say on the next page what came of it."""
    try:
        if words := take(sent):
            messages.success(request, words)
    except Refused as refused:
        messages.warning(request, str(refused))


def back_of(request: Request) -> str:
    """Say where a form leads back to."""
    return "own_ways" if request.POST.get("back") == "ways" else "own_voice"


def newest(client: Client) -> Episode:
    """Give the episode in which they are in care, or were last."""
    found = (
        client.episodes.select_related("client__site", "therapist__person")
        .order_by("ended_on", "-started_on")
        .first()
    )
    open_ = client.episodes.filter(ended_on__isnull=True).select_related(
        "client__site", "therapist__person"
    )
    one: Episode | None = open_.order_by("-started_on").first() or found
    if one is None:
        raise Http404
    return one
