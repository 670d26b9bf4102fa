"""The register's rows. They are the working state; the evidence is the ledger, which names no address in clear."""

import secrets

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Trim
from uuid6 import uuid7

from acuse.contacts.rules import IDENTIFYING
from acuse.evidence.fulltext import FoldedWords, SearchWords

LISTED = Q(merged_into__isnull=True, erased_at__isnull=True)


def new_salt() -> bytes:
    """Return 16 random bytes."""
    return secrets.token_bytes(16)


class Contact(models.Model):
    """A customer: a person or a company.

    One that was merged says so in `merged_into` and keeps everything else, so that undoing is exact: tickets and
    addresses stay whose they were, and whoever asks for a contact asks for its whole family. `address_words` repeats
    its living addresses for the search, and `sorted_as` is its name as lists are sorted.
    """

    class Kind(models.TextChoices):
        """What it is."""

        PERSON = "person"
        COMPANY = "company"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(max_length=200, blank=True)
    tax_id = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=5, blank=True)
    company = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="people")
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    merged_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    address_words = models.TextField(blank=True)
    salt = models.BinaryField(max_length=16, default=new_salt)
    search = models.GeneratedField(
        expression=SearchWords(FoldedWords("name", "tax_id", "address_words"), "address_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    sorted_as = models.GeneratedField(
        expression=Lower(Trim(FoldedWords("name"))),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    class Meta:
        db_table = "contacts_contacts"
        indexes = (
            GinIndex(fields=("search",), name="contacts_search"),
            models.Index(fields=("organisation", "sorted_as", "id"), name="contacts_by_name", condition=LISTED),
            models.Index(fields=("organisation", "-created_at", "-id"), name="contacts_by_time", condition=LISTED),
            # Few are merged: a search looks at them first, to find by their words whom they were merged into.
            GinIndex(fields=("search",), name="contacts_search_merged", condition=Q(merged_into__isnull=False)),
        )


class Address(models.Model):
    """How a contact is reached: as somebody gave it, as it is compared, and why it is taken for theirs.

    `known_since`: since when it is known by `basis`. One that was removed is kept, and is nobody's any more. `salt`
    opens the digest by which facts name it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Checked when the transaction ends: `find_or_make` enters the address first.
    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="addresses")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    channel = models.CharField(max_length=8)
    value = models.CharField(max_length=320)
    key = models.TextField()
    basis = models.CharField(max_length=16)
    known_since = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    salt = models.BinaryField(max_length=16, default=new_salt)

    class Meta:
        db_table = "contacts_addresses"
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "channel", "key"),
                name="one_contact_per_address",
                condition=Q(removed_at__isnull=True, channel__in=IDENTIFYING),
            ),
        )


class OneTimeCode(models.Model):
    """A code by e-mail that somebody asked for, to show that an address is theirs.

    Whoever asks only leaves this row: the code is made, and `sent_at` set, by a worker, which sends none where nobody
    is known there. So asking takes as long and answers the same for every address. `mac` is the keyed digest of the
    code, empty before and after it serves; `tries` counts the wrong ones. What was proved holds until it is `ended_at`.
    """

    class Purpose(models.TextChoices):
        """What it opens."""

        MAILBOX = "mailbox"
        FORM = "form"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    value = models.CharField(max_length=320)
    key = models.TextField()
    language = models.CharField(max_length=5)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    mac = models.CharField(max_length=64, blank=True, default="")
    until = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "contacts_codes"
        indexes = (
            models.Index(fields=("organisation", "key", "asked_at"), name="codes_by_address"),
            models.Index(fields=("asked_at",), name="codes_to_send", condition=Q(sent_at__isnull=True)),
        )
