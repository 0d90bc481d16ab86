"""Addresses, each with the permission it needs."""

from attunement.clinic.caseload.views.care import client_details, client_new, episode_end
from attunement.clinic.caseload.views.caseload import my_caseload, take_on_all
from attunement.clinic.caseload.views.client import client
from attunement.clinic.caseload.views.notes import note, note_new
from attunement.clinic.caseload.views.paper import episode_csv, episode_pdf, episode_print
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    page("caseload/", my_caseload, "caseload", Permission.CASELOAD_READ),
    page("clients/new/", client_new, "client_new", Permission.CLIENT_CREATE),
    page("clients/<uuid:episode>/", client, "episode", Permission.CLIENT_READ),
    page(
        "clients/<uuid:episode>/take-on/", take_on_all, "episode_take_on", Permission.ALERT_HANDLE
    ),
    page("clients/<uuid:episode>/print/", episode_print, "episode_print", Permission.CLIENT_READ),
    page("clients/<uuid:episode>/course.pdf", episode_pdf, "episode_pdf", Permission.CLIENT_READ),
    page("clients/<uuid:episode>/course.csv", episode_csv, "episode_csv", Permission.CLIENT_EXPORT),
    page(
        "clients/<uuid:episode>/details/",
        client_details,
        "client_details",
        Permission.CLIENT_CHANGE,
    ),
    page("clients/<uuid:episode>/end/", episode_end, "episode_end", Permission.CLIENT_CHANGE),
    page("clients/<uuid:episode>/notes/new/", note_new, "note_new", Permission.NOTE_WRITE),
    page("notes/<uuid:note>/", note, "note", Permission.NOTE_WRITE),
]
