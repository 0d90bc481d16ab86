"""What the therapist is asked, and what the service reads."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.people.actions.site import own_site
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.request import Request
from attunement.clinic.voice.actions.matters import for_therapist
from attunement.clinic.voice.actions.matters import talked as talked_about
from attunement.clinic.voice.actions.words import change, concerned
from attunement.clinic.voice.models import Word
from attunement.clinic.voice.readers import now_in_care, words_for
from attunement.clinic.voice.states import CHANGES, Action

NEWEST = 100
STEPS = (Action.ANSWER, Action.CLOSE, Action.REOPEN)


@require_POST
def talked(request: Request, matter: UUID) -> HttpResponse:
    """Say that the two of you have talked about it, or take that back."""
    found = talked_about(matter=for_therapist(matter), by=request.actor)
    if found.talked_at:
        messages.success(request, _("Kept. Your client sees that you have talked about it."))
    else:
        messages.success(request, _("Taken back."))
    return redirect("episode", found.episode_id)


@site_time
def words(request: Request) -> HttpResponse:
    """Show what clients wrote to the service, what waits first."""
    found = list(words_for(request.actor).order_by("-written_at")[:NEWEST])
    order = list(Word.State)
    found.sort(key=lambda one: order.index(Word.State(one.state)))
    read(request.actor, "voice.words-listed", own_site(request.actor), words=len(found))
    return render(request, "voice/words.html", {"words": found})


@site_time
def word(request: Request, word: UUID) -> HttpResponse:
    """Read one word, answer it, or say what came of it."""
    found = words_for(request.actor).filter(pk=word).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        step(request, found)
        return redirect("word", found.pk)
    if found.state == Word.State.OPEN:
        found = change(word=found, action=Action.READ, by=request.actor)
    read(request.actor, "voice.word-opened", found, client=concerned(found))
    shown = {
        "word": found,
        "steps": [(one, CHANGES[one]) for one in STEPS if found.state in CHANGES[one].before],
        "history": found.steps.select_related("by__person"),
        "therapists": now_in_care(found.client) if found.named else [],
    }
    return render(request, "voice/word.html", shown)


def step(request: Request, found: Word) -> None:
    """Take it one step further."""
    action = request.POST.get("action", "")
    if action not in STEPS:
        raise Http404
    try:
        change(
            word=found, action=Action(action), text=request.POST.get("text", ""), by=request.actor
        )
        messages.success(request, _("Kept."))
    except Refused as refused:
        messages.warning(request, str(refused))
