"""Invitations by a link, and members who are deactivated rather than removed."""

import django.db.models.deletion
import uuid6
from django.db import migrations, models

ROLES = [("owner", "Owner"), ("administrator", "Administrator"), ("agent", "Agent"), ("auditor", "Auditor")]


class Migration(migrations.Migration):
    """Adds a table and a column that an older release leaves empty."""

    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.AddField(model_name="membership", name="deactivated_at", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid6.uuid7, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(choices=ROLES, max_length=16)),
                ("token_digest", models.BinaryField(max_length=32, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={"db_table": "accounts_invitations"},
        ),
    ]
