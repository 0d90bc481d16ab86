"""Keep how each episode was when it was taken in, so that an undo sees what people changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="import",
            name="admitted",
            field=models.JSONField(
                default=dict, help_text="therapist and end of each episode when it was taken in"
            ),
        )
    ]
