"""My caseload."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.actions.alerts import take_on
from attunement.clinic.caseload.selectors import Caseload, Person, Show, caseload
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.caseload.words import one_stop
from attunement.clinic.drift.selectors import suggested
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_for
from attunement.clinic.people.request import Request

NOON, EVENING = 12, 18


@site_time
def my_caseload(request: Request) -> HttpResponse:
    """Show whom to look at first, and why. What is searched for travels in the body alone."""
    therapist = request.actor.held(Role.THERAPIST)
    if therapist is None:
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    wanted, text = asked.get("show", ""), request.POST.get("name", "")
    show = Show(wanted) if wanted in set(Show) else Show.ALL
    whole = caseload(therapist)
    shown = whole.chosen(show, text)
    read(request.actor, "caseload.read", therapist, clients=len(whole.people))
    return render(
        request,
        "caseload/caseload.html",
        {
            "whole": whole,
            "check_ins": check_ins(shown),
            "caseload": shown,
            "show": show,
            "shows": list(Show),
            "text": text,
            "filtered": show is not Show.ALL or bool(text.strip()),
            "greeting": greeting(),
            "greeted": therapist.name.removesuffix("."),
            "now": timezone.now(),
        },
    )


def check_ins(shown: Caseload) -> list[tuple[Person, list[Promise]]]:
    """Give those with whom a check-in may be worth the while, and who do not stand out anyway."""
    quiet = shown.better + shown.others
    weighed = suggested(one.episode.pk for one in quiet)
    return [(one, weighed[one.episode.pk]) for one in quiet if one.episode.pk in weighed]


def greeting() -> str:
    """Greet by the time of the day."""
    hour = timezone.localtime().hour
    if hour < NOON:
        return _("Good morning")
    return _("Good afternoon") if hour < EVENING else _("Good evening")


@require_POST
def take_on_all(request: Request, episode: UUID) -> HttpResponse:
    """Take on every alert of a client that nobody has taken on."""
    found = episode_for(request.actor, episode)
    try:
        taken = take_on(episode=found, by=request.actor)
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect("caseload")
    if taken:
        said = ngettext(
            "You have taken on what was noticed about %(name)s.",
            "You have taken on %(count)s things that were noticed about %(name)s.",
            taken,
        )
        words = said % {"name": found.client.shown_name, "count": taken}
        messages.success(request, one_stop(words))
    else:
        messages.info(request, _("Someone has already taken this on."))
    return redirect("caseload")
