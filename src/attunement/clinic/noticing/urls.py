"""Addresses, each with the permission it needs."""

from attunement.clinic.noticing.views.alerts import alert, alert_step, alerts
from attunement.clinic.noticing.views.supervision import supervision
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    page("alerts/", alerts, "alerts", Permission.ALERT_READ),
    page("alerts/<uuid:alert>/", alert, "alert", Permission.ALERT_READ),
    page("alerts/<uuid:alert>/step/", alert_step, "alert_step", Permission.ALERT_HANDLE),
    page("supervision/", supervision, "supervision", Permission.SUPERVISION_READ),
]
