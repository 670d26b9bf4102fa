"""The telephone: an organisation's lines, and the calls that came in on them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from uuid6 import uuid7


class Line(models.Model):
    """A telephone number that customers call.

    `calendar` says when it is attended, as a plain identifier; None for a line that always is. `public`: its number and
    hours stand on the public page.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    number = models.CharField(max_length=32)
    calendar = models.UUIDField(null=True)
    public = models.BooleanField(default=True)
    enabled = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "helpdesk_lines"
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "name"), name="one_line_per_name", condition=Q(enabled=True)
            ),
        )
        indexes = (models.Index(fields=("organisation", "position"), name="lines_in_order"),)


class Call(models.Model):
    """One call. Its fact is its own subject's, so that a month of them needs no case.

    `result`: answered, lost (it rang and nobody took it) or abandoned (the caller hung up while waiting). `waited` and
    `talked` are seconds; None where the exchange does not say. `reference` is the exchange's own name of the call:
    a file that is imported twice counts once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    line = models.ForeignKey("helpdesk.Line", on_delete=models.PROTECT, related_name="calls")
    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.SET_NULL, null=True, related_name="calls")
    member = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=32, blank=True)
    started_at = models.DateTimeField()
    result = models.CharField(max_length=12)
    waited = models.IntegerField(null=True)
    talked = models.IntegerField(null=True)
    outcome = models.TextField(blank=True)
    reference = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "helpdesk_calls"
        constraints = (
            models.UniqueConstraint(
                fields=("line", "reference"), name="one_call_per_reference", condition=~Q(reference="")
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "-started_at", "-id"), name="calls_by_time"),
            models.Index(fields=("organisation", "number"), name="calls_by_number"),
            models.Index(fields=("line", "started_at"), name="calls_by_line"),
        )


class CallFile(models.Model):
    """A file of a telephone exchange, and how far its calls have been tried or taken in.

    `headings` name its columns; `plan` says how it is read (see `acuse.helpdesk.call_sheet.Plan`) and does not change
    once it was started. Before that, it is tried by each plan: `trial` is what came of it (see
    `acuse.helpdesk.call_trial.Trial`), None where it was not tried yet. `rows` were gone through, of `total`, by the
    trial, and once it was started from the beginning again: then they fell into `entered`, `known` already, left `out`
    on purpose, and `wrong`. A batch of rows and the count of them are one transaction, so that a crash loses or repeats
    nothing.

    Its content is an `Upload` until it is started, and then whole in custody (`sha256`), because its calls cite it.
    """

    class State(models.TextChoices):
        """How far it is: being tried, waiting for somebody to start it, being entered, or over."""

        TRYING = "trying"
        UPLOADED = "uploaded"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    member = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.IntegerField()
    headings = models.JSONField(default=list)
    plan = models.JSONField(default=dict)
    trial = models.JSONField(null=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    reason = models.CharField(max_length=500, blank=True)
    total = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    entered = models.IntegerField(default=0)
    known = models.IntegerField(default=0)
    out = models.IntegerField(default=0)
    wrong = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)

    class Meta:
        db_table = "helpdesk_call_files"
        indexes = (
            models.Index(fields=("organisation", "-created_at"), name="call_files_by_time"),
            models.Index(fields=("due_at",), name="call_files_due", condition=Q(state__in=("trying", "running"))),
        )


class Upload(models.Model):
    """The content of a file of calls that was not started yet: one that is given up leaves nothing behind."""

    file = models.OneToOneField("helpdesk.CallFile", on_delete=models.CASCADE, primary_key=True, related_name="upload")
    content = models.BinaryField()

    class Meta:
        db_table = "helpdesk_call_uploads"
