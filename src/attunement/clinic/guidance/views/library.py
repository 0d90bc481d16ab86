"""The strategies to read, and what followed each at a site."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.history import history
from attunement.clinic.guidance.actions import work_in
from attunement.clinic.guidance.followed import followed_at
from attunement.clinic.guidance.helping import helping, school_of
from attunement.clinic.guidance.models import Attempt, School
from attunement.clinic.guidance.words import REASONS, STEPS, listed
from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.reach import episode_for, gives_care, glass_mark
from attunement.clinic.people.request import Request
from attunement.clinic.service.cells import SMALLEST, STEP
from attunement.guidance.strategies import Strategy, strategies


def library(request: Request) -> HttpResponse:
    """List the strategies by the reason that they answer best."""
    me = request.actor.held(Role.THERAPIST)
    shown = {
        "by_reason": _by_reason(),
        "schools": School.choices,
        "me": me,
        "mine": school_of(me) or "",
    }
    return render(request, "guidance/library.html", shown)


def library_with(request: Request, episode: UUID) -> HttpResponse:
    """List them for one client, so that whatever was used can be noted, suggested or not."""
    with_whom = episode_for(request.actor, episode)
    shown = {"by_reason": _by_reason(), "episode": with_whom}
    return render(request, "guidance/library.html", shown)


def _by_reason() -> list[tuple[Promise, list[Strategy]]]:
    return [
        (words, [one for one in strategies().values() if one.reasons[0] == reason])
        for reason, words in REASONS.items()
    ]


def strategy(request: Request, strategy: str) -> HttpResponse:
    """Show one strategy in full."""
    return render(request, "guidance/strategy.html", _shown(strategy, request))


def strategy_with(request: Request, episode: UUID, strategy: str) -> HttpResponse:
    """Show one strategy to who came from a client's page, with the way back and what to note."""
    with_whom = episode_for(request.actor, episode)
    shown = _shown(strategy, request)
    glass = glass_mark(request.actor, with_whom)
    read(request.actor, "attempts.read", with_whom, client=with_whom.client, **glass)
    found = helping(history(with_whom, reader=request.actor))
    noted = [one.attempt for one in found.done if one.attempt.strategy == strategy]
    planned = next((one for one in noted if one.state == Attempt.State.PLANNED), None)
    over = any(one.state == Attempt.State.DECLINED or one.strain == found.strain for one in noted)
    mine = gives_care(request.actor, with_whom) and with_whom.ended_on is None
    shown |= {
        "episode": with_whom,
        "strain": planned.strain if planned else found.strain,
        "mine": mine and (planned is not None or not over),
        "planned": planned is not None,
    }
    return render(request, "guidance/strategy.html", shown)


def _shown(name: str, request: Request) -> dict[str, Any]:
    found = strategies().get(name)
    if found is None:
        raise Http404
    return {
        "strategy": found,
        "reasons": [REASONS[reason] for reason in found.reasons],
        "step": STEPS[found.step],
        "look_for": listed(found.look_for.items),
        "schools": _schools(found, request),
    }


def _schools(found: Strategy, request: Request) -> list[tuple[str, str, bool]]:
    own = school_of(request.actor.held(Role.THERAPIST))
    names = dict(School.choices)
    told = [(str(names[way]), text, way == own) for way, text in found.schools.items()]
    return sorted(told, key=lambda one: not one[2])


@require_POST
def school(request: Request) -> HttpResponse:
    """Note in which school the therapist mostly works."""
    work_in(school=request.POST.get("school", ""), by=request.actor)
    messages.success(request, _("Noted. Suggestions take it into account."))
    return redirect("strategies")


def followed(request: Request) -> HttpResponse:
    """Show what followed each strategy at the site, where there is enough to say."""
    site = own_site(request.actor)
    return render(
        request,
        "guidance/followed.html",
        {"found": followed_at(site), "smallest": SMALLEST, "step": STEP},
    )
