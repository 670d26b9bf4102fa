"""Indexes that keep the filters of the list as quick with a million communications as with a thousand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Domain, failure class and grade."""

    dependencies = [("delivery", "0002_submissions_by_digest")]

    operations = [
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(fields=["organisation", "domain"], name="communications_by_domain"),
        ),
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(
                fields=["organisation", "failure_class", "-created_at"],
                name="communications_by_failure",
                condition=models.Q(("failure_class", ""), _negated=True),
            ),
        ),
        migrations.AddIndex(
            model_name="communication",
            index=models.Index(
                fields=["organisation", "grade", "-created_at"],
                name="communications_by_grade",
                condition=models.Q(("grade__gte", 2)),
            ),
        ),
    ]
