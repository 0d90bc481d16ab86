"""A client's own rights: see, take along, take back, ask to erase."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from attunement.clinic.people.account_history import account_history
from attunement.clinic.people.models import Client
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request
from attunement.clinic.privacy import consent, erasure
from attunement.clinic.privacy.export import export
from attunement.clinic.privacy.record import counts


def own_client(request: Request) -> Client:
    """Give the client whose account this is."""
    client = request.actor.client
    if client is None:
        raise Http404
    return client


def own_rights(request: Request) -> HttpResponse:
    """Show what is kept, who sees it, and what one can do."""
    client = own_client(request)
    if request.method == "POST":
        try:
            said = CHANGES[request.POST.get("change", "")](request, client)
        except (Refused, KeyError):
            messages.error(request, gettext("Nothing was changed."))
        else:
            messages.success(request, said)
        return redirect("own_rights")
    earlier = consent.earlier(client)
    shown = {
        "parts": consent.PARTS,
        "given": consent.current(client),
        "earlier": earlier,
        "news": consent.news(earlier.version) if earlier else (),
        "counts": counts(client, own=True),
        "under_way": erasure.open_erasure(client),
        "refused": erasure.refused(client),
        "kept": erasure.KEPT,
        "gone": erasure.GONE,
        "history": account_history(client),
        "site": client.site,
    }
    return render(request, "privacy/own_rights.html", shown)


def give(request: Request, client: Client) -> str:
    """Say yes."""
    consent.give(client=client, by=request.actor)
    return gettext("Thank you. Your yes is kept.")


def take_back(request: Request, client: Client) -> str:
    """Take the yes back."""
    consent.withdraw(client=client, by=request.actor)
    return gettext("Your yes is taken back. Your therapy goes on as before.")


def ask_erasure(request: Request, client: Client) -> str:
    """Ask to erase."""
    erasure.ask(client=client, by=request.actor)
    return gettext("Your service knows that you want your record erased.")


def keep(request: Request, client: Client) -> str:
    """Keep the record after all."""
    under_way = erasure.open_erasure(client)
    if under_way is None:
        raise Refused(gettext("Nothing was changed."))
    erasure.call_off(erasure=under_way, by=request.actor)
    return gettext("Your record stays.")


CHANGES = {"give": give, "take-back": take_back, "erase": ask_erasure, "keep": keep}


def own_export(request: Request) -> HttpResponse:
    """Hand out everything about oneself."""
    if request.method != "POST":
        return redirect("own_rights")
    return as_file(export(client=own_client(request), by=request.actor), "my-record")


def as_file(content: bytes, name: str) -> HttpResponse:
    """Answer with a ZIP whose name says nothing about anyone."""
    day = timezone.localdate().isoformat()
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{day}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer
