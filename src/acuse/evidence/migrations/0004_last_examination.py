"""What the last full examination found, and alarms that can be told in the reader's language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table of one row and a column that an older release leaves empty."""

    dependencies = [("evidence", "0003_seals_may_return")]
    operations = [
        migrations.AddField(model_name="alarm", name="told", field=models.JSONField(null=True)),
        migrations.CreateModel(
            name="LastExamination",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("entries", models.BigIntegerField()),
                ("objects_read", models.BigIntegerField()),
                ("damaged", models.BooleanField()),
            ],
            options={"db_table": "evidence_last_examination"},
        ),
    ]
