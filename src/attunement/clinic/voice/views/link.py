"""Choose by a link or on a tablet, right after answering; and look again with the code."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from attunement.clinic.checkins.models import CheckIn, Rater
from attunement.clinic.checkins.selectors.kept import code_of, fits
from attunement.clinic.checkins.selectors.tokens import Found, Standing, find_kiosk, find_link
from attunement.clinic.checkins.views.kiosk import WAY, forgotten
from attunement.clinic.checkins.views.link import closed, mine
from attunement.clinic.checkins.views.speaking import spoken
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request
from attunement.clinic.voice.asking import Sent, take
from attunement.clinic.voice.page import about
from attunement.clinic.voice.tablet import token_of

WORKS = frozenset({Standing.OPEN, Standing.ANSWERED})
LOOKED_THROUGH = 30


@require_POST
@never_cache
def answer_voice(request: Request, secret: str) -> HttpResponse:
    """Take a choice from the browser that has just answered."""
    link = find_link(secret)
    with spoken(request, link):
        if link.standing is not Standing.ANSWERED or not mine(request, link):
            return closed(request, link)
        said(request, link.checkin)
        return redirect("answer_thanks", secret)


@require_POST
@never_cache
def kiosk_voice(request: Request) -> HttpResponse:
    """Take a choice on a tablet, within minutes of the answers, and forget again."""
    pk = token_of(request.POST.get("after", ""))
    link = find_kiosk(pk) if pk else None
    if link is None or link.token is None or link.standing is not Standing.ANSWERED:
        page = render(request, "voice/tablet.html", {"frame": WAY.frame, "over": True})
        return forgotten(page, request)
    with spoken(request, link):
        refused = tried(link.checkin, request)
        site = link.checkin.session.episode.client.site
        code = code_of(link.checkin)
        shown = {"frame": WAY.frame, "refused": refused, "site": site, "code": code}
        page = render(request, "voice/tablet.html", shown)
    return forgotten(page, request)


@never_cache
def brought(request: Request, secret: str) -> HttpResponse:
    """Show what was written down to raise, to whoever has the code that was given then.

    The page is the same for everyone, whether there is anything or not.
    """
    link = find_link(secret)
    with spoken(request, link):
        if link.standing not in WORKS:
            return closed(request, link)
        shown: dict[str, Any] = {
            "frame": "checkins/plain.html",
            "secret": secret,
            "site": link.checkin.session.episode.client.site,
        }
        if request.method == "POST":
            found = with_code(link, request.POST.get("code", ""))
            shown |= {"found": found, "asked": True}
        return render(request, "voice/brought.html", shown)


def with_code(link: Found, code: str) -> dict[str, Any] | None:
    """Give what hangs on the check-in whose code this is, among the client's newest."""
    client = link.checkin.session.episode.client_id
    newest = (
        CheckIn.objects.filter(
            session__episode__client=client, rater=Rater.CLIENT, state=CheckIn.State.ANSWERED
        )
        .select_related("session")
        .order_by("-answered_at")[:LOOKED_THROUGH]
    )
    for checkin in newest:
        if checkin.submission and fits(checkin, code):
            words = checkin.words.prefetch_related("steps").order_by("written_at")
            return {
                "checkin": checkin,
                "about": [about(one) for one in checkin.matters.order_by("made_at")],
                "words": list(words),
            }
    return None


def said(request: Request, checkin: CheckIn) -> None:
    """Do what was sent, and say on the next page why not where it was not done."""
    if refused := tried(checkin, request):
        messages.warning(request, refused)


def tried(checkin: CheckIn, request: Request) -> str:
    """Do what was sent; say why not where it was not done."""
    episode = checkin.session.episode
    by = Actor.holder(episode.client)
    try:
        words = take(Sent(fields=request.POST, episode=episode, by=by, checkin=checkin))
    except Refused as refused:
        return str(refused)
    if words:
        messages.success(request, words)
    return ""
