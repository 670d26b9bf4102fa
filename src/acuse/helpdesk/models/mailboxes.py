"""The addresses whose mail becomes tickets."""

from django.db import models
from django.db.models.functions import Lower
from uuid6 import uuid7


class Mailbox(models.Model):
    """An address at which customers write; answers go out under it.

    `source`: `forwarded` where mail comes in at the inbound door, for the address itself or for the one with a token
    that its own server passes it on to; `imap` where it is fetched. `secret` is the password, encrypted.
    `uid_validity` and `last_uid` say how far fetching came (RFC 3501 section 2.3.1.1).
    """

    class Source(models.TextChoices):
        """How its mail comes in."""

        FORWARDED = "forwarded"
        IMAP = "imap"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=320)
    source = models.CharField(max_length=16, choices=Source.choices, default=Source.FORWARDED)
    enabled = models.BooleanField(default=True)
    default_type = models.CharField(max_length=16, default="inquiry")
    host = models.CharField(max_length=255, blank=True)
    port = models.IntegerField(default=993)
    username = models.CharField(max_length=320, blank=True)
    secret = models.BinaryField(null=True)
    folder = models.CharField(max_length=255, default="INBOX")
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    fetched_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=500, blank=True)
    next_fetch_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "helpdesk_mailboxes"
        constraints = (models.UniqueConstraint(Lower("address"), name="one_mailbox_per_address"),)
        indexes = (models.Index(fields=("organisation",), name="mailboxes_of_organisation"),)
