"""A tablet that is handed over: it shows one check-in and nothing else, and then forgets."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from attunement.clinic.checkins.actions.answering import answer_by_token, opened
from attunement.clinic.checkins.actions.invitations import invite
from attunement.clinic.checkins.models import CheckIn, Token
from attunement.clinic.checkins.selectors.kept import code_for, scores_shown_after
from attunement.clinic.checkins.selectors.own import own_lines
from attunement.clinic.checkins.selectors.tokens import Found, Standing, find_kiosk
from attunement.clinic.checkins.views.agreeing import agree_first
from attunement.clinic.checkins.views.answering import (
    Way,
    go,
    mistaken,
    over,
    read_form,
    show_form,
    unsent,
    wants_data,
)
from attunement.clinic.checkins.views.speaking import spoken
from attunement.clinic.checkins.views.telling import tell
from attunement.clinic.noticing.submit import NotDue
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request

OPEN_FOR, DONE = "kiosk", "kiosk done"
CLEAR = '"cache", "storage"'
WAY = Way(frame="checkins/kiosk.html")


@require_POST
def kiosk_start(request: Request, checkin: int) -> HttpResponse:
    """Sign out here, and open nothing but these questions in this browser."""
    found = get_object_or_404(CheckIn.objects.select_related("session"), pk=checkin)
    try:
        made = invite(checkin=found, purpose=Token.Purpose.KIOSK, by=request.actor)
    except Refused as refused:
        tell(request, refused)
        return redirect("session", found.session_id)
    logout(request)
    request.session[OPEN_FOR] = made.token.pk
    page = redirect("kiosk")
    page.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    page["Clear-Site-Data"] = CLEAR
    return page


@never_cache
def kiosk(request: Request) -> HttpResponse:
    """Ask, take in the answers, thank once, and forget."""
    if DONE in request.session:
        return thanks(request)
    link = find_kiosk(request.session.get(OPEN_FOR, 0))
    if link.standing is not Standing.OPEN and request.method != "POST":
        return forgotten(over(request, {"frame": WAY.frame, "standing": "kiosk"}, 200), request)
    with spoken(request, link):
        if link.token is not None and (first := agreed_first(request, link)):
            return first
        if request.method == "POST":
            return sent(request, link)
        opened(checkin=link.checkin)
        return show_form(request, link.checkin, WAY)


def agreed_first(request: Request, link: Found) -> HttpResponse | None:
    """Ask for a yes first; after a no the tablet is given back, and forgets."""
    by = Actor.holder(link.checkin.session.episode.client)
    page = agree_first(request, link.checkin, by, WAY)
    if page is not None and request.POST.get("consent") == "no":
        return forgotten(page, request)
    return page


def sent(request: Request, link: Found) -> HttpResponse:
    """Take in the answers; the thanks are shown to this browser once."""
    if link.token is None:
        return go(request, reverse("kiosk"))
    checkin = link.checkin
    said, read = read_form(request, checkin)
    if said is None:
        return mistaken(request, checkin, WAY, read)
    by = Actor.holder(checkin.session.episode.client)
    try:
        submitted = answer_by_token(token=link.token, said=said, by=by)
    except NotDue:
        late = {"frame": WAY.frame, "standing": "kiosk", "site": by.site}
        page = over(request, late | unsent(request, checkin, by), 410)
        return page if wants_data(request) else forgotten(page, request)
    request.session[DONE] = {"token": link.token.pk, "safety": submitted.safety}
    return go(request, reverse("kiosk"))


def thanks(request: Request) -> HttpResponse:
    """Thank whoever has just answered."""
    done: dict[str, Any] = request.session[DONE]
    link = find_kiosk(done["token"])
    if link.token is None:
        return forgotten(over(request, {"frame": WAY.frame, "standing": "kiosk"}, 200), request)
    with spoken(request, link):
        episode = link.checkin.session.episode
        page = render(
            request,
            "checkins/thanks.html",
            {
                "frame": WAY.frame,
                "kiosk": True,
                "checkin": link.checkin,
                "site": episode.client.site,
                "therapist": episode.therapist.person.name if episode.therapist else "",
                "safety": done["safety"],
                "kept_back": link.checkin.answers.exclude(audience="therapist").count(),
                "code": code_for(link.checkin),
                "lines": own_lines(episode, scores_shown_after(link.checkin)),
            },
        )
    return forgotten(page, request)


def forgotten(page: HttpResponse, request: Request) -> HttpResponse:
    """Forget everything in this browser that the check-in has left."""
    if OPEN_FOR in request.session or DONE in request.session:
        request.session.flush()
        page.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        page["Clear-Site-Data"] = CLEAR
    return page
