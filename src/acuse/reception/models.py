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
    client_ip = models.CharField(max_length=64)
    client_helo = models.CharField(max_length=512, blank=True)
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
        )
