"""What is added to a copy, who does not want to be tracked, which addresses are held back, what was sent once more."""

import django.db.models.deletion
from django.db import migrations, models
from uuid6 import uuid7


class Migration(migrations.Migration):
    """Columns with defaults in the database, so that processes of the version before can still insert."""

    dependencies = [("accounts", "0006_copies"), ("delivery", "0010_access_counts")]

    operations = [
        migrations.AddField("communication", "tracking", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("communication", "footer", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("communication", "resent_of", models.UUIDField(null=True)),
        migrations.AddIndex(
            "communication",
            models.Index(
                condition=models.Q(resent_of__isnull=False), fields=["resent_of"], name="communications_resent"
            ),
        ),
        migrations.AddField(
            "communication", "despite_suppression", models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField("communication", "tracker_hits", models.SmallIntegerField(db_default=0, default=0)),
        migrations.CreateModel(
            "TrackingWithdrawal",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=320)),
                ("withdrawn_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.organisation"),
                ),
            ],
            options={
                "db_table": "delivery_tracking_withdrawals",
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "address"), name="one_withdrawal_per_address")
                ],
            },
        ),
        migrations.CreateModel(
            "Suppression",
            [
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=320)),
                ("reason", models.CharField(max_length=32)),
                ("added_at", models.DateTimeField()),
                (
                    "communication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suppressions",
                        to="delivery.communication",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="accounts.organisation"),
                ),
            ],
            options={
                "db_table": "delivery_suppressions",
                "indexes": [
                    models.Index(fields=["organisation", "-added_at", "-id"], name="suppressions_by_time")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "address"), name="one_suppression_per_address")
                ],
            },
        ),
    ]
