"""Tables of the ledger and of custody.

Organisations and subjects are plain UUIDs: nothing outside can cascade into evidence. `facts` and `entries` and
`anchors` are append-only; triggers of the first migration refuse UPDATE, DELETE and TRUNCATE, and the application role
owns none of the tables. The database is not trusted (evidence.md section 10): `fsck` recomputes everything here.
"""

import uuid

from django.db import models


class Head(models.Model):
    """The last fact of one subject; its row lock serialises the writers of that subject."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32)
    subject = models.UUIDField()
    organisation = models.UUIDField()
    sequence = models.BigIntegerField()
    entry = models.BinaryField(null=True)
    retain_until = models.DateTimeField()
    legal_hold = models.BooleanField(default=False)

    class Meta:
        db_table = "evidence_heads"
        constraints = (models.UniqueConstraint(fields=("kind", "subject"), name="one_head_per_subject"),)


class Fact(models.Model):
    """The canonical bytes of one fact; the other columns repeat what is inside them, for finding it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.UUIDField()
    kind = models.CharField(max_length=32)
    subject = models.UUIDField()
    sequence = models.BigIntegerField()
    type = models.CharField(max_length=64)
    entry = models.BinaryField()
    canonical = models.BinaryField()

    class Meta:
        db_table = "evidence_facts"
        constraints = (
            models.UniqueConstraint(fields=("kind", "subject", "sequence"), name="one_fact_per_sequence"),
            models.UniqueConstraint(fields=("entry",), name="one_fact_per_entry"),
        )


class Pending(models.Model):
    """A recorded fact that the sequencer has not integrated yet; deleted in the transaction that integrates it."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.UUIDField()
    entry = models.BinaryField()

    class Meta:
        db_table = "evidence_pending"


class Entry(models.Model):
    """One leaf of the ledger. Permanent: it survives the erasure of its fact and holds no personal data."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.BinaryField()
    organisation = models.UUIDField()
    organisation_sequence = models.BigIntegerField()

    class Meta:
        db_table = "evidence_entries"
        constraints = (
            models.UniqueConstraint(fields=("entry",), name="one_position_per_entry"),
            models.UniqueConstraint(
                fields=("organisation", "organisation_sequence"), name="gapless_organisation_sequence"
            ),
        )


class OrganisationSequence(models.Model):
    """The last sequence given to an entry of an organisation; written by the sequencer only."""

    organisation = models.UUIDField(primary_key=True)
    last = models.BigIntegerField()

    class Meta:
        db_table = "evidence_organisation_sequences"


class Tile(models.Model):
    """A C2SP tlog-tiles hash tile: up to 256 hashes of tree level 8 x `level`; a partial tile only ever grows."""

    id = models.BigAutoField(primary_key=True)
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "evidence_tiles"
        constraints = (models.UniqueConstraint(fields=("level", "index"), name="one_tile_per_place"),)


class TreeHead(models.Model):
    """The published checkpoint: one row, locked by every tick; its size never falls."""

    id = models.SmallIntegerField(primary_key=True)
    origin = models.CharField(max_length=200)
    verifier_key = models.CharField(max_length=300)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "evidence_tree_head"


class Anchor(models.Model):
    """A checkpoint with its RFC 3161 token: permanent, and also kept in custody."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    token = models.BinaryField()
    chain = models.JSONField(default=list)
    crls = models.JSONField(default=list)
    service = models.CharField(max_length=200)
    generated_at = models.DateTimeField()
    development = models.BooleanField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "evidence_anchors"
        indexes = (models.Index(fields=("generated_at",), name="anchors_by_time"),)


class Binding(models.Model):
    """A CMS signature of the seal over the log's verifier key (evidence.md section 4)."""

    id = models.BigAutoField(primary_key=True)
    verifier_key = models.CharField(max_length=300)
    seal_sha256 = models.CharField(max_length=64)
    cms = models.BinaryField()
    crls = models.JSONField(default=list)
    bound_at = models.DateTimeField()

    class Meta:
        db_table = "evidence_bindings"


class StoredObject(models.Model):
    """What is known of an object in custody; its bytes lie under (organisation, SHA-256)."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=127)
    encoding = models.CharField(max_length=16, default="identity")
    retain_until = models.DateTimeField()

    class Meta:
        db_table = "evidence_objects"
        constraints = (models.UniqueConstraint(fields=("organisation", "sha256"), name="one_object_per_digest"),)


class Cursor(models.Model):
    """How far a follower has read the ledger."""

    follower = models.CharField(primary_key=True, max_length=64)
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "evidence_cursors"


class Alarm(models.Model):
    """A condition that somebody must look at; cleared when it is over."""

    name = models.CharField(primary_key=True, max_length=64)
    message = models.TextField()
    told = models.JSONField(null=True)
    since = models.DateTimeField()

    class Meta:
        db_table = "evidence_alarms"


class LastExamination(models.Model):
    """What the last full `fsck` found: one row, for the console."""

    id = models.SmallIntegerField(primary_key=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    entries = models.BigIntegerField()
    objects_read = models.BigIntegerField()
    damaged = models.BooleanField()

    class Meta:
        db_table = "evidence_last_examination"
