"""How often sending a message failed inside Acuse."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A counter with a default in the database, so that processes of the version before can still insert."""

    dependencies = [("delivery", "0003_list_indexes")]

    operations = [
        migrations.AddField(
            model_name="dispatch", name="faults", field=models.SmallIntegerField(db_default=0, default=0)
        ),
    ]
