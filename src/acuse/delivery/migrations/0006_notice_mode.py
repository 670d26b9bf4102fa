"""How a message is handled, and content that waits for its recipient behind a link."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with defaults in the database, so that processes of the version before can still insert."""

    dependencies = [("delivery", "0005_submissions_by_message_id")]

    operations = [
        migrations.AddField(
            model_name="communication",
            name="mode",
            field=models.CharField(
                choices=[("content", "Content"), ("notice", "Notice")],
                db_default="content",
                default="content",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="communication",
            name="access",
            field=models.CharField(blank=True, db_default="", max_length=8),
        ),
        migrations.AddField(
            model_name="communication",
            name="reference",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(model_name="communication", name="expires_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("failed", "Failed"),
                    ("delayed", "Delayed"),
                    ("relayed", "Relayed"),
                    ("certificate", "Certificate"),
                    ("code", "Code"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="Access",
            fields=[
                (
                    "communication",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="consignment",
                        serialize=False,
                        to="delivery.communication",
                    ),
                ),
                ("consigned_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                (
                    "ended",
                    models.CharField(
                        blank=True,
                        choices=[("rejected", "Rejected"), ("expired", "Expired"), ("revoked", "Revoked")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("code_mac", models.CharField(blank=True, default="", max_length=64)),
                ("code_until", models.DateTimeField(null=True)),
                ("code_tries", models.SmallIntegerField(default=0)),
                ("codes_since", models.DateTimeField(null=True)),
                ("codes_sent", models.SmallIntegerField(default=0)),
                ("locked_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "delivery_accesses",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended", "")), fields=["expires_at"], name="accesses_to_expire"
                    )
                ],
            },
        ),
    ]
