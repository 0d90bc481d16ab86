"""The model card."""

from django.http import HttpResponse
from django.shortcuts import render

from attunement.clinic.drift.selectors import card
from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.request import Request


def model(request: Request) -> HttpResponse:
    """Show how the model of who may leave was learned and tested, and whether it is in use."""
    return render(request, "drift/model.html", {"card": card(own_site(request.actor))})
