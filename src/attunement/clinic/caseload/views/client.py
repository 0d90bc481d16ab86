"""The page of one client."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.client_page import client_page
from attunement.clinic.caseload.forms import NoteForm
from attunement.clinic.caseload.history import history
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.people.reach import cares_for, episode_for, glass_mark
from attunement.clinic.people.request import Request
from attunement.clinic.privacy.declined import declined


@site_time
def client(request: Request, episode: UUID) -> HttpResponse:
    """Show one client: the relationship and symptoms over sessions, and what each answer says."""
    found = episode_for(request.actor, episode)
    glass = glass_mark(request.actor, found)
    read(request.actor, "episode.read", found, client=found.client, **glass)
    known = history(found, reader=request.actor)
    return render(
        request,
        "caseload/client.html",
        {
            "episode": found,
            "page": client_page(known),
            "history": known,
            "note": NoteForm(sessions=known.past),
            "cares": cares_for(request.actor, found.client),
            "is_mine": known.own,
            "glass": glass,
            "now": timezone.now(),
            "declined": declined(found.client),
        },
    )
