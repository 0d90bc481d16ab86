"""Addresses, each with the permission it needs."""

from attunement.clinic.noticing.views.alerts import alert, alert_step, alerts
from attunement.clinic.noticing.views.supervision import supervision
from attunement.clinic.people.permissions import Permission as P
from attunement.clinic.people.routes import page

urlpatterns = [
    page("alerts/", alerts, "alerts", P.ALERT_READ),
    page("alerts/<uuid:alert>/", alert, "alert", P.ALERT_READ),
    page("alerts/<uuid:alert>/step/", alert_step, "alert_step", P.ALERT_HANDLE),
    page("supervision/", supervision, "supervision", P.SUPERVISION_READ),
]
