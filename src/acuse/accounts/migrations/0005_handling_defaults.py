"""How messages are handled where they say nothing: of an organisation, and of a program."""

from django.db import migrations, models

_LANGUAGES = [("es", "Español"), ("en", "English")]
_MODES = [("content", "Content"), ("notice", "Notice")]
_ACCESSES = [("button", "Button"), ("otp", "Code by e-mail")]


class Migration(migrations.Migration):
    """Columns with defaults in the database, so that processes of the version before can still insert."""

    dependencies = [("accounts", "0004_api_keys")]
    operations = [
        migrations.AddField(
            "organisation", "mode", models.CharField(choices=_MODES, db_default="content", max_length=8)
        ),
        migrations.AddField(
            "organisation", "notice_access", models.CharField(choices=_ACCESSES, db_default="button", max_length=8)
        ),
        migrations.AddField("organisation", "term_days", models.SmallIntegerField(db_default=30)),
        migrations.AddField("organisation", "retention_years", models.SmallIntegerField(db_default=0)),
        migrations.AddField(
            "smtpcredential", "mode", models.CharField(blank=True, choices=_MODES, db_default="", max_length=8)
        ),
        migrations.AddField(
            "smtpcredential", "notice_access", models.CharField(blank=True, choices=_ACCESSES, db_default="", max_length=8)
        ),
        migrations.AddField(
            "smtpcredential", "language", models.CharField(blank=True, choices=_LANGUAGES, db_default="", max_length=5)
        ),
        migrations.AddField("smtpcredential", "retention_years", models.SmallIntegerField(db_default=0)),
    ]
