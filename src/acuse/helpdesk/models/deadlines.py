"""The terms that run in cases, and the versions of the policy that starts them."""

from django.db import models
from django.db.models import Q
from uuid6 import uuid7


class PolicyVersion(models.Model):
    """An organisation's terms as they were published: which cases have which deadline. Never changed.

    The highest number holds for cases from now on; deadlines that run keep the version that started them. `terms` is
    what the custody object `sha256` says; see `acuse.proof.policy`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    number = models.IntegerField()
    terms = models.JSONField()
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "helpdesk_policy_versions"
        constraints = (models.UniqueConstraint(fields=("organisation", "number"), name="one_policy_per_number"),)


class Deadline(models.Model):
    """One term of one case. What it says can be derived again from the case's facts and the calendar version.

    `next_at` is when somebody has to look at it: to warn, or because it is missed; None while it is paused or over.
    """

    class State(models.TextChoices):
        """Where it stands; `overdue` is missed and not ended yet."""

        RUNNING = "running"
        PAUSED = "paused"
        OVERDUE = "overdue"
        MET = "met"
        MISSED = "missed"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="deadlines", db_index=False)
    purpose = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    amount = models.IntegerField()
    unit = models.CharField(max_length=16)
    on_resume = models.CharField(max_length=8)
    pauses_on = models.JSONField(default=list)
    policy = models.ForeignKey("helpdesk.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    calendar = models.UUIDField()
    calendar_version = models.IntegerField()
    calendar_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    #: Of the present run: the same as `started_at`, or where a pause ended after which it began again.
    counted_from = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    #: [[from, until, reason], ...] since it began, RFC 3339; `until` is None of the one that lasts.
    pauses = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.RUNNING)

    class Meta:
        db_table = "helpdesk_deadlines"
        indexes = (
            models.Index(fields=("next_at",), name="deadlines_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=("ticket",), name="deadlines_by_ticket"),
        )
