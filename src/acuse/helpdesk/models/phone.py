"""Telephone lines and the calls on them."""

from django.db import models
from django.db.models import Q
from uuid6 import uuid7


class Line(models.Model):
    """A telephone line; `calendar` is its timetable, None where it has none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=40)
    about = models.CharField(max_length=200, blank=True)
    calendar = models.UUIDField(null=True)
    position = models.SmallIntegerField(default=0)
    public = models.BooleanField(default=True)
    enabled = models.BooleanField(default=True)

    class Meta:
        db_table = "helpdesk_lines"
        indexes = (models.Index(fields=("organisation", "position"), name="lines_of_organisation"),)


class Call(models.Model):
    """One call, as whoever took it registered it or the telephone system listed it.

    `external_id` is the telephone system's own; the same list read twice makes no call twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    line = models.ForeignKey("helpdesk.Line", on_delete=models.PROTECT)
    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.PROTECT, null=True, related_name="calls")
    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    direction = models.CharField(max_length=3, default="in")
    result = models.CharField(max_length=16)
    number = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    waited = models.IntegerField(default=0)
    talked = models.IntegerField(default=0)
    outcome = models.CharField(max_length=500, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "helpdesk_calls"
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "external_id"), name="one_call_per_external_id", condition=~Q(external_id="")
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "-started_at", "-id"), name="calls_by_time"),
            models.Index(fields=("ticket",), name="calls_by_ticket"),
        )
