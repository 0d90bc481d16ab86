"""Every address of the clinic."""

from django.urls import include, path

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.people.views.session import choose_language

urlpatterns = [
    path("account/", include("attunement.clinic.people.sign_in")),
    path("", include("attunement.clinic.people.urls")),
    path("", include("attunement.clinic.checkins.urls")),
    path("", include("attunement.clinic.caseload.urls")),
    path("", include("attunement.clinic.goals.urls")),
    path("", include("attunement.clinic.guidance.urls")),
    path("", include("attunement.clinic.voice.urls")),
    path("", include("attunement.clinic.formulation.urls")),
    path("", include("attunement.clinic.noticing.urls")),
    path("", include("attunement.clinic.service.urls")),
    path("", include("attunement.clinic.drift.urls")),
    path("", include("attunement.clinic.privacy.urls")),
    path("", include("attunement.clinic.audit.urls")),
    path("", include("attunement.clinic.exchange.urls")),
    path("", include("attunement.clinic.running.urls")),
    page("language", choose_language, "set_language", Permission.PUBLIC_READ),
]
