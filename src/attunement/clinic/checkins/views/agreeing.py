"""Ask a client for their yes before anything else is asked."""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from attunement.clinic.checkins.actions.answering import opened
from attunement.clinic.checkins.device import sending_of
from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.checkins.questions import read
from attunement.clinic.checkins.states import TAKES_PLACE
from attunement.clinic.checkins.views.answering import Way, asked, show_form, wants_data
from attunement.clinic.noticing.submit import heed
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.request import Request
from attunement.clinic.privacy.asking import ask_first, carried
from attunement.clinic.privacy.declined import declined


def agree_first(
    request: Request, checkin: CheckIn, by: Actor, way: Way, frame: str = ""
) -> HttpResponse | None:
    """Give the page that asks for a yes, or None where there is one, or nothing left to ask.

    Answers that were sent before the yes are in the form again after it. An answer about safety
    among them reaches a person even before, as the form has said; nothing else of them is kept.
    """
    if not worth_asking(checkin):
        return None
    client = checkin.session.episode.client
    page = ask_first(request, client, by, frame=frame or way.frame, keep=way.keep)
    if page is None:
        return None
    if request.POST.get("consent") != "yes":
        given = read(asked(checkin), request.POST).given
        heed(checkin=checkin, answers=given, by=by, sending=sending_of(request))
    if request.POST.get("consent") == "yes" and carried(request):
        opened(checkin=checkin)
        return show_form(request, checkin, way)
    return JsonResponse({"ask": True}) if wants_data(request) else page


def worth_asking(checkin: CheckIn) -> bool:
    """Say whether a yes would let this check-in be answered."""
    if checkin.expires_at <= timezone.now():
        return False
    if checkin.state != CheckIn.State.WITHDRAWN:
        return checkin.state == CheckIn.State.DUE
    return checkin.session.status in TAKES_PLACE and declined(checkin.session.episode.client)
