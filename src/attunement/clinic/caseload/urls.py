"""Addresses, each with the permission it needs."""

from attunement.clinic.caseload.views.care import client_details, client_new, episode_end
from attunement.clinic.caseload.views.caseload import my_caseload, take_on_all
from attunement.clinic.caseload.views.client import client
from attunement.clinic.caseload.views.notes import note, note_new
from attunement.clinic.caseload.views.paper import episode_csv, episode_pdf, episode_print
from attunement.clinic.people.permissions import Permission as P
from attunement.clinic.people.routes import page

urlpatterns = [
    page("caseload/", my_caseload, "caseload", P.CASELOAD_READ),
    page("clients/new/", client_new, "client_new", P.CLIENT_CREATE),
    page("clients/<uuid:episode>/", client, "episode", P.CLIENT_READ),
    page("clients/<uuid:episode>/take-on/", take_on_all, "episode_take_on", P.ALERT_HANDLE),
    page("clients/<uuid:episode>/print/", episode_print, "episode_print", P.CLIENT_READ),
    page("clients/<uuid:episode>/course.pdf", episode_pdf, "episode_pdf", P.CLIENT_READ),
    page("clients/<uuid:episode>/course.csv", episode_csv, "episode_csv", P.CLIENT_EXPORT),
    page("clients/<uuid:episode>/details/", client_details, "client_details", P.CLIENT_CHANGE),
    page("clients/<uuid:episode>/end/", episode_end, "episode_end", P.CLIENT_CHANGE),
    page("clients/<uuid:episode>/notes/new/", note_new, "note_new", P.NOTE_WRITE),
    page("notes/<uuid:note>/", note, "note", P.NOTE_WRITE),
]
