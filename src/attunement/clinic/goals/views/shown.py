"""The goals page: the same for a client, by account, link or tablet, and for a therapist."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from attunement.clinic.audit.record import read
from attunement.clinic.checkins.models import Rater
from attunement.clinic.checkins.views.telling import tell
from attunement.clinic.goals.models import LONGEST
from attunement.clinic.goals.selectors.sheet import Sheet
from attunement.clinic.goals.views.doing import Asked, do
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import glass_mark
from attunement.clinic.people.request import Request

WROTE = "wrote goals"
MOST_REMEMBERED = 100
NUMBERS = range(11)
SCALE = range(2, -3, -1)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How someone came to the goals of an episode.

    Attributes
    ----------
    by : Actor
        Who acts: for a link or a tablet, whoever holds it.
    frame : str
        The page around.
    here : str
        The address of the page.
    change : str
        The address that takes what forms send.
    account : bool
        Whether someone is signed in. Others see what they wrote in this browser, and not what was
        written elsewhere: a link or a tablet could be in the wrong hands.
    """

    by: Actor
    frame: str
    here: str
    change: str
    account: bool = True
    kiosk: bool = False


def show(request: Request, episode: Episode, side: str | None, way: Way) -> HttpResponse:
    """Show the page, and record that it was read."""
    context: dict[str, Any] = {
        "frame": way.frame,
        "sheet": Sheet(
            episode=episode, side=side, account=way.by.person, wrote=wrote_here(request, way)
        ),
        "episode": episode,
        "site": episode.client.site,
        "way": way,
        "for_client": side == Rater.CLIENT,
        "is_mine": side is not None and episode.ended_on is None,
        "longest": LONGEST,
        "numbers": NUMBERS,
        "scale": SCALE,
        "new_key": uuid4,
    }
    page = render(request, "goals/goals.html", context)
    glass = glass_mark(way.by, episode)
    read(way.by, "goals.read", episode, client=episode.client, **glass)
    return page


def change(request: Request, episode: Episode, way: Way) -> HttpResponse:
    """Do what a form asks for, tell so, and come back."""
    wrote = wrote_here(request, way)
    asked = Asked(episode=episode, sent=request.POST, by=way.by, wrote=wrote)
    try:
        said = do(asked)
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, said)
        if not way.account:
            remember(request, episode)
    goal = asked.maybe("goal")
    place = f"#goal-{goal}" if goal else ""
    return redirect(way.here + place)


def remember(request: Request, episode: Episode) -> None:
    """Let this browser see what was written in it."""
    if request.POST.get("do") in {"write", "look"} or request.POST.get("up"):
        newest = episode.goal_rounds.order_by("-number").first()
        if newest is not None:
            own = newest.written.filter(writer=Rater.CLIENT, account__isnull=True)
            new = [str(pk) for pk in own.values_list("pk", flat=True)]
            request.session[WROTE] = [*new, *request.session.get(WROTE, [])][:MOST_REMEMBERED]


def wrote_here(request: Request, way: Way) -> frozenset[str]:
    """Give the goals that were written in this browser without signing in."""
    return frozenset() if way.account else frozenset(request.session.get(WROTE, []))
