"""The manager's pages: numbers, never names or texts, read as the worker kept them."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attunement.clinic.audit.record import read
from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.request import Request
from attunement.clinic.service import selectors
from attunement.clinic.service.actions import compute_anew
from attunement.clinic.service.analyst import analyst as analyst_of
from attunement.clinic.service.cells import ENOUGH_FOR_ONES, SMALLEST, STEP
from attunement.clinic.service.figures.counted import counted
from attunement.clinic.service.figures.files import packed
from attunement.clinic.service.figures.funnels import FEWEST_UNITS
from attunement.clinic.service.figures.rows import plain
from attunement.clinic.service.holding import board, kept
from attunement.clinic.service.models import Programme, Snapshot
from attunement.clinic.service.programme import FEWEST_PEOPLE

LIMITS: Mapping[str, Any] = {
    "smallest": SMALLEST,
    "step": STEP,
    "enough": ENOUGH_FOR_ONES,
    "fewest_people": FEWEST_PEOPLE,
    "fewest_units": FEWEST_UNITS,
    "twice": 2 * SMALLEST,
}


def service(request: Request) -> HttpResponse:
    """Show the counts, and the figures for a board, that jobs took last."""
    site = own_site(request.actor)
    found = kept(site)
    shown = {
        "service": selectors.service(site),
        "kept": found,
        "board": board(found),
        "width": selectors.CHART_WIDTH,
        "height": selectors.CHART_HEIGHT,
        "bar": selectors.BAR,
    }
    return render(request, "service/service.html", {**LIMITS, **shown, "tab": "service"})


def analyst(request: Request) -> HttpResponse:
    """Show everything that stands behind the figures for a board."""
    found = kept(own_site(request.actor))
    shown = {"kept": found, "analyst": analyst_of(found)}
    return render(request, "service/analyst.html", {**LIMITS, **shown, "tab": "service_analyst"})


def methods(request: Request) -> HttpResponse:
    """Say how the figures are worked out, and what they cannot say."""
    return render(request, "service/methods.html", {**LIMITS, "tab": "service_methods"})


@require_safe
def download(request: Request) -> HttpResponse:
    """Hand out every figure as it may be seen, as CSV and as Parquet."""
    site = own_site(request.actor)
    found = Programme.objects.filter(site=site, at__isnull=False).first()
    if found is None or found.at is None or not found.figures:
        raise Http404
    counts = counted(Snapshot.objects.filter(site=site).first())
    figures = {name: plain(one) for name, one in counts.items()} | found.figures
    content = packed(figures, found.points, timezone.localtime(found.at))
    read(request.actor, "figures.exported", site, figures=len(figures))
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={
            "Content-Disposition": 'attachment; filename="figures.zip"',
            "Cache-Control": "no-store",
        },
    )


@require_POST
def renew(request: Request) -> HttpResponse:
    """Ask for the figures anew, and go back."""
    if compute_anew(by=request.actor):
        messages.success(request, _("The figures are being worked out. Look again in a minute."))
    else:
        messages.info(request, _("They are being worked out already. Look again in a minute."))
    return redirect("service_analyst" if "analyst" in request.POST else "service")
