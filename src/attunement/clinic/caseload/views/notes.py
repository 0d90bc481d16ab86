"""Notes on a client."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.actions.notes import change_note, own_note, write_note
from attunement.clinic.caseload.forms import NoteForm
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_for, episodes_of
from attunement.clinic.people.request import Request


@site_time
def note_new(request: Request, episode: UUID) -> HttpResponse:
    """Write a note."""
    found = episode_for(request.actor, episode)
    form = NoteForm(request.POST or None, sessions=list(found.sessions.order_by("-number")))
    if request.method == "POST" and form.is_valid():
        try:
            write_note(episode=found, **form.cleaned_data, key=key_of(request), by=request.actor)
        except Refused as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, _("Your note is kept."))
            return redirect(notes_of(found))
    shown = {"episode": found, "form": form, "key": key_of(request) or uuid4()}
    return render(request, "caseload/note.html", shown)


def key_of(request: Request) -> UUID | None:
    """Give the key that the form came with, under which a note is kept once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


@site_time
def note(request: Request, note: UUID) -> HttpResponse:
    """Change a note of one's own, with what it said before underneath."""
    found = own_note(request.actor, note)
    episode = episodes_of(request.actor).filter(client=found.client).latest("started_on")
    read(request.actor, "note.read", found, client=found.client)
    form = NoteForm(request.POST or None, initial={"text": found.text})
    del form.fields["session"]
    if request.method == "POST" and form.is_valid():
        try:
            change_note(note=found, text=form.cleaned_data["text"], by=request.actor)
        except Refused as refused:
            form.add_error("text", str(refused))
        else:
            messages.success(request, _("Your note is changed. What it said before is kept."))
            return redirect(notes_of(episode))
    return render(
        request,
        "caseload/note.html",
        {"episode": episode, "form": form, "note": found, "earlier": list(found.earlier.all())},
    )


def notes_of(episode: Episode) -> str:
    """Give the address of the notes on a client's page."""
    return reverse("episode", args=[episode.pk]) + "#notes"
