"""The record of a whole case, without and with its internal notes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Names two more kinds of document; the database does not change."""

    dependencies = [("certificates", "0002_certificates_by_bundle")]

    operations = [
        migrations.AlterField(
            model_name="certificate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Receipt"),
                    ("certificate", "Certificate"),
                    ("record", "Record"),
                    ("record-notes", "Record With Notes"),
                ],
                max_length=16,
            ),
        ),
    ]
