"""Plan sessions, and see what is asked around each."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.checkins.actions.sessions import (
    change_session,
    move_session,
    plan_sessions,
)
from attunement.clinic.checkins.forms import SessionForm, TimeForm
from attunement.clinic.checkins.models import Session
from attunement.clinic.checkins.selectors.sessions import around, next_time, possible
from attunement.clinic.checkins.views.telling import tell
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import (
    cares_for,
    episode_in_care_of,
    episodes_of,
    gives_care,
    glass_mark,
)
from attunement.clinic.people.request import Request
from attunement.clinic.privacy.declined import declined


@site_time
def session_new(request: Request, episode: UUID) -> HttpResponse:
    """Plan one session, or several weeks running."""
    found = episode_in_care_of(request.actor, episode)
    at = timezone.localtime(next_time(found))
    form = SessionForm(
        request.POST or None,
        initial={"day": at.date(), "time": at.time().replace(second=0), "times": 1},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_sessions(
                episode=found,
                starts_at=form.starts_at,
                times=form.cleaned_data["times"],
                by=request.actor,
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                ngettext("The session is planned.", "%(count)d sessions are planned.", len(made))
                % {"count": len(made)},
            )
            return redirect("session", made[0].pk)
    return render(request, "checkins/session_new.html", {"episode": found, "form": form})


@site_time
def session(request: Request, session: int) -> HttpResponse:
    """Show a session, what is asked around it, and the ways to answer."""
    found = session_for(request.actor, session)
    at = timezone.localtime(found.starts_at)
    glass = glass_mark(request.actor, found.episode)
    read(request.actor, "session.read", found, client=found.episode.client, **glass)
    context = {
        "session": found,
        "episode": found.episode,
        "checkins": around(found),
        "possible": possible(found),
        "cares": cares_for(request.actor, found.episode.client),
        "is_mine": gives_care(request.actor, found.episode),
        "declined": declined(found.episode.client),
        "move": TimeForm(initial={"day": at.date(), "time": at.time()}),
    }
    return render(request, "checkins/session.html", context)


@require_POST
@site_time
def session_change(request: Request, session: int) -> HttpResponse:
    """Say what became of it, take that back, or move it."""
    found = session_for(request.actor, session)
    try:
        done = say(found, request) if "status" in request.POST else move(found, request)
        messages.success(request, done)
    except Refused as refused:
        tell(request, refused)
    return redirect("session", found.pk)


def say(session: Session, request: Request) -> str:
    """Keep what became of a session; give the sentence that tells so."""
    before = session.get_status_display()
    change_session(session=session, status=request.POST["status"], by=request.actor)
    return _("Kept. It was “%(before)s” before.") % {"before": before}


def move(session: Session, request: Request) -> str:
    """Move a session; give the sentence that tells so."""
    form = TimeForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Give a day and a time."))
    move_session(session=session, starts_at=form.starts_at, by=request.actor)
    return _("The session is moved, and its questions with it.")


def session_for(by: Actor, pk: int) -> Session:
    """Give one session, or answer as if there were none."""
    found = (
        Session.objects.select_related("episode__client__site", "episode__therapist__person")
        .filter(pk=pk, episode__in=episodes_of(by))
        .first()
    )
    if found is None:
        raise Http404
    return found
