"""Ask a client for their yes before the first questions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Client
from attunement.clinic.privacy import consent
from attunement.clinic.privacy.declined import declined


def ask_first(
    request: HttpRequest,
    client: Client,
    by: Actor,
    *,
    frame: str = "checkins/plain.html",
    keep: str = "",
) -> HttpResponse | None:
    """Give the page that asks, or None where the client has said yes already.

    A view that asks questions of a client calls this first and returns what it is given. The yes
    and the no come back to the same address. Whoever has said no is told that it is fine, and
    can say yes there later.

    Parameters
    ----------
    client
        Whom the questions are for.
    by
        Their account, or the holder of their link.
    frame
        The page around it.
    keep
        Under which name the device keeps answers that were not sent: a no lets it forget them.
    """
    said = request.POST.get("consent", "")
    if said == "yes":
        consent.give(client=client, by=by)
        return redirect(request.get_full_path())
    if said == "no":
        say_no(client, by)
    elif not consent.needed(client):
        return None
    earlier = consent.earlier(client)
    shown = {
        "earlier": earlier,
        "news": consent.news(earlier.version) if earlier else (),
        "frame": frame,
        "parts": consent.PARTS,
        "forget": keep if said == "no" else "",
        "declined": said == "no" or declined(client),
        "site": client.site,
        "carried": () if said == "no" else carried(request),
    }
    return render(request, "privacy/first_ask.html", shown)


def say_no(client: Client, by: Actor) -> None:
    """Take back the yes to these words, or keep the no of someone who was asked."""
    if consent.current(client) is not None:
        consent.withdraw(client=client, by=by)
    elif not declined(client):
        consent.decline(client=client, by=by)


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Give what was sent with the request beside a yes or a no, to be sent again with the yes."""
    own = {"consent", "csrfmiddlewaretoken"}
    return [(name, str(value)) for name, value in request.POST.items() if name not in own]
