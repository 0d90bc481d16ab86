"""A client's account, if they want one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from attunement.clinic.audit.record import read
from attunement.clinic.people.account_history import account_history
from attunement.clinic.people.actions import invite
from attunement.clinic.people.forms import AccountForm
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_in_care_of
from attunement.clinic.people.request import Request


def client_account(request: Request, episode: UUID) -> HttpResponse:
    """Invite a client to an account, or take it away."""
    found = episode_in_care_of(request.actor, episode)
    form = AccountForm(request.POST or None, initial={"email": found.client.email})
    if request.method == "POST" and request.POST.get("change") == "close":
        invite.close_client_account(episode=found, by=request.actor)
        messages.success(request, gettext("The account is closed. The record stays as it is."))
        return redirect("client_account", episode=found.pk)
    if request.method == "POST" and form.is_valid():
        try:
            invite.invite_client(episode=found, email=form.cleaned_data["email"], by=request.actor)
        except Refused as problem:
            form.add_error("email", str(problem))
        else:
            messages.success(request, gettext("The invitation is on its way."))
            return redirect("client_account", episode=found.pk)
    read(request.actor, "client.account-read", found.client, client=found.client)
    shown = {
        "episode": found,
        "account": found.client.account,
        "form": form,
        "history": account_history(found.client),
    }
    return render(request, "people/client_account.html", shown)
