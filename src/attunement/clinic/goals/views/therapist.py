"""A client's goals, as staff see them."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.goals.reach import side_of
from attunement.clinic.goals.views.shown import Way, change, show
from attunement.clinic.people.models import Episode
from attunement.clinic.people.reach import episode_for
from attunement.clinic.people.request import Request


@never_cache
@site_time
def goals(request: Request, episode: UUID) -> HttpResponse:
    """Show the goals; a supervisor sees what both may see."""
    found = episode_for(request.actor, episode)
    return show(request, found, side_of(request.actor, found), way_of(request, found))


@require_POST
@never_cache
@site_time
def goals_change(request: Request, episode: UUID) -> HttpResponse:
    """Take what a form sends."""
    found = episode_for(request.actor, episode)
    return change(request, found, way_of(request, found))


def way_of(request: Request, episode: Episode) -> Way:
    """Say where the page is."""
    return Way(
        by=request.actor,
        frame="goals/staff.html",
        here=reverse("goals", args=[episode.pk]),
        change=reverse("goals_change", args=[episode.pk]),
    )
