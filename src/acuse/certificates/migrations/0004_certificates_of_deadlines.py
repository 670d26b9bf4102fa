"""The certificate of one deadline of a case, beside that of the whole case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds which deadline a document is about, each with revisions of its own."""

    dependencies = [("certificates", "0003_records_of_cases")]

    operations = [
        migrations.AddField(
            model_name="certificate",
            name="deadline",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="certificate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Receipt"),
                    ("certificate", "Certificate"),
                    ("deadline", "Deadline"),
                    ("record", "Record"),
                    ("record-notes", "Record With Notes"),
                ],
                max_length=16,
            ),
        ),
        migrations.RemoveConstraint(model_name="certificate", name="one_document_per_revision"),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                fields=("subject_kind", "subject", "kind", "deadline", "revision"), name="one_document_per_revision"
            ),
        ),
    ]
