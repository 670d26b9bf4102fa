"""How many openings and downloads of a consigned content are facts."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Counters with a default in the database, so that processes of the version before can still insert."""

    dependencies = [("delivery", "0009_transport_policies")]

    operations = [
        migrations.AddField("access", "openings", models.SmallIntegerField(db_default=0, default=0)),
        migrations.AddField("access", "downloads", models.SmallIntegerField(db_default=0, default=0)),
    ]
