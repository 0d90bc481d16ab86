"""What the therapist shares, on the client's own page, and the client's own words beside it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.checkins.views.own import client_of
from attunement.clinic.formulation.actions import add_own_words, lens_of
from attunement.clinic.formulation.models import Worksheet
from attunement.clinic.formulation.shared import shared_with
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request


@never_cache
@site_time
def own_formulation(request: Request) -> HttpResponse:
    """Show what is shared, and take the client's own words."""
    client = client_of(request)
    if request.method == "POST":
        sheet = (
            Worksheet.objects.filter(
                episode__client=client, lens=lens_of(request.POST.get("lens", "")).id
            )
            .order_by("-episode__started_on")
            .first()
        )
        if sheet is None:
            raise Http404
        try:
            add_own_words(
                worksheet=sheet,
                part=request.POST.get("part", ""),
                text=request.POST.get("text", ""),
                by=request.actor,
            )
            messages.success(request, _("Kept. Your therapist can read it."))
        except Refused as refused:
            messages.warning(request, str(refused))
        return redirect("own_formulation")
    page = render(request, "formulation/own.html", {"sheets": shared_with(client)})
    read(request.actor, "own.read", client, client=client)
    return page
