"""Keep in which account something that was shared before is kept back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def kept_in() -> "models.ForeignKey[object, object]":
    """Give the column that both tables get."""
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.SET_NULL,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def index(name: str) -> models.Index:
    """Give the index over the few rows that are kept in an account."""
    return models.Index(
        condition=models.Q(("kept_in__isnull", False)), fields=["kept_in"], name=name
    )


class Migration(migrations.Migration):
    dependencies = [
        ("checkins", "0002_account"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(model_name="answer", name="kept_in", field=kept_in()),
        migrations.AddField(model_name="comment", name="kept_in", field=kept_in()),
        migrations.AddIndex(model_name="answer", index=index("answers_kept_in_accounts")),
        migrations.AddIndex(model_name="comment", index=index("comments_kept_in_accounts")),
    ]
