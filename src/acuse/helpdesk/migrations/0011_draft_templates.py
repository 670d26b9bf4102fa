from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("helpdesk", "0010_data_policy"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="template",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="draft",
            name="waits",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
