"""The fact: one immutable thing that happened (evidence.md section 2)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from acuse.clock import from_rfc3339, to_rfc3339
from acuse.errors import InputError
from acuse.proof.canonical import MAX_INTEGER, canonicalise, parse
from acuse.proof.merkle import leaf_hash

VERSION = 1
MAX_FACT = 1 << 18
MAX_OBJECTS = 64
_MEMBERS = frozenset(
    {
        "v",
        "id",
        "organisation",
        "subject",
        "type",
        "occurred_at",
        "recorded_at",
        "subject_sequence",
        "previous",
        "actor",
        "details",
        "objects",
        "salt",
    }
)
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}", re.ASCII)
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_ROLE = re.compile(r"[a-z][a-z0-9-]{0,39}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a fact is about: a kind such as `communication`, and its UUID."""

    kind: str
    id: UUID


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who did it: a kind (`member`, `smtp_credential`, `recipient`, `component`, ...) and an id or name."""

    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class ObjectReference:
    """A custody object that a fact cites.

    Attributes:
        role: what it is to this fact, such as `message` or `smtp-dialogue`.
        sha256: 64 lower-case hex digits.
        size: bytes.
        media_type: lower-case `type/subtype` without parameters.
    """

    role: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact. Its canonical bytes are what is stored, hashed and proved.

    Attributes:
        id: UUIDv7.
        organisation: UUID of the organisation.
        subject: what it is about.
        type: dotted, past tense.
        occurred_at: when it happened in the world, aware.
        recorded_at: when it was recorded, aware.
        subject_sequence: position within its subject, from 1 without gaps.
        previous: entry (32 bytes) of the subject's previous fact, None for the first.
        actor: who did it.
        details: JSON members, by the schema of the type.
        objects: custody objects cited.
        salt: 16 random bytes.
    """

    id: UUID
    organisation: UUID
    subject: Subject
    type: str
    occurred_at: datetime
    recorded_at: datetime
    subject_sequence: int
    previous: bytes | None
    actor: Actor
    details: Mapping[str, Any]
    objects: tuple[ObjectReference, ...]
    salt: bytes

    def members(self) -> dict[str, Any]:
        """Return the JSON members of section 2, before canonicalisation."""
        return {
            "v": VERSION,
            "id": str(self.id),
            "organisation": str(self.organisation),
            "subject": {"kind": self.subject.kind, "id": str(self.subject.id)},
            "type": self.type,
            "occurred_at": to_rfc3339(self.occurred_at),
            "recorded_at": to_rfc3339(self.recorded_at),
            "subject_sequence": self.subject_sequence,
            "previous": None if self.previous is None else self.previous.hex(),
            "actor": {"kind": self.actor.kind, "id": self.actor.id},
            "details": dict(self.details),
            "objects": [
                {"role": o.role, "sha256": o.sha256, "size": o.size, "media_type": o.media_type} for o in self.objects
            ],
            "salt": _written_salt(self.salt),
        }

    def canonical(self) -> bytes:
        """Return the RFC 8785 bytes.

        Raises:
            InputError: a member breaks a rule of section 2, or the fact is over MAX_FACT bytes.
        """
        _check(self)
        # What the outside world chose comes first in the order of RFC 8785. After `_check` the rest needs no escapes,
        # and writing it down takes a third of the time of sorting it.
        chosen = canonicalise({"actor": {"id": self.actor.id, "kind": self.actor.kind}, "details": dict(self.details)})
        raw = chosen[:-1] + _rest(self).encode("ascii")
        if len(raw) > MAX_FACT:
            raise InputError(
                "A fact has at most %(limit)s bytes; put longer content in custody and cite it.", limit=MAX_FACT
            )
        return raw

    def entry(self) -> bytes:
        """Return the 32 bytes that enter the ledger: SHA-256 of the canonical bytes."""
        return hashlib.sha256(self.canonical()).digest()

    def leaf(self) -> bytes:
        """Return the Merkle leaf hash of the entry."""
        return leaf_hash(self.entry())

    @classmethod
    def parse(cls, raw: bytes) -> "Fact":
        """Read canonical bytes back, refusing every other form.

        Raises:
            InputError: not canonical, of another version, or a member is missing, unknown or wrong.
        """
        return cls.from_members(parse(raw, limit=MAX_FACT))

    @classmethod
    def from_members(cls, members: Any) -> "Fact":
        """Build a fact from parsed JSON members, checking each.

        Raises:
            InputError: a member is missing, unknown or wrong.
        """
        _members(members, _MEMBERS, "fact")
        if members["v"] != VERSION or members["v"] is True:
            raise InputError(
                "This fact is of format version %(version)r; this program knows version %(version_2)s.",
                version=members["v"],
                version_2=VERSION,
            )
        subject, actor = members["subject"], members["actor"]
        _members(subject, {"kind", "id"}, "subject")
        _members(actor, {"kind", "id"}, "actor")
        if not isinstance(members["objects"], list) or not isinstance(members["details"], dict):
            raise InputError("The objects of a fact are a list and its details are named members.")
        fact = cls(
            id=_uuid(members["id"]),
            organisation=_uuid(members["organisation"]),
            subject=Subject(kind=_text(subject["kind"]), id=_uuid(subject["id"])),
            type=_text(members["type"]),
            occurred_at=from_rfc3339(_text(members["occurred_at"])),
            recorded_at=from_rfc3339(_text(members["recorded_at"])),
            subject_sequence=members["subject_sequence"],
            previous=None if members["previous"] is None else _digest(members["previous"]),
            actor=Actor(kind=_text(actor["kind"]), id=_text(actor["id"])),
            details=members["details"],
            objects=tuple(_object(member) for member in members["objects"]),
            salt=_salt(_text(members["salt"])),
        )
        _check(fact)
        return fact


def _rest(fact: Fact) -> str:
    """Return the canonical form of a checked fact from behind its details on."""
    objects = ",".join(
        [
            f'{{"media_type":"{o.media_type}","role":"{o.role}","sha256":"{o.sha256}","size":{o.size}}}'
            for o in fact.objects
        ]
    )
    previous = "null" if fact.previous is None else f'"{fact.previous.hex()}"'
    recorded_at = to_rfc3339(fact.recorded_at)
    occurred_at = recorded_at if fact.occurred_at is fact.recorded_at else to_rfc3339(fact.occurred_at)
    return (
        f',"id":"{fact.id}","objects":[{objects}],"occurred_at":"{occurred_at}",'
        f'"organisation":"{fact.organisation}","previous":{previous},"recorded_at":"{recorded_at}",'
        f'"salt":"{_written_salt(fact.salt)}","subject":{{"id":"{fact.subject.id}","kind":"{fact.subject.kind}"}},'
        f'"subject_sequence":{fact.subject_sequence},"type":"{fact.type}","v":{VERSION}}}'
    )


def _check(fact: Fact) -> None:
    if fact.id.version != 7:
        raise InputError("The id of a fact is a UUID of version 7.")
    if not _TYPE.fullmatch(fact.type) or not _KIND.fullmatch(fact.subject.kind):
        raise InputError("Not a type of fact about a kind of subject: %(type)r.", type=fact.type[:80])
    if not _KIND.fullmatch(fact.actor.kind) or not 1 <= len(fact.actor.id) <= 320:
        raise InputError("The actor of a fact has a kind and an id of 1 to 320 characters.")
    if not _natural(fact.subject_sequence) or fact.subject_sequence < 1:
        raise InputError("The sequence of a fact within its subject is an integer from 1.")
    if (fact.previous is None) != (fact.subject_sequence == 1):
        raise InputError("The first fact of a subject has no previous one; every other has.")
    if len(fact.salt) != 16 or (fact.previous is not None and len(fact.previous) != 32):
        raise InputError("The salt of a fact has 16 bytes and the previous entry 32.")
    if len(fact.objects) > MAX_OBJECTS:
        raise InputError("A fact cites at most %(limit)s objects.", limit=MAX_OBJECTS)
    for reference in fact.objects:
        _check_object(reference)


def _check_object(reference: ObjectReference) -> None:
    if not _ROLE.fullmatch(reference.role) or not _SHA256.fullmatch(reference.sha256):
        raise InputError("An object of a fact has a role and a SHA-256 in lower-case hex.")
    if not _natural(reference.size) or not _MEDIA_TYPE.fullmatch(reference.media_type):
        raise InputError("An object of a fact has a size in bytes and a lower-case media type without parameters.")


def _natural(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER


def _members(value: Any, expected: frozenset[str] | set[str], what: str) -> None:
    if not isinstance(value, dict) or value.keys() != expected:
        raise InputError(
            "The %(what)s does not have exactly these members: %(names)s.", what=what, names=", ".join(sorted(expected))
        )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InputError("A member of the fact should be text.")
    return value


def _uuid(value: Any) -> UUID:
    text = _text(value)
    try:
        parsed = UUID(text)
    except ValueError as error:
        raise InputError("Not a UUID: %(text)r.", text=text[:40]) from error
    if str(parsed) != text:
        raise InputError("Not a UUID in lower case with hyphens: %(text)r.", text=text[:40])
    return parsed


def _digest(value: Any) -> bytes:
    text = _text(value)
    if not _SHA256.fullmatch(text):
        raise InputError("A digest is 64 lower-case hex digits.")
    return bytes.fromhex(text)


def _written_salt(salt: bytes) -> str:
    return base64.urlsafe_b64encode(salt).decode("ascii").rstrip("=")


def _salt(text: str) -> bytes:
    try:
        decoded = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("The salt is not base64url.") from error
    if _written_salt(decoded) != text:
        raise InputError("The salt is not base64url in its canonical spelling.")
    return decoded


def _object(value: Any) -> ObjectReference:
    _members(value, {"role", "sha256", "size", "media_type"}, "object")
    return ObjectReference(
        role=_text(value["role"]),
        sha256=_text(value["sha256"]),
        size=value["size"],
        media_type=_text(value["media_type"]),
    )
