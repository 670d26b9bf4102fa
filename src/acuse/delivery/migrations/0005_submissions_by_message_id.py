"""An answer cites the Message-ID of what it answers; without an index each look-up would read the whole table."""

from django.contrib.postgres.indexes import HashIndex
from django.db import migrations


class Migration(migrations.Migration):
    """Adds the index."""

    dependencies = [("delivery", "0004_dispatch_faults")]

    operations = [
        migrations.AddIndex(
            model_name="submission", index=HashIndex(fields=["message_id"], name="submissions_by_message_id")
        ),
    ]
