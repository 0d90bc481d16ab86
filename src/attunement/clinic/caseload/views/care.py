"""New clients, their details, the end of care, and handing over."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.actions.clients import (
    DETAILS,
    Details,
    change_details,
    end_episode,
    hand_over,
    new_client,
    takers,
)
from attunement.clinic.caseload.forms import DetailsForm, EndForm, HandOverForm, NewClientForm
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.people.models import Membership
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of
from attunement.clinic.people.request import Request


@site_time
def client_new(request: Request) -> HttpResponse:
    """Take someone into care."""
    form = NewClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            episode = new_client(
                details=details_in(form),
                started_on=form.cleaned_data["started_on"],
                planned_sessions=form.cleaned_data["planned_sessions"],
                by=request.actor,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Plan the first session next."))
            return redirect("episode", episode.pk)
    return render(request, "caseload/client_new.html", {"form": form})


def details_in(form: forms.Form) -> Details:
    """Take a client's details from a form."""
    return Details(**{name: form.cleaned_data[name] for name in DETAILS})


@site_time
def client_details(request: Request, episode: UUID) -> HttpResponse:
    """Change who a client is, and how to reach them."""
    found = episode_in_care_of(request.actor, episode)
    read(request.actor, "client.details-read", found.client, client=found.client)
    known = {name: getattr(found.client, name) for name in DETAILS}
    form = DetailsForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            change_details(episode=found, details=details_in(form), by=request.actor)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The details are changed."))
            return redirect("episode", found.pk)
    return render(request, "caseload/client_details.html", {"episode": found, "form": form})


@site_time
def episode_end(request: Request, episode: UUID) -> HttpResponse:
    """End care, or hand over to another therapist of the site."""
    found = episode_in_care_of(request.actor, episode)
    others = takers(found)
    choices = Membership.objects.filter(pk__in=[one.pk for one in others]).select_related("person")
    handing = request.POST.get("what") == "hand-over"
    end = EndForm(None if handing else request.POST or None, prefix="end")
    over = HandOverForm(request.POST if handing else None, to=choices, prefix="over")
    form: forms.Form = over if handing else end
    if request.method == "POST" and form.is_valid():
        try:
            if handing:
                hand_over(episode=found, to=form.cleaned_data["therapist"], by=request.actor)
                said = _("Care goes on with the other therapist from today.")
            else:
                end_episode(episode=found, by=request.actor, **form.cleaned_data)
                said = _("Care has ended. The record stays where it is.")
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            mine = request.actor.held(Role.THERAPIST)
            return redirect("caseload" if mine else "supervision")
    return render(
        request,
        "caseload/episode_end.html",
        {"episode": found, "end": end, "over": over, "others": others},
    )
