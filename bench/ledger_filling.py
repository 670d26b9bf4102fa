"""Fills an installation's ledger quickly with honest content.

Facts are built and written by the product's own `Fact`, chained per subject, checked against the catalogue; rows go in
by COPY; positions, tiles and the signed checkpoint are given by the product's own sequencer.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from uuid6 import uuid7

from acuse.proof.facts.catalogue import check_fact
from acuse.proof.facts.fact import Actor, Fact, ObjectReference, Subject

FACTS_EACH = 4
WORDS = ("Presupuesto", "Factura", "Reparación", "Garantía", "Aviso", "Contrato", "Reclamación", "Recogida")
CHUNK = 5000


@dataclass(frozen=True, kw_only=True)
class Filler:
    """What all communications share."""

    organisation: UUID
    credential: UUID
    began_at: datetime

    def fill(self, connection: "psycopg.Connection[Any]", first: int, count: int) -> None:
        """Add communications `first` to `first + count - 1`, with their facts pending."""
        for start in range(first, first + count, CHUNK):
            numbers = range(start, min(start + CHUNK, first + count))
            made = [self._communication(number) for number in numbers]
            with connection.transaction(), connection.cursor() as cursor:
                for table, columns, rows in _tables(self, made):
                    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)

    def recipient(self, number: int) -> str:
        """Return the recipient of a communication."""
        return f"cliente{number % 5000}@empresa{number % 97}.example"

    def _communication(self, number: int) -> "Made":
        at = self.began_at + timedelta(milliseconds=100 * number)
        sha256 = secrets.token_hex(32)
        row = Made(
            id=uuid7(), submission=uuid7(), number=number, at=at, sha256=sha256, refused=number % 25 == 7,
            recipient=self.recipient(number),
            subject=f"{WORDS[number % len(WORDS)]} {number}",
        )  # fmt: skip
        row.facts.extend(self._facts(row))
        return row

    def _facts(self, row: "Made") -> Iterator[Fact]:
        previous: bytes | None = None
        for sequence, (name, details, objects) in enumerate(_life(row), start=1):
            fact = Fact(
                id=uuid7(), organisation=self.organisation, subject=Subject(kind="communication", id=row.id),
                type=name, occurred_at=row.at, recorded_at=row.at + timedelta(seconds=sequence),
                subject_sequence=sequence, previous=previous, actor=Actor(kind="component", id="dispatcher"),
                details=details, objects=objects, salt=secrets.token_bytes(16),
            )  # fmt: skip
            if row.number < 2:
                check_fact(fact)
            previous = fact.entry()
            yield fact


@dataclass(frozen=True, kw_only=True)
class Made:
    """One communication to be written."""

    id: UUID
    submission: UUID
    number: int
    at: datetime
    sha256: str
    refused: bool
    recipient: str
    subject: str
    facts: list[Fact] = field(default_factory=list)


SENDER = "avisos@talleres-ribera.example"


def _life(row: Made) -> list[tuple[str, dict[str, Any], tuple[ObjectReference, ...]]]:
    message = ObjectReference(role="message", sha256=row.sha256, size=10_240, media_type="message/rfc822")
    accepted = {
        "sender": SENDER, "recipient": row.recipient, "subject": row.subject,
        "message_id": f"<{row.number}@talleres-ribera.example>", "mode": "content", "size": 10_240, "language": "es",
        "credential": "crm", "client": {"ip": "192.0.2.7", "helo": "crm.example", "tls": None}, "received_as": SENDER,
        "notify": [], "envid": None, "recipient_basis": "sender_stated",
    }  # fmt: skip
    copy = {"digest": row.sha256, "prepended": "Received: from crm.example", "message_id": None}
    opened = {"attempt": 1, "channel": "email", "target": row.recipient.partition("@")[2], "copy": copy}
    reply = {"code": 550 if row.refused else 250, "enhanced": None, "text": "250 2.0.0 queued"}
    closed = {
        "attempt": 1, "channel": "email", "host": "mx.empresa.example", "address": "203.0.113.25:25", "stage": "data",
        "reply": reply, "tls": None, "dns": None, "dsn_supported": True, "reason": "The server answered.",
    }  # fmt: skip
    if row.refused:
        closed["failure_class"] = "mailbox_not_found"
    issued = {
        "code": "7KQM-4T2H-9XWD-3PFA", "revision": 1, "level": "B-LTA", "facts_up_to": FACTS_EACH * row.number + 3,
        "supersedes": None, "reason": None,
    }  # fmt: skip
    return [
        ("communication.accepted", accepted, (message,)),
        ("attempt.opened", opened, ()),
        ("attempt.refused" if row.refused else "attempt.relayed", closed, ()),
        ("certificate.issued", issued, ()),
    ]


Table = tuple[str, Sequence[str], Iterator[tuple[Any, ...]]]


def _tables(filler: Filler, made: Sequence[Made]) -> Iterator[Table]:
    """Yield what goes into each table, parents first."""
    owner, kind = filler.organisation, "communication"
    yield (
        "delivery_submissions",
        ("id", "organisation_id", "credential_id", "received_at", "client_ip", "client_helo", "mail_from", "sender",
         "subject", "message_id", "message_sha256", "size", "ret", "envid", "smtputf8", "body_8bit"),
        (
            (row.submission, owner, filler.credential, row.at, "192.0.2.7", "crm.example", SENDER, SENDER, row.subject,
             f"<{row.number}@talleres-ribera.example>", row.sha256, 10_240, "", "", False, False)
            for row in made
        ),
    )  # fmt: skip
    yield (
        "delivery_communications",
        ("id", "organisation_id", "submission_id", "created_at", "recipient", "domain", "sender", "subject", "notify",
         "orcpt", "language", "status", "outcome", "grade", "failure_class", "attempts", "final_at", "delay_notified"),
        (
            (row.id, owner, row.submission, row.at, row.recipient, row.recipient.partition("@")[2], SENDER, row.subject,
             Jsonb([]), "", "es", "failed" if row.refused else "concluded", "refused" if row.refused else "relayed",
             0 if row.refused else 1, "mailbox_not_found" if row.refused else "", 1, row.at, False)
            for row in made
        ),
    )  # fmt: skip
    yield (
        "delivery_deduplication",
        ("key", "communication_id", "expires_at"),
        ((secrets.token_bytes(32), row.id, row.at + timedelta(days=3650)) for row in made),
    )
    yield (
        "evidence_heads",
        ("kind", "subject", "organisation", "sequence", "entry", "retain_until", "legal_hold"),
        (
            (kind, row.id, owner, FACTS_EACH, row.facts[-1].entry(), row.at + timedelta(days=1826), False)
            for row in made
        ),
    )
    yield (
        "evidence_objects",
        ("organisation", "sha256", "size", "media_type", "encoding", "retain_until"),
        ((owner, row.sha256, 10_240, "message/rfc822", "identity", row.at + timedelta(days=1826)) for row in made),
    )
    yield (
        "evidence_facts",
        ("id", "organisation", "kind", "subject", "sequence", "type", "entry", "canonical"),
        (
            (fact.id, owner, kind, row.id, fact.subject_sequence, fact.type, fact.entry(), fact.canonical())
            for row in made
            for fact in row.facts
        ),
    )
    # As in real work, the facts of one communication do not stand beside each other.
    yield (
        "evidence_pending",
        ("organisation", "entry"),
        ((owner, row.facts[number].entry()) for number in range(FACTS_EACH) for row in made),
    )
