"""What is added to the copies that are sent, and whether addresses that came back are held back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with defaults in the database, so that processes of the version before can still insert."""

    dependencies = [("accounts", "0005_handling_defaults")]
    operations = [
        migrations.AddField("organisation", "tracking", models.BooleanField(db_default=False)),
        migrations.AddField("organisation", "footer", models.BooleanField(db_default=False)),
        migrations.AddField("organisation", "hold_suppressed", models.BooleanField(db_default=True)),
        migrations.AddField("smtpcredential", "tracking", models.BooleanField(null=True)),
        migrations.AddField("smtpcredential", "footer", models.BooleanField(null=True)),
    ]
