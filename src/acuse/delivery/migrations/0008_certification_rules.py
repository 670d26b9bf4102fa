"""Rules that say which messages are certified, and the communications that are not."""

import django.db.models.constraints
import django.db.models.deletion
import uuid6
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table that an older release does not know, and a column with a default in the database."""

    dependencies = [("accounts", "0005_handling_defaults"), ("delivery", "0007_signing_keys")]
    operations = [
        migrations.AddField("communication", "certified", models.BooleanField(db_default=True, default=True)),
        migrations.CreateModel(
            name="CertificationRule",
            fields=[
                ("id", models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ("position", models.SmallIntegerField()),
                ("enabled", models.BooleanField(default=True)),
                ("sender", models.CharField(blank=True, max_length=320)),
                ("domain", models.CharField(blank=True, max_length=255)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("header", models.CharField(blank=True, max_length=76)),
                ("value", models.CharField(blank=True, max_length=300)),
                ("certify", models.BooleanField()),
                ("mode", models.CharField(blank=True, max_length=8)),
                ("access", models.CharField(blank=True, max_length=8)),
                ("language", models.CharField(blank=True, max_length=5)),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.organisation"),
                ),
            ],
            options={
                "db_table": "delivery_certification_rules",
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable.DEFERRED,
                        fields=("organisation", "position"),
                        name="one_rule_per_position",
                    )
                ],
            },
        ),
    ]
