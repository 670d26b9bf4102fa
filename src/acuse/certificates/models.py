"""Certificates, receipts and records of cases: requested, then issued; each revision names the one it supersedes."""

from django.db import models
from uuid6 import uuid7


class Certificate(models.Model):
    """One sealed document about one subject, or the request for it.

    The state machine: *requested* (a row with `due_at`), claimed by lease, *issued*. A crash at any step leaves the row
    requested with an expired lease; issuing it again is the normal path. The sweeper raises an alarm for whatever stays
    requested a minute after it was due.
    """

    class Kind(models.TextChoices):
        """What the document is."""

        RECEIPT = "receipt"
        CERTIFICATE = "certificate"
        DEADLINE = "deadline"
        RECORD = "record"
        RECORD_WITH_NOTES = "record-notes"

    class State(models.TextChoices):
        """Whether it exists yet."""

        REQUESTED = "requested"
        ISSUED = "issued"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    subject_kind = models.CharField(max_length=32)
    subject = models.UUIDField()
    #: Identifier of the one deadline of a ticket that the document is about, as its facts name it; else "".
    deadline = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    revision = models.IntegerField()
    code = models.CharField(max_length=19, unique=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.REQUESTED)
    supersedes = models.CharField(max_length=19, blank=True)
    reason = models.CharField(max_length=32, blank=True)
    requested_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    tries = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)
    wanted_level = models.CharField(max_length=5)
    level = models.CharField(max_length=5, blank=True)
    anchored = models.BooleanField(default=False)
    needs_upgrade = models.BooleanField(default=False)
    facts_up_to = models.BigIntegerField(null=True)
    issued_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.BigIntegerField(null=True)
    bundle_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "certificates_certificates"
        constraints = (
            models.UniqueConstraint(
                fields=("subject_kind", "subject", "kind", "deadline", "revision"), name="one_document_per_revision"
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), name="certificates_due", condition=models.Q(state="requested")),
            models.Index(fields=("issued_at",), name="certificates_to_upgrade", condition=models.Q(needs_upgrade=True)),
            models.Index(fields=("sha256",), name="certificates_by_digest"),
            models.Index(fields=("bundle_sha256",), name="certificates_by_bundle"),
            models.Index(fields=("organisation", "-requested_at"), name="certificates_by_time"),
        )
