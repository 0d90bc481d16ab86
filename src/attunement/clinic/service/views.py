"""The manager's page: numbers, never names or texts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.request import Request
from attunement.clinic.service import selectors
from attunement.clinic.service.actions import compute_anew
from attunement.clinic.service.cells import ENOUGH_FOR_ONES, SMALLEST, STEP
from attunement.clinic.service.holding import holding
from attunement.clinic.service.programme import FEWEST_PEOPLE


def service(request: Request) -> HttpResponse:
    """Show the counts and figures that jobs took last."""
    site = own_site(request.actor)
    shown = {
        "service": selectors.service(site),
        "holding": holding(site),
        "width": selectors.CHART_WIDTH,
        "height": selectors.CHART_HEIGHT,
        "bar": selectors.BAR,
        "smallest": SMALLEST,
        "step": STEP,
        "enough": ENOUGH_FOR_ONES,
        "fewest_people": FEWEST_PEOPLE,
    }
    return render(request, "service/service.html", shown)


@require_POST
def renew(request: Request) -> HttpResponse:
    """Ask for the figures anew, and go back."""
    if compute_anew(by=request.actor):
        messages.success(request, _("The figures are being worked out. Look again in a minute."))
    else:
        messages.info(request, _("They are being worked out already. Look again in a minute."))
    return redirect("service")
