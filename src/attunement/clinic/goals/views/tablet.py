"""A tablet that is handed over for goals: it shows them for an hour at most, and then forgets."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import audit
from attunement.clinic.checkins.models import Rater
from attunement.clinic.checkins.views.kiosk import CLEAR
from attunement.clinic.checkins.views.speaking import language_for
from attunement.clinic.checkins.views.telling import tell
from attunement.clinic.goals.reach import hold
from attunement.clinic.goals.views.shown import Way, change, show
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_for
from attunement.clinic.people.request import Request
from attunement.clinic.privacy.asking import ask_first

OPEN_FOR = "goals on tablet"
LASTS = timedelta(hours=1)
FRAME = "checkins/kiosk.html"


@require_POST
def goals_tablet(request: Request, episode: UUID) -> HttpResponse:
    """Sign out here, and open nothing but this client's goals in this browser."""
    found = episode_for(request.actor, episode)
    try:
        with transaction.atomic():
            hold(request.actor, found)
            audit(request.actor, "goals.tablet-handed-over", found, client=found.client)
    except Refused as refused:
        tell(request, refused)
        return redirect("goals", found.pk)
    logout(request)
    until = timezone.now() + LASTS
    request.session[OPEN_FOR] = {"episode": str(found.pk), "until": until.isoformat()}
    page = redirect("tablet_goals")
    page.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    page["Clear-Site-Data"] = CLEAR
    return page


@never_cache
def tablet_goals(request: Request) -> HttpResponse:
    """Show the goals, take what a form sends, and forget when it is given back."""
    episode = handed_over(request)
    if episode is None or request.POST.get("do") == "finish":
        return given_back(request)
    client = episode.client
    zone, language = ZoneInfo(client.site.time_zone), language_for(request, client)
    with timezone.override(zone), translation.override(language):
        by = Actor.holder(client)
        if first := ask_first(request, client, by, frame=FRAME):
            return first
        here = reverse("tablet_goals")
        way = Way(by=by, frame=FRAME, here=here, change=here, account=False, kiosk=True)
        if request.method == "POST":
            return change(request, episode, way)
        return show(request, episode, Rater.CLIENT, way)


def handed_over(request: Request) -> Episode | None:
    """Give the episode that this tablet is open for, if it still is."""
    opened = request.session.get(OPEN_FOR)
    if not opened or datetime.fromisoformat(opened["until"]) <= timezone.now():
        return None
    found = Episode.objects.select_related("client__site", "therapist__person")
    return found.filter(
        pk=opened["episode"], client__erased_at__isnull=True, ended_on__isnull=True
    ).first()


def given_back(request: Request) -> HttpResponse:
    """Say that nothing is open here, and forget everything that was."""
    page = render(request, "goals/given_back.html", {"frame": FRAME})
    if OPEN_FOR in request.session:
        request.session.flush()
        page.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        page["Clear-Site-Data"] = CLEAR
    return page
