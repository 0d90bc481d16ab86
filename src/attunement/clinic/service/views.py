"""The manager's page: numbers, never names or texts."""

from django.http import HttpResponse
from django.shortcuts import render

from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.request import Request
from attunement.clinic.service import selectors
from attunement.clinic.service.cells import ENOUGH_FOR_ONES, SMALLEST, STEP


def service(request: Request) -> HttpResponse:
    """Show the counts that the job took last."""
    found = selectors.service(own_site(request.actor))
    shown = {
        "service": found,
        "width": selectors.CHART_WIDTH,
        "height": selectors.CHART_HEIGHT,
        "bar": selectors.BAR,
        "smallest": SMALLEST,
        "step": STEP,
        "enough": ENOUGH_FOR_ONES,
    }
    return render(request, "service/service.html", shown)
