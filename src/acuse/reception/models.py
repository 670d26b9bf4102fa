"""What came in. Rows are the working state; the evidence is the ledger and the raw message in custody."""

from django.db import models
from uuid6 import uuid7


class Item(models.Model):
    """One message for one address of ours.

    *recorded* (kept, not read yet; claimed by lease), then *classified* or *unreadable*. A crash while it is read
    leaves it recorded with a lease that ends; reading it again is the normal path.
    """

    class State(models.TextChoices):
        """How far we got with it."""

        RECORDED = "recorded"
        CLASSIFIED = "classified"
        UNREADABLE = "unreadable"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    #: None: nobody's but the installation's.
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, null=True)
    received_at = models.DateTimeField()
    mail_from = models.CharField(max_length=512, blank=True)
    recipient = models.CharField(max_length=512)
    purpose = models.CharField(max_length=16)
    #: That the address names, by a token that only its own mail carried; not what the message says of itself.
    communication = models.UUIDField(null=True)
    #: The ticket or mailbox that the address names.
    names = models.UUIDField(null=True)
    client_ip = models.CharField(max_length=64, blank=True)
    client_helo = models.CharField(max_length=512, blank=True)
    #: By IMAP: then there was no client.
    fetched = models.BooleanField(default=False, db_default=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    repeat_key = models.BinaryField(max_length=32, null=True, unique=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.RECORDED)
    reading = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=2048, blank=True)
    author = models.CharField(max_length=512, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=998, blank=True)
    #: Message-IDs of In-Reply-To and References, the likeliest first: whose they are is for others to say.
    references = models.JSONField(default=list)
    authentication = models.JSONField(null=True)
    read_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)

    class Meta:
        db_table = "reception_items"
        indexes = (
            models.Index(fields=("due_at",), name="reception_due", condition=models.Q(state="recorded")),
            models.Index(fields=("organisation", "-received_at", "-id"), name="reception_by_time"),
            models.Index(fields=("communication",), name="reception_by_communication"),
            models.Index(
                fields=("received_at",), name="reception_repeats", condition=models.Q(repeat_key__isnull=False)
            ),
            # Few of many: what may hold a case open is looked for among them.
            models.Index(
                fields=("organisation", "received_at"), name="reception_recorded", condition=models.Q(state="recorded")
            ),
            models.Index(
                fields=("organisation", "received_at"), name="reception_aside", condition=models.Q(state="unreadable")
            ),
        )


class Pickup(models.Model):
    """A mailbox of the desk that is fetched by IMAP; claimed by lease, looked at when due.

    Stopping deletes it, and the password with it. A crash leaves it claimed with a lease that ends, and `last_uid` at
    or before what was taken in.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    #: The mailbox, and its address.
    names = models.UUIDField(unique=True)
    address = models.CharField(max_length=320)
    host = models.CharField(max_length=255)
    port = models.IntegerField()
    security = models.CharField(max_length=8)
    username = models.CharField(max_length=255)
    #: Encrypted under a key that lies outside the database.
    secret = models.BinaryField()
    folder = models.CharField(max_length=255)
    mark_read = models.BooleanField()
    #: What came to the folder before stays there.
    started_at = models.DateTimeField()
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    failure = models.JSONField(null=True)
    failing_since = models.DateTimeField(null=True)
    left_behind = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)

    class Meta:
        db_table = "reception_pickups"
        indexes = (models.Index(fields=("due_at",), name="reception_pickups_due"),)
