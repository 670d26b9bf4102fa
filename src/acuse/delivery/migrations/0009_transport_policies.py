"""What the domains of recipients ask of connections to their mail servers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table that an older release does not know."""

    dependencies = [("delivery", "0008_certification_rules")]
    operations = [
        migrations.CreateModel(
            name="TransportPolicy",
            fields=[
                ("domain", models.CharField(max_length=253, primary_key=True, serialize=False)),
                ("identifier", models.CharField(max_length=32)),
                ("text", models.TextField()),
                ("fetched_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "delivery_transport_policies",
                "indexes": [models.Index(fields=["expires_at"], name="transport_policies_expiry")],
            },
        ),
    ]
