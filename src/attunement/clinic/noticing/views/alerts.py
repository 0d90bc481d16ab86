"""Alerts: which wait, and what becomes of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.reasons import Reason, from_alert
from attunement.clinic.caseload.records import Record, records
from attunement.clinic.caseload.safety import safety_answers
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.noticing.actions import change
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.selectors import (
    Choice,
    alert_for,
    choices_for,
    closed_alerts,
    open_alerts,
    receivers,
    steps_of,
    waits_above,
)
from attunement.clinic.noticing.states import Action
from attunement.clinic.people.actor import Actor
from attunement.clinic.people.models import Membership
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.problems import Refused
from attunement.clinic.people.reach import episodes_of
from attunement.clinic.people.request import Request

MOST_CLOSED = 30


class Words(forms.CharField):
    """Words of several lines, counted as the browser counts them."""

    def to_python(self, value: Any) -> str:
        """Take each end of a line for one character."""
        return str(super().to_python(value)).replace("\r\n", "\n")


class StepForm(forms.Form):
    """What is said with a step."""

    words = Words(max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step that can be taken now, with the form that it needs."""

    choice: Choice
    form: StepForm
    to: tuple[Membership, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """An alert in words."""

    alert: Alert
    name: str
    reasons: tuple[Reason, ...]
    overdue: bool
    waits_above: bool


@site_time
def alerts(request: Request) -> HttpResponse:
    """List the alerts that wait, the most urgent first, and those closed lately."""
    waiting = list(open_alerts(request.actor))
    closed = list(closed_alerts(request.actor)[:MOST_CLOSED])
    told = tell([*waiting, *closed], request.actor.held(Role.THERAPIST))
    if request.actor.person:
        read(request.actor, "alerts.read", request.actor.person, alerts=len(told))
    return render(
        request,
        "noticing/alerts.html",
        {
            "waiting": told[: len(waiting)],
            "closed": told[len(waiting) :],
            "is_supervisor": request.actor.held(Role.SUPERVISOR) is not None,
        },
    )


def tell(found: list[Alert], reader: Membership | None = None) -> list[Told]:
    """Put alerts into words: as many queries for many as for one."""
    episodes = {alert.episode_id: alert.episode for alert in found}
    read_now = records(episodes.values(), since=timezone.now(), reader=reader)
    known = {one.episode.pk: one for one in read_now}
    return [told(alert, known[alert.episode_id]) for alert in found]


def told(alert: Alert, record: Record) -> Told:
    """Put one alert into words."""
    return Told(
        alert=alert,
        name=record.name,
        reasons=tuple(from_alert(alert, record)),
        overdue=alert.overdue(timezone.now()),
        waits_above=waits_above(alert),
    )


@site_time
def alert(request: Request, alert: UUID) -> HttpResponse:
    """Show one alert: what was noticed, what has been done, and what can be done."""
    found = alert_for(request.actor, alert)
    client = found.episode.client
    read(request.actor, "alert.read", found, client=client)
    return show(request, found, steps_now(found, request.actor))


def show(
    request: Request, found: Alert, steps: list[Step], problem: str = "", status: int = 200
) -> HttpResponse:
    """Show an alert with its steps."""
    therapist = request.actor.held(Role.THERAPIST)
    (known,) = records([found.episode], since=timezone.now(), reader=therapist)
    return render(
        request,
        "noticing/alert.html",
        {
            "told": told(found, known),
            "alert": found,
            "history": steps_of(found),
            "steps": steps,
            "problem": problem,
            "reached": episodes_of(request.actor).filter(pk=found.episode_id).exists(),
            "answers": safety_answers(found),
            "contacts": found.episode.client.site.crisis_contacts
            if found.kind == Alert.Kind.SAFETY
            else [],
        },
        status=status,
    )


def steps_now(found: Alert, by: Actor, said: Mapping[str, str] | None = None) -> list[Step]:
    """Give the steps that this person can take now, each with its form.

    What was said with a step that was not taken stands in the form of that step, or of another
    where that one cannot be taken any more.
    """
    choices = choices_for(found, by)
    wordy = [choice.action for choice in choices if choice.action != Action.ACKNOWLEDGE]
    asked = said.get("step", "") if said else ""
    kept = asked if asked in wordy else next(iter(wordy), None)
    return [
        Step(
            choice=choice,
            form=StepForm(
                said if choice.action == kept else None, auto_id=f"{choice.action.value}-%s"
            ),
            to=tuple(receivers(found)) if choice.action == Action.PASS_ON else (),
        )
        for choice in choices
    ]


@require_POST
@site_time
def alert_step(request: Request, alert: UUID) -> HttpResponse:
    """Take one step, with what is said about it."""
    found = alert_for(request.actor, alert)
    asked, form = request.POST.get("step", ""), StepForm(request.POST)
    if asked not in set(Action):
        raise Http404
    if not form.is_valid():
        return show(request, found, steps_now(found, request.actor, request.POST), status=422)
    to = chosen(found, request.POST.get("to", ""))
    try:
        after = change(
            alert=found,
            action=Action(asked),
            by=request.actor,
            words=form.cleaned_data["words"],
            to=to,
        )
    except Refused as refused:
        found = alert_for(request.actor, alert)
        steps = steps_now(found, request.actor, request.POST)
        return show(request, found, steps, str(refused), status=409)
    messages.success(request, _("This alert is now: %(state)s.") % {
        "state": after.get_state_display()
    })  # fmt: skip
    return redirect("alert", found.pk)


def chosen(found: Alert, to: str) -> Membership | None:
    """Find to whom it goes among those who may have it."""
    return next((one for one in receivers(found) if str(one.pk) == to), None) if to else None
