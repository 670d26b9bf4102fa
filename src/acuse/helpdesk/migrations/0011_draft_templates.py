from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("helpdesk", "0010_data_policy"),
    ]

    operations = [
        migrations.RemoveField(model_name="draft", name="certified"),
        migrations.AddField(
            model_name="draft",
            name="template",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
