"""The supervisor's page."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from attunement.clinic.audit.record import read
from attunement.clinic.caseload.site_time import site_time
from attunement.clinic.caseload.supervision import supervised
from attunement.clinic.noticing.models import Alert
from attunement.clinic.noticing.selectors import open_alerts
from attunement.clinic.noticing.views.alerts import tell
from attunement.clinic.people.permissions import Role
from attunement.clinic.people.request import Request


@site_time
def supervision(request: Request) -> HttpResponse:
    """Show supervisees' caseloads side by side, and first the alerts that have waited too long."""
    supervisor = request.actor.held(Role.SUPERVISOR)
    if supervisor is None:
        raise Http404
    theirs = supervised(supervisor)
    now = timezone.now()
    waiting = [
        alert
        for alert in open_alerts(request.actor)
        if not alert.taken_back
        and (
            alert.state == Alert.State.ESCALATED
            or alert.kind == Alert.Kind.SAFETY
            or (alert.due_at < now and alert.state != Alert.State.ACTED)
        )
    ]
    read(
        request.actor,
        "supervision.read",
        supervisor,
        therapists=len(theirs),
        clients=sum(len(one.caseload.people) for one in theirs),
    )
    return render(
        request,
        "supervision/supervision.html",
        {"supervised": theirs, "waiting": tell(waiting), "is_supervisor": True},
    )
