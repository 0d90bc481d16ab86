"""Say what was tried, and what the client prefers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.history import history
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.guidance.actions import Said, mark, prefer
from attunement.clinic.guidance.helping import helping
from attunement.clinic.guidance.models import Attempt, Wish
from attunement.clinic.guidance.words import LEANS
from attunement.clinic.noticing.models import Alert
from attunement.clinic.people.models import Episode
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episode_for, gives_care, glass_mark
from attunement.clinic.people.request import Request

NOTED = "noted"
SAID = {
    Attempt.State.PLANNED: gettext_lazy("Noted. Your caseload will ask you how it went."),
    Attempt.State.TRIED: gettext_lazy(
        "Noted. The next check-ins will be read for what it was to change."
    ),
    Attempt.State.DECLINED: gettext_lazy("Noted. It will not be suggested for this client again."),
    Attempt.State.TAKEN_BACK: gettext_lazy("Taken back."),
}


@site_time
def tried(request: Request, episode: UUID) -> HttpResponse:
    """Show everything that was tried with a client, with what followed, and their preferences."""
    found = episode_for(request.actor, episode)
    glass = glass_mark(request.actor, found)
    read(request.actor, "attempts.read", found, client=found.client, **glass)
    known = history(found, reader=request.actor)
    wish = (whole := helping(known)).wish
    return render(
        request,
        "guidance/tried.html",
        {
            "episode": found,
            "history": known,
            "helping": whole,
            "mine": gives_care(request.actor, found) and found.ended_on is None,
            "hows": Attempt.How.choices,
            "leans": [(lean.value, words, _chosen(wish, lean)) for lean, words in LEANS.items()],
        },
    )


@require_POST
def attempt_mark(request: Request, episode: UUID) -> HttpResponse:
    """Note that a strategy is to be tried, was tried, or is not for this client."""
    found = episode_for(request.actor, episode)
    sent = request.POST
    alert = _alert(found, sent.get("alert", ""))
    back = _back(sent.get("back", ""), found, alert)
    beside = NOTED if back.endswith(f"#{NOTED}") else ""
    try:
        after = mark(
            episode=found,
            strategy=sent.get("strategy", ""),
            to=sent.get("to", ""),
            strain=_number(sent.get("strain", "")) or 0,
            said=Said(
                session=_number(sent.get("session", "")),
                how=sent.get("how", ""),
                note=sent.get("note", ""),
            ),
            alert=alert,
            by=request.actor,
        )
    except Refused as refused:
        messages.error(request, str(refused), extra_tags=beside)
    else:
        messages.success(request, str(SAID[Attempt.State(after.state)]), extra_tags=beside)
    return redirect(back)


@require_POST
def wish_note(request: Request, episode: UUID) -> HttpResponse:
    """Note what the client would like more of, and less of."""
    found = episode_for(request.actor, episode)
    chosen = {lean: request.POST.get(f"lean-{lean}", "") for lean in LEANS}
    try:
        prefer(
            episode=found,
            wanted=[lean for lean, how in chosen.items() if how == "more"],
            unwanted=[lean for lean, how in chosen.items() if how == "less"],
            by=request.actor,
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Noted. Suggestions take it into account."))
    return redirect("tried", found.pk)


def _chosen(wish: Wish | None, lean: str) -> str:
    if wish is None:
        return ""
    return "more" if lean in wish.wanted else "less" if lean in wish.unwanted else ""


def _alert(episode: Episode, text: str) -> Alert | None:
    try:
        key = UUID(text)
    except ValueError:
        return None
    return Alert.objects.filter(pk=key, episode=episode).first()


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 5:
        raise Http404
    return int(text)


def _back(to: str, episode: Episode, alert: Alert | None) -> str:
    if to == "caseload":
        return reverse("caseload")
    if to == "tried":
        return reverse("tried", args=[episode.pk])
    if to == "alert" and alert is not None:
        return reverse("alert", args=[alert.pk])
    return reverse("episode", args=[episode.pk]) + f"#{NOTED}"
