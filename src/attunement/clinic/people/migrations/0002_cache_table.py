from django.conf import settings
from django.core.management import call_command
from django.db import migrations

TABLE = settings.CACHES["default"]["LOCATION"]


def make(apps, editor):
    call_command("createcachetable", TABLE, database=editor.connection.alias, verbosity=0)


def drop(apps, editor):
    editor.execute(f"DROP TABLE IF EXISTS {editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
