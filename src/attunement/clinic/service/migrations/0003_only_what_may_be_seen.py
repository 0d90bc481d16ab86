"""Keep only what may be seen of a programme, with its pictures; forget the exact figures."""

import django.db.models.deletion
from django.db import migrations, models


def forget(apps, _editor):
    """Forget what was kept exactly: the worker computes it anew at night, or when asked."""
    programme = apps.get_model("service", "Programme")
    programme.objects.update(at=None, asked_at=None, figures={})


class Migration(migrations.Migration):
    dependencies = [
        ("service", "0002_programme"),
    ]

    operations = [
        migrations.RemoveField(model_name="programme", name="picture"),
        migrations.AddField(
            model_name="programme",
            name="steps_done",
            field=models.PositiveSmallIntegerField(default=0, help_text="of those under way"),
        ),
        migrations.AddField(
            model_name="programme",
            name="points",
            field=models.JSONField(default=list, help_text="what the pictures draw, in rows"),
        ),
        migrations.AddField(
            model_name="programme",
            name="about",
            field=models.JSONField(default=dict, help_text="scales, groups and pictures by name"),
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=8)),
                ("name", models.CharField(max_length=80)),
                ("svg", models.TextField(help_text="a drawing of what may be seen")),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="service.programme",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("programme", "language", "name"),
                        name="one_picture_per_language",
                    )
                ],
            },
        ),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
