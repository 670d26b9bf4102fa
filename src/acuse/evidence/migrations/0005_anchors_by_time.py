"""Time stamps are looked up by their time, for the chart of the console."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds an index to a table that grows by a row a minute."""

    dependencies = [("evidence", "0004_last_examination")]
    operations = [
        migrations.AddIndex("anchor", models.Index(fields=["generated_at"], name="anchors_by_time")),
    ]
