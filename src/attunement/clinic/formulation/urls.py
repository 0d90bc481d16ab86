"""Addresses, each with the permission it needs."""

from attunement.clinic.formulation.views.own import own_formulation
from attunement.clinic.formulation.views.therapist import formulation, worksheet
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    page("clients/<uuid:episode>/formulation/", formulation, "formulation", Permission.CLIENT_READ),
    page(
        "clients/<uuid:episode>/formulation/<str:lens>/",
        worksheet,
        "worksheet",
        Permission.FORMULATION_WRITE,
    ),
    page("me/formulation", own_formulation, "own_formulation", Permission.OWN_ANSWER),
]
