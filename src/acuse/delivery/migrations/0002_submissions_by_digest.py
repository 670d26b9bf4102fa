"""Public verification looks a file up by its digest; without an index each look-up would read the whole table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the index."""

    dependencies = [("delivery", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(fields=["message_sha256"], name="submissions_by_digest"),
        ),
    ]
