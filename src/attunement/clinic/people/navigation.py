"""The main navigation, as data: each entry is shown to those who may follow it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.request import Request

ENTRIES: tuple[tuple[str, Promise, Permission], ...] = (
    ("caseload", _("My caseload"), Permission.CASELOAD_READ),
    ("supervision", _("Supervision"), Permission.SUPERVISION_READ),
    ("alerts", _("Alerts"), Permission.ALERT_READ),
    ("own", _("My page"), Permission.OWN_READ),
    ("service", _("Service"), Permission.SERVICE_READ),
    ("words", _("Words"), Permission.WORDS_READ),
    ("tables", _("Tables"), Permission.TABLES_EXPORT),
    ("people", _("People"), Permission.PEOPLE_MANAGE),
    ("site", _("Site"), Permission.SITE_MANAGE),
    ("imports", _("Import"), Permission.TABLES_IMPORT),
    ("audit", _("Audit"), Permission.AUDIT_READ),
)


@dataclass(frozen=True)
class Entry:
    """One link."""

    name: str
    address: str
    here: bool


def navigation(request: Request) -> Iterator[Entry]:
    """Give the links that this person may follow."""
    for route, name, permission in ENTRIES:
        if request.actor.may(permission):
            try:
                address = reverse(route)
            except NoReverseMatch:
                continue
            yield Entry(str(name), address, request.path.startswith(address))
