"""What is asked of one client, instead of what the site asks."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from attunement.clinic.checkins.actions.plans import set_episode_plan, use_site_plan
from attunement.clinic.checkins.instruments import askable
from attunement.clinic.checkins.models import Moment, Rater
from attunement.clinic.checkins.planning import Asked
from attunement.clinic.checkins.selectors.plans import own_plan, plan_of
from attunement.clinic.checkins.views.answering import language
from attunement.clinic.checkins.views.telling import tell
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of
from attunement.clinic.people.request import Request

MOST = 100


def episode_plan(request: Request, episode: UUID) -> HttpResponse:
    """Show and change the plan of one episode."""
    found = episode_in_care_of(request.actor, episode)
    if request.method == "POST":
        try:
            if "site" in request.POST:
                use_site_plan(episode=found, by=request.actor)
                messages.success(request, _("From now on, the site's plan holds again."))
            else:
                set_episode_plan(episode=found, plan=chosen(request), by=request.actor)
                messages.success(request, _("The plan holds from the next session on."))
            return redirect("episode_plan", found.pk)
        except Refused as refused:
            tell(request, refused)
    plan = {(one.instrument, one.moment): one for one in plan_of(found)}
    context = {
        "episode": found,
        "own": bool(own_plan(found)),
        "groups": [
            (
                rater.label,
                [
                    (
                        form.in_language(language()),
                        [(moment, plan.get((form.id, moment.value))) for moment in Moment],
                    )
                    for form in askable(rater).values()
                ],
            )
            for rater in Rater
        ],
    }
    return render(request, "checkins/plan.html", context)


def chosen(request: HttpRequest) -> list[Asked]:
    """Read the plan from its form."""
    return [
        Asked(
            instrument=form.id,
            rater=rater.value,
            moment=moment.value,
            first=counted(request.POST.get(f"first:{form.id}:{moment}")),
            every=counted(request.POST.get(f"every:{form.id}:{moment}")),
        )
        for rater in Rater
        for form in askable(rater).values()
        for moment in Moment
        if f"ask:{form.id}:{moment}" in request.POST
    ]


def counted(text: str | None) -> int:
    """Read a count, from 1 to 100.

    Raises
    ------
    Refused
        If it is none.
    """
    if not text or not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise Refused(_("Write numbers from 1 to %(most)d.") % {"most": MOST})
    return int(text)
