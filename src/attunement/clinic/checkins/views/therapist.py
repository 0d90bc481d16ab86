"""The therapist's own view of a session, beside the client's."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.checkins.actions.answering import answer_own, opened
from attunement.clinic.checkins.models import CheckIn, Rater
from attunement.clinic.checkins.views.answering import (
    Way,
    go,
    mistaken,
    over,
    read_form,
    show_form,
)
from attunement.clinic.checkins.views.inviting import checkin_for
from attunement.clinic.noticing.submit import NotDue
from attunement.clinic.people.reach import gives_care
from attunement.clinic.people.request import Request


@never_cache
@site_time
def therapist_checkin(request: Request, checkin: int) -> HttpResponse:
    """Ask the therapist, and take in the answers."""
    found = checkin_for(request.actor, checkin)
    if found.rater != Rater.THERAPIST:
        raise Http404
    if not gives_care(request.actor, found.session.episode):
        raise PermissionDenied
    person = request.actor.person
    way = Way(frame="base.html", keep=f"own-{found.pk}", one_page=bool(person and person.one_page))
    back = reverse("session", args=[found.session_id])
    if found.is_early:
        early = {"standing": "early", "opens_at": found.due_at}
        return over(request, {"frame": "base.html", "back": back} | early, 200)
    if request.method == "POST":
        said, understood = read_form(request, found)
        if said is None:
            return mistaken(request, found, way, understood)
        try:
            answer_own(checkin=found, said=said, by=request.actor)
        except NotDue:
            return over(request, {"frame": "base.html", "standing": "over", "back": back}, 410)
        messages.success(request, _("Thank you. Your view is kept beside your client's."))
        return go(request, back)
    if found.state != CheckIn.State.DUE:
        return over(request, {"frame": "base.html", "standing": "over", "back": back}, 410)
    opened(checkin=found)
    return show_form(request, found, way)
