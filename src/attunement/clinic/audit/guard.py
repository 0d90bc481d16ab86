"""Whether the audit's surroundings are as they were made: its triggers, and a chain a site."""

from django.db import connection

from attunement.clinic.audit.faults import Checked, Fault
from attunement.clinic.audit.models import Chain
from attunement.clinic.people.models import Site

DATABASE = "database"
TRIGGERS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'",
        {"audit_no_UPDATE", "audit_no_DELETE", "audit_no_REPLACE"},
    ),
    "postgresql": (
        (
            "SELECT tgname FROM pg_trigger "
            "WHERE tgrelid = 'audit_event'::regclass AND tgenabled IN ('O', 'A')"
        ),
        {"audit_no_change", "audit_no_truncate"},
    ),
}


def unguarded() -> list[Checked]:
    """Find whether a trigger is gone that refuses changes."""
    question, wanted = TRIGGERS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(question)
        there = {row[0] for row in cursor.fetchall()}
    return [] if wanted <= there else [Checked(chain=DATABASE, links=0, fault=Fault.UNGUARDED)]


def chainless(known: set[str]) -> list[Checked]:
    """Find sites with clients, none of whom can have come without an event, but without a chain."""
    sites = Site.objects.filter(clients__isnull=False).distinct().values_list("pk", flat=True)
    names = {str(pk) for pk in sites} - set(Chain.objects.values_list("name", flat=True)) - known
    return [Checked(chain=name, links=0, fault=Fault.NONE) for name in sorted(names)]
