"""What an organisation's desk is set to, the views that its people keep, and its triage."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7


class Settings(models.Model):
    """One row an organisation.

    `last_number` is the number of its last ticket: whoever opens one locks it. `key_prefix` begins its tracking keys.
    `default_assignee`: None for the oldest administrator. `certify_replies`: unless whoever answers says otherwise.
    `closing_allowed`: silence after a certified notice may close a case. `seal_receipts`: the receipt of each case is
    sealed at once, not only when it is asked for. `dispute_bodies`: named in rejections. `portal_enabled`: the
    organisation has a public page; `form_enabled`: customers can write there, and answers go out under `form_mailbox`.
    `welcome` and `consent` are texts by language. `quiet_hours_public`: the page says when few call. `portal_indexed`:
    search engines may list it. `data_policy`: the address of the organisation's policy of data protection; "" for none.
    """

    organisation = models.OneToOneField("accounts.Organisation", primary_key=True, on_delete=models.PROTECT)
    last_number = models.IntegerField(default=0)
    key_prefix = models.CharField(max_length=4)
    default_assignee = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    certify_replies = models.BooleanField(default=False)
    undo_seconds = models.SmallIntegerField(default=10)
    closing_allowed = models.BooleanField(default=False)
    seal_receipts = models.BooleanField(default=True, db_default=True)
    dispute_bodies = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    portal_enabled = models.BooleanField(db_default=False)
    form_enabled = models.BooleanField(db_default=False)
    form_mailbox = models.ForeignKey("helpdesk.Mailbox", on_delete=models.PROTECT, null=True, related_name="+")
    welcome = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    consent = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    quiet_hours_public = models.BooleanField(db_default=True)
    portal_indexed = models.BooleanField(db_default=True)
    data_policy = models.CharField(max_length=500, blank=True, default="", db_default="")

    class Meta:
        db_table = "helpdesk_settings"


class SavedView(models.Model):
    """A list of cases that somebody keeps by a name; `member` is None where all see it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    position = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "helpdesk_saved_views"
        indexes = (models.Index(fields=("organisation", "member", "position"), name="saved_views_in_order"),)


class TriageRule(models.Model):
    """What a case is taken for when it comes in; see `acuse.helpdesk.triage`. The first that applies decides."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    position = models.SmallIntegerField()
    enabled = models.BooleanField(default=True)
    name = models.CharField(max_length=80)
    words = ArrayField(models.CharField(max_length=80), default=list)
    senders = ArrayField(models.CharField(max_length=320), default=list)
    channel = models.CharField(max_length=16, blank=True)
    form_type = models.CharField(max_length=16, blank=True)
    type = models.CharField(max_length=16, blank=True)
    priority = models.CharField(max_length=8, blank=True)
    matter = models.CharField(max_length=16, blank=True)
    assignee = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    tag = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "helpdesk_triage_rules"
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "position"),
                name="one_triage_rule_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        )
