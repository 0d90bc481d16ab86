"""Empty the audit between tests that commit: the database itself would refuse."""

from importlib import import_module

from django.db import connection

TRIGGERS = import_module("attunement.clinic.audit.migrations.0002_append_only")


def let_tests_empty_the_audit(patch):
    """Take the triggers off while the tables are emptied, and put them back at once."""
    kind = "POSTGRES" if connection.vendor == "postgresql" else "SQLITE"
    up, down = (getattr(TRIGGERS, f"{kind}_{way}") for way in ("UP", "DOWN"))
    usual = type(connection.ops).sql_flush

    def sql_flush(self, style, tables, **options):
        statements = usual(self, style, tables, **options)
        return [*down, *statements, *up] if "audit_event" in tables else statements

    patch.setattr(type(connection.ops), "sql_flush", sql_flush)
