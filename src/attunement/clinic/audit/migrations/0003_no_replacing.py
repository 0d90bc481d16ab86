"""Let SQLite refuse to replace an event: triggers on delete do not see INSERT OR REPLACE."""

from django.db import migrations

UP = """CREATE TRIGGER audit_no_REPLACE BEFORE INSERT ON audit_event
WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
OR EXISTS (SELECT 1 FROM audit_event WHERE chain = NEW.chain AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"""


def up(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute(UP)


def down(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TRIGGER audit_no_REPLACE")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunPython(up, down)]
