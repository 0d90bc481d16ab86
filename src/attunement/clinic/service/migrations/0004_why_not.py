"""Keep why figures could not be worked out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("service", "0003_only_what_may_be_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="refused",
            field=models.CharField(
                blank=True, default="", help_text="why it could not be computed", max_length=20
            ),
            preserve_default=False,
        ),
    ]
