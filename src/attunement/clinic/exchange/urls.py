"""Addresses, each with the permission it needs."""

from django.urls import URLPattern

from attunement.clinic.exchange.views.imports import (
    import_apply,
    import_cancel,
    import_check,
    import_new,
    import_undo,
    imports,
)
from attunement.clinic.exchange.views.tables import tables
from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page

TAKE_IN, HAND_OUT = Permission.TABLES_IMPORT, Permission.TABLES_EXPORT

urlpatterns: list[URLPattern] = [
    page("imports/", imports, "imports", TAKE_IN),
    page("imports/new/", import_new, "import_new", TAKE_IN),
    page("imports/new/<uuid:upload>/", import_check, "import_check", TAKE_IN),
    page("imports/new/<uuid:upload>/apply/", import_apply, "import_apply", TAKE_IN),
    page("imports/new/<uuid:upload>/cancel/", import_cancel, "import_cancel", TAKE_IN),
    page("imports/<uuid:made>/undo/", import_undo, "import_undo", TAKE_IN),
    page("tables/", tables, "tables", HAND_OUT),
]
