"""Keep how far a file is, and what was found in it, so that the worker can look it through."""

import attunement.clinic.privacy.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_import_admitted"),
        ("people", "0002_cache_table"),
    ]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="report",
            field=attunement.clinic.privacy.fields.EncryptedTextField(
                blank=True, help_text="what was found in it, as JSON"
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="stage",
            field=models.CharField(
                choices=[
                    ("queued", "in the queue"),
                    ("reading", "being read"),
                    ("storing", "being stored"),
                ],
                default="queued",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting to be looked through"),
                    ("looked", "looked through"),
                    ("taking", "being taken in"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "looked", "taking"])),
                name="known_upload_state",
            ),
        ),
    ]
