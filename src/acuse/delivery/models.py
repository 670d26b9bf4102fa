"""What was submitted, what is to be delivered to whom, and what came of each attempt.

Rows here are the working state; the evidence is the ledger. Every change of state records its fact in the same
transaction, so each row can be derived again from facts.
"""

from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from uuid6 import uuid7

from acuse.evidence.fulltext import FoldedWords, SearchWords

#: A notice went out, and nothing is known of its content's having been opened or answered.
UNOPENED = models.Q(status="concluded", mode="notice", outcome__in=("handed", "relayed", "delivered"))


class Submission(models.Model):
    """One message as one SMTP client handed it in: one DATA, one or more recipients; or one that the desk wrote.

    What the desk wrote has no credential and no client.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    credential = models.ForeignKey("accounts.SmtpCredential", on_delete=models.PROTECT, null=True)
    received_at = models.DateTimeField()
    client_ip = models.CharField(max_length=64, blank=True)
    client_helo = models.CharField(max_length=512, blank=True)
    mail_from = models.CharField(max_length=320)
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=300)
    message_id = models.CharField(max_length=998, blank=True)
    message_sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    ret = models.CharField(max_length=4, blank=True)
    envid = models.CharField(max_length=100, blank=True)
    smtputf8 = models.BooleanField(default=False)
    body_8bit = models.BooleanField(default=False)

    class Meta:
        db_table = "delivery_submissions"
        indexes = (
            models.Index(fields=("message_sha256",), name="submissions_by_digest"),
            # An answer cites it. A hash, because an identifier may be longer than a page of a tree takes; without the
            # empty ones, which would stand in one bucket that every further one is added to the end of.
            HashIndex(fields=("message_id",), name="submissions_by_message_id", condition=~models.Q(message_id="")),
        )


class Communication(models.Model):
    """One message to one recipient; one that is not `certified` is relayed plainly, and never has a certificate.

    `tracking` and `footer` say what is added to the copy that is sent, in content mode alone; `resent_of` which one a
    member sent once more, and `despite_suppression` that they did so although the address was held back.
    """

    class Status(models.TextChoices):
        """Whether work remains; how far delivery got is the grade."""

        IN_PROGRESS = "in_progress"
        CONCLUDED = "concluded"
        FAILED = "failed"

    class Mode(models.TextChoices):
        """What is sent: the message itself, or a notice with the link to it."""

        CONTENT = "content"
        NOTICE = "notice"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    submission = models.ForeignKey("delivery.Submission", on_delete=models.PROTECT, related_name="communications")
    created_at = models.DateTimeField()
    recipient = models.CharField(max_length=320)
    domain = models.CharField(max_length=255)
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=300)
    notify = models.JSONField(default=list)
    orcpt = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=5)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.CONTENT, db_default=Mode.CONTENT)
    access = models.CharField(max_length=8, blank=True, db_default="")
    reference = models.CharField(max_length=200, blank=True, db_default="")
    expires_at = models.DateTimeField(null=True)
    certified = models.BooleanField(default=True, db_default=True)
    tracking = models.BooleanField(default=False, db_default=False)
    footer = models.BooleanField(default=False, db_default=False)
    resent_of = models.UUIDField(null=True)
    despite_suppression = models.BooleanField(default=False, db_default=False)
    tracker_hits = models.SmallIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.IN_PROGRESS)
    outcome = models.CharField(max_length=16, default="pending")
    grade = models.SmallIntegerField(default=0)
    failure_class = models.CharField(max_length=32, blank=True)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    final_at = models.DateTimeField(null=True)
    delay_notified = models.BooleanField(default=False)
    search = models.GeneratedField(
        expression=SearchWords(FoldedWords("subject", "recipient", "sender"), "recipient", "sender", "domain"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "delivery_communications"
        indexes = (
            models.Index(fields=("organisation", "-created_at", "-id"), name="communications_by_time"),
            models.Index(fields=("organisation", "status", "-created_at"), name="communications_by_status"),
            GinIndex(fields=("search",), name="communications_search"),
            # A search is for words or for a whole domain: with both indexed, PostgreSQL joins their bitmaps.
            models.Index(fields=("organisation", "domain"), name="communications_by_domain"),
            models.Index(
                fields=("organisation", "failure_class", "-created_at"),
                name="communications_by_failure",
                condition=~models.Q(failure_class=""),
            ),
            models.Index(
                fields=("resent_of",), name="communications_resent", condition=models.Q(resent_of__isnull=False)
            ),
            models.Index(
                fields=("organisation", "grade", "-created_at"),
                name="communications_by_grade",
                condition=models.Q(grade__gte=2),
            ),
            # Few among many: without these, who has none of them reads all that ended to find that out.
            models.Index(
                fields=("organisation", "-created_at"),
                name="communications_refused",
                condition=models.Q(status="concluded", outcome="refused"),
            ),
            models.Index(fields=("organisation", "-created_at"), name="communications_unopened", condition=UNOPENED),
        )


class CertificationRule(models.Model):
    """Which messages of an organisation are certified and how; see `acuse.delivery.selection.Rule`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    position = models.SmallIntegerField()
    enabled = models.BooleanField(default=True)
    sender = models.CharField(max_length=320, blank=True)
    domain = models.CharField(max_length=255, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    header = models.CharField(max_length=76, blank=True)
    value = models.CharField(max_length=300, blank=True)
    certify = models.BooleanField()
    mode = models.CharField(max_length=8, blank=True)
    access = models.CharField(max_length=8, blank=True)
    language = models.CharField(max_length=5, blank=True)

    class Meta:
        db_table = "delivery_certification_rules"
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "position"),
                name="one_rule_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        )


class Access(models.Model):
    """Content that waits for its recipient behind a link (notice mode), and the code that may guard it.

    `code_mac` is the keyed digest of the code last sent: the code itself is only in the e-mail that carries it.
    `openings` and `downloads` count those that are facts.
    """

    class Ended(models.TextChoices):
        """Why nothing more can be opened or answered."""

        REJECTED = "rejected"
        EXPIRED = "expired"
        REVOKED = "revoked"

    communication = models.OneToOneField(
        "delivery.Communication", on_delete=models.CASCADE, primary_key=True, related_name="consignment"
    )
    consigned_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=8, choices=Ended.choices, blank=True, default="")
    code_mac = models.CharField(max_length=64, blank=True, default="")
    code_until = models.DateTimeField(null=True)
    code_tries = models.SmallIntegerField(default=0)
    codes_since = models.DateTimeField(null=True)
    codes_sent = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    openings = models.SmallIntegerField(default=0, db_default=0)
    downloads = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "delivery_accesses"
        indexes = (models.Index(fields=("expires_at",), name="accesses_to_expire", condition=models.Q(ended="")),)


class Attempt(models.Model):
    """One try of one channel. Opened in its own transaction before the network is touched."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    communication = models.ForeignKey("delivery.Communication", on_delete=models.CASCADE, related_name="tries")
    number = models.IntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=16, blank=True)
    failure_class = models.CharField(max_length=32, blank=True)
    host = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=64, blank=True)
    transcript_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "delivery_attempts"
        constraints = (models.UniqueConstraint(fields=("communication", "number"), name="one_attempt_per_number"),)


class Dispatch(models.Model):
    """The queue: a communication that still has to be sent. Claimed by lease; deleted with the final outcome.

    `faults` counts what went wrong inside Acuse, which must end some day as what goes wrong outside does.
    """

    communication = models.OneToOneField("delivery.Communication", on_delete=models.CASCADE, primary_key=True)
    domain = models.CharField(max_length=255)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    faults = models.SmallIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "delivery_dispatches"
        indexes = (models.Index(fields=("due_at",), name="dispatches_due"),)


class Deduplication(models.Model):
    """A client's retry within seven days finds the communication that its first try made."""

    key = models.BinaryField(primary_key=True, max_length=32)
    communication = models.ForeignKey("delivery.Communication", on_delete=models.CASCADE)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "delivery_deduplication"
        indexes = (models.Index(fields=("expires_at",), name="deduplication_expiry"),)


class Notice(models.Model):
    """A message of our own: to the sender an RFC 3464 DSN or the certificate, to the recipient a code of access.

    A code that shows an address to be somebody's is about no communication. Claimed by lease like a dispatch.
    """

    class Kind(models.TextChoices):
        """What the notice says."""

        FAILED = "failed"
        DELAYED = "delayed"
        RELAYED = "relayed"
        CERTIFICATE = "certificate"
        CODE = "code"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    communication = models.ForeignKey(
        "delivery.Communication", on_delete=models.CASCADE, null=True, related_name="notices"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices)
    recipient = models.CharField(max_length=320)
    message_id = models.CharField(max_length=200)
    message_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    tries = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_reply = models.TextField(blank=True)

    class Meta:
        db_table = "delivery_notices"
        constraints = (
            models.UniqueConstraint(fields=("communication", "kind", "message_id"), name="one_notice_per_event"),
        )
        indexes = (
            models.Index(
                fields=("due_at",),
                name="notices_due",
                condition=models.Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
        )


class TrackingWithdrawal(models.Model):
    """A recipient of an organisation does not want to be tracked: what is sent to them later is not."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    address = models.CharField(max_length=320)
    withdrawn_at = models.DateTimeField()

    class Meta:
        db_table = "delivery_tracking_withdrawals"
        constraints = (models.UniqueConstraint(fields=("organisation", "address"), name="one_withdrawal_per_address"),)


class Suppression(models.Model):
    """An address to which an organisation's messages are held back, since `communication` came back or was unwanted.

    `reason` is a failure class, or "complaint". A row that was lifted is gone; the facts are on the communication.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    address = models.CharField(max_length=320)
    reason = models.CharField(max_length=32)
    communication = models.ForeignKey("delivery.Communication", on_delete=models.CASCADE, related_name="suppressions")
    added_at = models.DateTimeField()

    class Meta:
        db_table = "delivery_suppressions"
        constraints = (models.UniqueConstraint(fields=("organisation", "address"), name="one_suppression_per_address"),)
        indexes = (models.Index(fields=("organisation", "-added_at", "-id"), name="suppressions_by_time"),)


class SigningKey(models.Model):
    """A key that signs mail of a domain by DKIM; the operator's own has no organisation.

    The private key is encrypted with a key of the installation's, and gone once it no longer signs.
    """

    class State(models.TextChoices):
        """Its way through life; one at most waits for its record and one signs, of each domain."""

        MADE = "made"
        ACTIVE = "active"
        RETIRING = "retiring"
        RETIRED = "retired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, null=True)
    domain = models.CharField(max_length=253)
    selector = models.CharField(max_length=63)
    algorithm = models.CharField(max_length=20)
    record = models.TextField()
    private_key = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    retiring_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery_signing_keys"
        constraints = (
            models.UniqueConstraint(fields=("domain", "selector"), name="one_signing_key_per_selector"),
            models.UniqueConstraint(
                fields=("domain", "state"),
                name="one_signing_key_in_use",
                condition=models.Q(state__in=("made", "active")),
            ),
        )


class SendingDomain(models.Model):
    """What the DNS said of a domain when it was last looked at: for people to read, decides nothing."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    domain = models.CharField(max_length=253)
    checked_at = models.DateTimeField()
    findings = models.JSONField()

    class Meta:
        db_table = "delivery_sending_domains"
        constraints = (models.UniqueConstraint(fields=("organisation", "domain"), name="one_look_per_domain"),)


class TransportPolicy(models.Model):
    """The MTA-STS policy of a recipient's domain: a copy of what it publishes, kept as long as it says (RFC 8461)."""

    domain = models.CharField(primary_key=True, max_length=253)
    identifier = models.CharField(max_length=32)
    text = models.TextField()
    fetched_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "delivery_transport_policies"
        indexes = (models.Index(fields=("expires_at",), name="transport_policies_expiry"),)
