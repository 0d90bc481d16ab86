"""Ask a client for their yes before the first questions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client
from attunement.clinic.privacy import consent


def ask_first(request: HttpRequest, client: Client, by: Actor) -> HttpResponse | None:
    """Give the page that asks, or None where the client has said yes already.

    A view that asks questions of a client calls this first and returns what it is given. The yes
    and the no come back to the same address.

    Parameters
    ----------
    client
        Whom the questions are for.
    by
        Their account, or the holder of their link.
    """
    if not consent.needed(client):
        return None
    said = request.POST.get("consent", "")
    if said == "yes":
        consent.give(client=client, by=by)
        return redirect(request.get_full_path())
    shown = {"parts": consent.PARTS, "declined": said == "no", "site": client.site}
    return render(request, "privacy/first_ask.html", shown)
