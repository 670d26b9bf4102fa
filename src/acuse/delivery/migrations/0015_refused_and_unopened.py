from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists of what was refused, and of what waits unopened behind its link, find the few that they show."""

    dependencies = [
        ("delivery", "0014_codes_of_no_communication"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(
                condition=models.Q(("outcome", "refused"), ("status", "concluded")),
                fields=["organisation", "-created_at"],
                name="communications_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(
                condition=models.Q(
                    ("mode", "notice"), ("outcome__in", ("handed", "relayed", "delivered")), ("status", "concluded")
                ),
                fields=["organisation", "-created_at"],
                name="communications_unopened",
            ),
        ),
    ]
