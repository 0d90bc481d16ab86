"""Ask a client for their yes before anything else is asked."""

from django.http import HttpResponse
from django.utils import timezone

from attunement.clinic.checkins.models import CheckIn
from attunement.clinic.checkins.states import TAKES_PLACE
from attunement.clinic.checkins.views.answering import go, wants_data
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.request import Request
from attunement.clinic.privacy.asking import ask_first
from attunement.clinic.privacy.declined import declined


def agree_first(
    request: Request, checkin: CheckIn, by: Actor, frame: str = "checkins/plain.html"
) -> HttpResponse | None:
    """Give the page that asks for a yes, or None where there is one, or nothing left to ask."""
    if not worth_asking(checkin):
        return None
    page = ask_first(request, checkin.session.episode.client, by, frame=frame)
    if page is not None and wants_data(request):
        return go(request, request.get_full_path())
    return page


def worth_asking(checkin: CheckIn) -> bool:
    """Say whether a yes would let this check-in be answered."""
    if checkin.expires_at <= timezone.now():
        return False
    if checkin.state != CheckIn.State.WITHDRAWN:
        return checkin.state == CheckIn.State.DUE
    return checkin.session.status in TAKES_PLACE and declined(checkin.session.episode.client)
