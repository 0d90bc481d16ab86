"""Every address of the clinic."""

from django.conf.urls.i18n import set_language  # type: ignore[attr-defined]
from django.urls import include, path

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

urlpatterns = [
    path("account/", include("attunement.clinic.people.sign_in")),
    path("", include("attunement.clinic.people.urls")),
    path("", include("attunement.clinic.checkins.urls")),
    path("", include("attunement.clinic.caseload.urls")),
    path("", include("attunement.clinic.noticing.urls")),
    path("", include("attunement.clinic.service.urls")),
    path("", include("attunement.clinic.privacy.urls")),
    path("", include("attunement.clinic.audit.urls")),
    path("", include("attunement.clinic.exchange.urls")),
    path("", include("attunement.clinic.running.urls")),
    page("language", set_language, "set_language", Permission.PUBLIC_READ),
]
