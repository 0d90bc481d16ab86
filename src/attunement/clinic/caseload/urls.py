"""Addresses, each with the permission it needs."""

from django.http import HttpResponse

from attunement.clinic.caseload.views.caseload import my_caseload, take_on_all
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    page("caseload/", my_caseload, "caseload", Permission.CASELOAD_READ),
    page(
        "clients/<uuid:episode>/take-on/", take_on_all, "episode_take_on", Permission.ALERT_HANDLE
    ),
    page("clients/new/", lambda r: HttpResponse("new"), "client_new", Permission.CLIENT_CREATE),
    page(
        "clients/<uuid:episode>/",
        lambda r, episode: HttpResponse("x"),
        "episode",
        Permission.CLIENT_READ,
    ),
    page(
        "alerts/<uuid:alert>/", lambda r, alert: HttpResponse("x"), "alert", Permission.ALERT_READ
    ),
]
