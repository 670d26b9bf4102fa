"""Calendars and their versions. The evidence is the ledger and each version in custody."""

from django.db import models
from uuid6 import uuid7


class Calendar(models.Model):
    """When an organisation is open, or one of its lines; `version` is the number of its newest version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64)
    version = models.IntegerField()
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "calendars_calendars"
        constraints = (
            # One that was archived leaves its name to another.
            models.UniqueConstraint(
                fields=("organisation", "name"),
                name="one_calendar_per_name",
                condition=models.Q(archived_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One version as it was published; the database refuses to change or delete it.

    `sha256` and `size` are of the object in custody. `published_by`: the member; None where it was carried on into
    another year by itself. It says something from `valid_from` until `valid_until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    calendar = models.ForeignKey("calendars.Calendar", on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.IntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        db_table = "calendars_versions"
        constraints = (models.UniqueConstraint(fields=("calendar", "number"), name="one_version_per_number"),)

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.number}"
