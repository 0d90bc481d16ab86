"""Which keys encrypt the texts, and how many texts are under each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from attunement.clinic.people.request import Request
from attunement.clinic.privacy.keys import current
from attunement.clinic.privacy.models import KeyCount
from attunement.clinic.privacy.rotation import count_texts


def keys(request: Request) -> HttpResponse:
    """Show names and counts, never a key."""
    if request.method == "POST":
        count_texts()
        messages.success(request, gettext("Counted."))
        return redirect("keys")
    ring = current()
    counted = {one.name: one for one in KeyCount.objects.all()}
    missing = counted.get("?")
    shown = {
        "rows": [(name, name == ring.newest, counted.get(name)) for name in ring.keys],
        "missing": missing.texts if missing else 0,
        "at": missing.at if missing else None,
        "to_rotate": sum(
            one.texts for name, one in counted.items() if name not in {ring.newest, "?"}
        ),
    }
    return render(request, "privacy/keys.html", shown)
