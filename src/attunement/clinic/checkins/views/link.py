"""Answer by a link, without an account."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from attunement.clinic.checkins.actions.answering import answer_by_token, opened
from attunement.clinic.checkins.device import device_of, give, sent_by
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.checkins.selectors.kept import code_for, scores_shown_after
from attunement.clinic.checkins.selectors.own import own_lines
from attunement.clinic.checkins.selectors.tokens import Found, Standing, find_link
from attunement.clinic.checkins.views.agreeing import agree_first
from attunement.clinic.checkins.views.answering import (
    Way,
    go,
    mistaken,
    over,
    read_form,
    show_form,
    unsent,
)
from attunement.clinic.checkins.views.speaking import spoken
from attunement.clinic.noticing.submit import NotDue
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.middleware import LINKS
from attunement.clinic.people.request import Request
from attunement.clinic.privacy import consent
from attunement.clinic.privacy.asking import ask_first

MINE, MOST_REMEMBERED = "answered", 20
STATUS = {Standing.UNKNOWN: 404, Standing.EARLY: 200}
GONE = 410
DONE_WITH = frozenset({Standing.ANSWERED, Standing.OVER, Standing.REVOKED})


@never_cache
def answer(request: Request, secret: str) -> HttpResponse:
    """Ask, and take in the answers."""
    link = find_link(secret)
    device = device_of(request)
    way = way_of(link, device)
    with spoken(request, link):
        if link.standing in {Standing.OPEN, Standing.WITHDRAWN}:
            by = Actor.holder(link.checkin.session.episode.client)
            if first := agree_first(request, link.checkin, by, way):
                return give(first, device)
        if request.method == "POST" and link.standing in {Standing.OPEN, Standing.ANSWERED}:
            return sent(request, link, secret, way)
        if link.standing is Standing.ANSWERED and mine(request, link):
            return redirect("answer_thanks", secret)
        if link.standing is not Standing.OPEN:
            return closed(request, link)
        opened(checkin=link.checkin)
        return give(show_form(request, link.checkin, way), device)


def sent(request: Request, link: Found, secret: str, way: Way) -> HttpResponse:
    """Take in the answers, or say why not."""
    checkin, token = link.checkin, link.token
    if token is None:
        raise LookupError("an unknown link cannot be answered")
    said, found = read_form(request, checkin)
    if said is None:
        return give(mistaken(request, checkin, way, found), way.device)
    by = Actor.holder(checkin.session.episode.client)
    device, same_browser = sent_by(request)
    try:
        submitted = answer_by_token(token=token, said=said, by=by, device=device)
    except NotDue:
        return closed(request, find_link(secret))
    if submitted.safety:
        request.session[f"safety {checkin.pk}"] = True
    thanks = go(request, reverse("answer_thanks", args=[secret]))
    if same_browser or not submitted.again:
        remember(request, thanks, checkin)
    return thanks


@never_cache
def answer_thanks(request: Request, secret: str) -> HttpResponse:
    """Thank, say what happens now, and show whoever has just answered their own line.

    Whoever may see it may take their yes back there.
    """
    link = find_link(secret)
    with spoken(request, link):
        if link.standing is not Standing.ANSWERED:
            return redirect("answer", secret)
        if not mine(request, link):
            return closed(request, link)
        client = link.checkin.session.episode.client
        if request.method == "POST" and (said := ask_first(request, client, Actor.holder(client))):
            return said
        return render(request, "checkins/thanks.html", thanks_for(request, link))


def thanks_for(request: Request, link: Found) -> dict[str, Any]:
    """Give what the page of thanks says."""
    checkin = link.checkin
    episode = checkin.session.episode
    return {
        "frame": "checkins/plain.html",
        "checkin": checkin,
        "site": episode.client.site,
        "therapist": episode.therapist.person.name if episode.therapist else "",
        "safety": request.session.get(f"safety {checkin.pk}", False),
        "kept_back": checkin.answers.exclude(audience="therapist").count(),
        "code": code_for(checkin),
        "lines": own_lines(episode, scores_shown_after(checkin)),
        "agreed": consent.current(episode.client) is not None,
        "forget": link.token.hash if link.token else "",
    }


def closed(request: Request, link: Found) -> HttpResponse:
    """Say why a link leads nowhere, and where to turn."""
    token = link.token
    site = token.checkin.session.episode.client.site if token else None
    context: dict[str, Any] = {
        "standing": link.standing.value,
        "site": site,
        "opens_at": token.checkin.due_at if token else None,
        "forget": token.hash if token and link.standing in DONE_WITH else "",
    }
    if token and request.method == "POST":
        by = Actor.holder(token.checkin.session.episode.client)
        context |= unsent(request, token.checkin, by)
    return over(request, context, STATUS.get(link.standing, GONE))


def way_of(link: Found, device: str) -> Way:
    """Answers to a link are kept on the device, under the link's hash."""
    return Way(keep=link.token.hash if link.token else "", device=device)


def remember(request: Request, thanks: HttpResponse, checkin: CheckIn) -> None:
    """Let this browser see the thanks: it sent the answers.

    A signed cookie says so: without an account there is no need of a session in the database.
    """
    thanks.set_signed_cookie(
        MINE,
        ".".join([*sent_before(request), str(checkin.pk)]),
        path=LINKS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )


def mine(request: Request, link: Found) -> bool:
    """Say whether the answers came from this browser."""
    return str(link.checkin.pk) in sent_before(request)


def sent_before(request: Request) -> list[str]:
    """Give the check-ins that this browser answered lately."""
    known = request.get_signed_cookie(MINE, default="", max_age=settings.SESSION_COOKIE_AGE)
    return known.split(".")[-MOST_REMEMBERED:] if known else []
