"""Show a check-in's form and read it: the same for a link, a tablet, an account, a therapist."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from attunement.clinic.checkins.actions.answering import Said
from attunement.clinic.checkins.device import sending_of
from attunement.clinic.checkins.instruments import worded
from attunement.clinic.checkins.models import Audience, CheckIn, Rater
from attunement.clinic.checkins.questions import Question, Read, questions, read
from attunement.clinic.noticing.submit import heed
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.request import Request

LONGEST_COMMENT = 5000


@dataclass(frozen=True, kw_only=True)
class Way:
    """How someone came to a form.

    Attributes
    ----------
    frame : str
        The page around it.
    keep : str
        Under which name the device keeps unsent answers; empty where it must not.
    one_page : bool
        Whether all questions stand on one page from the start.
    account : bool
        Whether the answers are shown in the account of whoever gives them.
    device : str
        The secret of this browser, by which answers sent again are known to be its own.
    """

    frame: str = "checkins/plain.html"
    keep: str = ""
    one_page: bool = False
    account: bool = False
    device: str = ""


def asked(checkin: CheckIn) -> list[Question]:
    """Give the questions in the language of the page."""
    return questions(worded(checkin.instruments, language()))


def language() -> str:
    """Give the language of the page."""
    return get_language() or "en"


def show_form(
    request: Request, checkin: CheckIn, way: Way, problem: Read | None = None
) -> HttpResponse:
    """Show the questions; after a mistake with what was said, and what to look at."""
    ask = asked(checkin)
    episode = checkin.session.episode
    context = {
        "checkin": checkin,
        "episode": episode,
        "site": episode.client.site,
        "therapist": episode.therapist.person.name if episode.therapist else "",
        "questions": ask,
        "way": way,
        "for_client": checkin.rater == Rater.CLIENT,
        "chosen_audience": any(one.form.chosen_audience for one in ask),
        "has_safety": any(one.safety for one in ask),
        "audiences": Audience.choices,
        "said": request.POST,
        "wrong": problem.wrong if problem else {},
        "page_language": language().split("-")[0],
    }
    return render(request, "checkins/form.html", context, status=422 if problem else 200)


def read_form(request: Request, checkin: CheckIn) -> tuple[Said | None, Read]:
    """Read what was sent; None where something is no possible answer."""
    found = read(asked(checkin), request.POST)
    if found.wrong:
        return None, found
    audience = request.POST.get("comment-audience", "")
    return (
        Said(
            answers=found.given,
            comment=request.POST.get("comment", "").strip()[:LONGEST_COMMENT],
            comment_audience=audience if audience in Audience.values else Audience.THERAPIST,
            language=language(),
        ),
        found,
    )


def wants_data(request: Request) -> bool:
    """Say whether the page's own script asks, and shows the outcome itself."""
    return request.headers.get("Accept", "") == "application/json"


def go(request: Request, address: str) -> HttpResponse:
    """Send people on after their answers were taken in."""
    return JsonResponse({"next": address}) if wants_data(request) else redirect(address)


def mistaken(request: Request, checkin: CheckIn, way: Way, problem: Read) -> HttpResponse:
    """Say which answers were not understood."""
    if wants_data(request):
        return JsonResponse({"wrong": list(problem.wrong)}, status=422)
    return show_form(request, checkin, way, problem)


def unsent(request: Request, checkin: CheckIn, by: Actor) -> dict[str, Any]:
    """Say that what came is not kept; an answer about safety still reaches a person."""
    given = read(asked(checkin), request.POST).given
    safety = heed(checkin=checkin, answers=given, by=by, sending=sending_of(request))
    return {"unsent": bool(given), "safety": safety}


def over(request: Request, context: dict[str, Any], status: int) -> HttpResponse:
    """Say why there is nothing to answer."""
    if wants_data(request):
        return JsonResponse({"over": True}, status=status)
    return render(request, "checkins/over.html", context, status=status)
