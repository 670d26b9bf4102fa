"""Public verification looks a file up by its digest; without an index each look-up would read the whole table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the index."""

    dependencies = [("certificates", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(fields=["bundle_sha256"], name="certificates_by_bundle"),
        ),
    ]
