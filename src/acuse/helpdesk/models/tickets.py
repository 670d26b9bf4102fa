"""A case, what was said in it, and what is about to be said."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from uuid6 import uuid7

from acuse.evidence.fulltext import FoldedWords, SearchWords
from acuse.helpdesk.rules import OPEN_STATUSES

OPEN = Q(status__in=OPEN_STATUSES)


class Ticket(models.Model):
    """One customer's case.

    `contact` is whom it was opened for, and stays it when contacts are merged. `address` is where answers go; empty
    where none is known. `due_at` and `due_purpose` repeat the deadline that ends first of those that run, `paused`
    says that some wait, `missed` how many are missed; `waits_since` since when the customer waits for an answer.
    `reference` is what a program that opened it by the API calls it: asked for twice, it is opened once.
    `revision` counts changes: whoever acts on an older one is told so.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, db_index=False)
    number = models.IntegerField()
    key = models.CharField(max_length=20)
    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="+", db_index=False)
    address = models.CharField(max_length=320, blank=True)
    mailbox = models.ForeignKey("helpdesk.Mailbox", on_delete=models.PROTECT, null=True)
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=5)
    type = models.CharField(max_length=16)
    priority = models.CharField(max_length=8)
    matter = models.CharField(max_length=16, blank=True)
    status = models.CharField(max_length=24, default="new")
    subject = models.CharField(max_length=300, blank=True)
    excerpt = models.CharField(max_length=200, blank=True)
    assignee = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    tags = ArrayField(models.CharField(max_length=40), default=list)
    product = models.CharField(max_length=200, blank=True)
    purchase_date = models.DateField(null=True)
    guarantee_until_date = models.DateField(null=True)
    escalated_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    waits_since = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_purpose = models.CharField(max_length=16, blank=True)
    paused = models.BooleanField(default=False)
    missed = models.SmallIntegerField(default=0)
    revision = models.IntegerField(default=1)
    reference = models.CharField(max_length=120, blank=True, db_default="")
    search = models.GeneratedField(
        expression=SearchWords(FoldedWords("subject", "excerpt", "key", "address", "product"), "address", "key"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        db_table = "helpdesk_tickets"
        constraints = (
            models.UniqueConstraint(fields=("organisation", "number"), name="one_ticket_per_number"),
            models.UniqueConstraint(fields=("organisation", "key"), name="one_ticket_per_key"),
            models.UniqueConstraint(
                fields=("organisation", "reference"), name="one_ticket_per_reference", condition=~Q(reference="")
            ),
        )
        indexes = (
            models.Index(fields=("organisation", "-last_at", "-id"), name="tickets_by_time"),
            models.Index(fields=("organisation", "status", "-last_at"), name="tickets_by_status"),
            models.Index(fields=("organisation", "due_at", "id"), name="tickets_open_by_due", condition=OPEN),
            # With what the board counts, so that it reads the index alone.
            models.Index(
                fields=("organisation", "assignee", "due_at", "id"),
                name="tickets_open_by_assignee",
                condition=OPEN,
                include=("waits_since", "missed", "escalated_at"),
            ),
            models.Index(
                fields=("organisation", "assignee", "due_at", "id"),
                name="tickets_missed",
                condition=OPEN & Q(missed__gt=0),
            ),
            models.Index(
                fields=("organisation", "waits_since", "id"),
                name="tickets_waiting",
                condition=OPEN & Q(waits_since__isnull=False),
            ),
            models.Index(fields=("contact", "-last_at"), name="tickets_by_contact"),
            GinIndex(fields=("search",), name="tickets_search"),
            # A word by its beginning costs as much as rows have it, and most searches are for open cases. It is small,
            # so that what is not yet sorted into it (fastupdate) would soon be longer than itself.
            GinIndex(fields=("search",), name="tickets_open_search", condition=OPEN, fastupdate=False),
            GinIndex(fields=("tags",), name="tickets_tags"),
        )


class Interaction(models.Model):
    """Something that was said in a case, or a call; its fact is the ticket's of this `sequence`.

    `text` is what people read of it, folded and without mark-up; what came or went byte for byte is the custody object
    `sha256`, and the files in it stand in `attachments` (name, media type, size).
    """

    class Kind(models.TextChoices):
        """What it is."""

        MESSAGE = "message"
        REPLY = "reply"
        NOTE = "note"
        CALL = "call"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="interactions", db_index=False)
    sequence = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    channel = models.CharField(max_length=16)
    occurred_at = models.DateTimeField()
    author = models.CharField(max_length=320, blank=True)
    member = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    attachments = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=120, blank=True)
    message_id = models.CharField(max_length=998, blank=True)
    communication = models.UUIDField(null=True)
    reception = models.UUIDField(null=True)
    certified = models.BooleanField(default=False)
    act = models.CharField(max_length=24, blank=True)

    class Meta:
        db_table = "helpdesk_interactions"
        constraints = (models.UniqueConstraint(fields=("ticket", "sequence"), name="one_interaction_per_fact"),)
        indexes = (
            models.Index(
                fields=("communication",), name="interactions_communication", condition=Q(communication__isnull=False)
            ),
            models.Index(fields=("reception",), name="interactions_reception", condition=Q(reception__isnull=False)),
            # A hash, because an identifier may be longer than a page of a tree takes; without the empty ones, which
            # would stand in one bucket that every further one is added to the end of.
            HashIndex(fields=("message_id",), name="interactions_message_id", condition=~Q(message_id="")),
            models.Index(fields=("author", "occurred_at"), name="interactions_by_author"),
        )


class Outgoing(models.Model):
    """An answer that a member sent, and that leaves when the time to think better of it is over.

    It is whole and in custody (`sha256`) from the first: sending it is one transaction, in which the letter is handed
    in and the waiting ends. A crash before its commit leaves it waiting.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting"
        SENT = "sent"
        CANCELLED = "cancelled"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="outgoing")
    member = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    recipient = models.CharField(max_length=320)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    attachments = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    message_id = models.CharField(max_length=998)
    certified = models.BooleanField(default=False)
    act = models.CharField(max_length=24, blank=True)
    request = models.UUIDField(null=True)
    term_until = models.DateTimeField(null=True)
    template = models.CharField(max_length=80, blank=True)
    template_version = models.IntegerField(default=0)
    waits_for_customer = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)

    class Meta:
        db_table = "helpdesk_outgoing"
        indexes = (
            models.Index(fields=("due_at",), name="outgoing_due", condition=Q(state="waiting")),
            models.Index(fields=("term_until",), name="outgoing_terms", condition=Q(act="closing_notice")),
            models.Index(fields=("ticket", "created_at"), name="outgoing_by_ticket"),
            models.Index(fields=("recipient", "created_at"), name="outgoing_automatic", condition=Q(automatic=True)),
        )


class Draft(models.Model):
    """What a member began to write in a case, and how the answer's box stands around it: template and switches."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="drafts")
    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    body = models.TextField(blank=True)
    template = models.CharField(max_length=80, blank=True, default="", db_default="")
    certified = models.BooleanField(default=False)
    waits = models.BooleanField(default=False, db_default=False)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "helpdesk_drafts"
        constraints = (models.UniqueConstraint(fields=("ticket", "member", "kind"), name="one_draft_per_kind"),)


class Presence(models.Model):
    """That a member has a case open, and since when they write in it: so that two do not answer it at once."""

    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    writing_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "helpdesk_presences"
        constraints = (models.UniqueConstraint(fields=("ticket", "member"), name="one_presence_per_member"),)


class Mention(models.Model):
    """That a note of a case is for a member, until they open the case."""

    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "helpdesk_mentions"
        constraints = (models.UniqueConstraint(fields=("member", "ticket"), name="one_mention_per_member"),)


class ConformityRequest(models.Model):
    """That the customer was asked whether they agree; answered once, by its link or by a reply that is recognised."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey("helpdesk.Ticket", on_delete=models.CASCADE, related_name="conformity_requests")
    communication = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "helpdesk_conformity_requests"
        constraints = (
            models.UniqueConstraint(
                fields=("ticket",),
                name="one_open_conformity_request",
                condition=Q(answered_at__isnull=True, withdrawn_at__isnull=True),
            ),
        )
