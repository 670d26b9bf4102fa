"""The addresses whose mail becomes tickets."""

from django.db import models
from django.db.models.functions import Lower
from uuid6 import uuid7


class Mailbox(models.Model):
    """An address at which customers write; answers go out under it.

    Its mail comes in at the inbound door, for the address itself or for the one with a token to which its own server
    passes it on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=320)
    enabled = models.BooleanField(default=True)
    default_type = models.CharField(max_length=16, default="inquiry")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "helpdesk_mailboxes"
        constraints = (models.UniqueConstraint(Lower("address"), name="one_mailbox_per_address"),)
        indexes = (models.Index(fields=("organisation",), name="mailboxes_of_organisation"),)
