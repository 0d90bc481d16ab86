"""Addresses, each with the permission it needs."""

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.privacy.views import keys, record, rights

urlpatterns = [
    page("me/rights/", rights.own_rights, "own_rights", Permission.OWN_RIGHTS),
    page("me/rights/export", rights.own_export, "own_export", Permission.OWN_RIGHTS),
    page(
        "clients/<uuid:episode>/export/",
        record.client_export,
        "client_export",
        Permission.CLIENT_EXPORT,
    ),
    page(
        "clients/<uuid:episode>/correct/<int:checkin>/",
        record.client_correct,
        "client_correct",
        Permission.CLIENT_CHANGE,
    ),
    page("erasures/", record.erasures, "erasures", Permission.CLIENT_ERASE),
    page("erasures/<uuid:client>/", record.client_erase, "client_erase", Permission.CLIENT_ERASE),
    page("site/keys/", keys.keys, "keys", Permission.SITE_MANAGE),
]
