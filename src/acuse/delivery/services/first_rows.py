"""The rows and the first facts of accepted messages, for all that one transaction accepts."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from acuse import clock
from acuse.delivery import rules
from acuse.delivery.envelope import Client, Recipient
from acuse.delivery.models import Communication
from acuse.delivery.selection import Handling
from acuse.delivery.services.attempts import foreign
from acuse.delivery.services.keeping import KeptMessage
from acuse.evidence.ledger import YEAR, FactDraft
from acuse.evidence.statements import execute, texts, words
from acuse.proof.facts.fact import Actor
from acuse.texts import storable

_SUBJECT_LIMIT = 300


class Fresh(NamedTuple):
    """A message for one recipient that becomes a communication."""

    message: KeptMessage
    recipient: Recipient
    handling: Handling

    @property
    def term_until(self) -> datetime | None:
        """When the term ends within which the content waits; None where it does not wait."""
        return self.message.received_at + self.handling.term if self.handling.mode == "notice" else None


_INSERT = """
WITH submitted AS (
    INSERT INTO delivery_submissions (id, organisation_id, credential_id, received_at, client_ip, client_helo,
        mail_from, sender, subject, message_id, message_sha256, size, ret, envid, smtputf8, body_8bit)
    SELECT * FROM unnest(%(submissions)s::uuid[], %(organisations)s::uuid[], %(credentials)s::uuid[],
        %(received)s::timestamptz[], %(client_ips)s::text[], %(client_helos)s::text[], %(mail_froms)s::text[],
        %(senders)s::text[], %(subjects)s::text[], %(message_ids)s::text[], %(digests)s::text[], %(sizes)s::bigint[],
        %(rets)s::text[], %(envids)s::text[], %(smtputf8s)s::bool[], %(body_8bits)s::bool[])
    RETURNING id, organisation_id, received_at, sender, subject
), communicated AS (
    INSERT INTO delivery_communications (id, organisation_id, submission_id, created_at, recipient, domain, sender,
        subject, notify, orcpt, certified, language, mode, access, reference, expires_at, tracking, footer, status,
        outcome, grade, failure_class, attempts, next_attempt_at, delay_notified)
    SELECT new.id, organisation_id, submitted.id, received_at, recipient, domain, sender, subject, notify::jsonb, orcpt,
        certified, language, mode, access, reference, expires_at, tracking, footer, %(status)s,
        'pending', 0, '', 0, received_at, false
    FROM submitted JOIN unnest(%(ids)s::uuid[], %(submitted)s::uuid[], %(recipients)s::text[], %(domains)s::text[],
        %(notifies)s::text[], %(orcpts)s::text[], %(certified)s::bool[], %(languages)s::text[], %(modes)s::text[],
        %(accesses)s::text[], %(references)s::text[], %(terms)s::timestamptz[], %(tracking)s::bool[],
        %(footers)s::bool[])
        AS new (id, submission, recipient, domain, notify, orcpt, certified, language, mode, access, reference,
            expires_at, tracking, footer)
        ON new.submission = submitted.id
    RETURNING id, domain, created_at
)
INSERT INTO delivery_dispatches (communication_id, domain, due_at) SELECT id, domain, created_at FROM communicated
"""


def insert(fresh: Sequence[Fresh]) -> None:
    """Insert submissions, their communications and the work that they are: one statement."""
    messages = list({new.message.submission: new.message for new in fresh}.values())
    execute(_INSERT, {**_submission_rows(messages), **_communication_rows(fresh)})


def _submission_rows(messages: Sequence[KeptMessage]) -> dict[str, Any]:
    return {
        "submissions": words(one.submission for one in messages),
        "organisations": words(one.credential.organisation for one in messages),
        "credentials": words(one.credential.id for one in messages),
        "received": words(one.received_at.isoformat() for one in messages),
        "client_ips": texts(one.envelope.client.ip for one in messages),
        "client_helos": texts(storable(one.envelope.client.helo)[:512] for one in messages),
        "mail_froms": texts(one.envelope.mail_from for one in messages),
        "senders": texts(one.summary.sender for one in messages),
        "subjects": texts(one.summary.subject[:_SUBJECT_LIMIT] for one in messages),
        "message_ids": texts(one.summary.message_id for one in messages),
        "digests": words(one.message.sha256 for one in messages),
        "sizes": words(one.message.size for one in messages),
        "rets": texts(one.envelope.ret or "" for one in messages),
        "envids": texts(one.envelope.envid or "" for one in messages),
        "smtputf8s": _flags(one.envelope.smtputf8 for one in messages),
        "body_8bits": _flags(one.envelope.body_8bit for one in messages),
    }


def _communication_rows(fresh: Sequence[Fresh]) -> dict[str, Any]:
    return {
        "status": Communication.Status.IN_PROGRESS.value,
        "ids": words(new.message.communications[new.recipient.address] for new in fresh),
        "submitted": words(new.message.submission for new in fresh),
        "recipients": texts(new.recipient.address for new in fresh),
        "domains": texts(rules.domain_of(new.recipient.address) for new in fresh),
        "notifies": texts(json.dumps(new.recipient.notify) for new in fresh),
        "orcpts": texts(new.recipient.orcpt or "" for new in fresh),
        "certified": _flags(new.handling.certified for new in fresh),
        "languages": words(new.handling.language for new in fresh),
        "modes": words(new.handling.mode for new in fresh),
        "accesses": texts(new.handling.access for new in fresh),
        "references": texts(new.handling.reference for new in fresh),
        "terms": words(until.isoformat() if (until := new.term_until) else "NULL" for new in fresh),
        "tracking": _flags(new.handling.tracking == "on" for new in fresh),
        "footers": _flags(new.handling.footer for new in fresh),
    }


def _flags(values: Iterable[bool]) -> str:
    return words("t" if value else "f" for value in values)


def accepted(new: Fresh) -> FactDraft:
    """Return the first fact of a communication."""
    message, recipient = new.message, new.recipient
    summary, credential, envelope = message.summary, message.credential, message.envelope
    years = new.handling.retention_years
    return FactDraft(
        organisation=credential.organisation,
        subject_kind="communication",
        subject_id=message.communications[recipient.address],
        type="communication.accepted",
        actor=Actor(kind="smtp_credential", id=str(credential.id)),
        details={
            "sender": summary.sender,
            "recipient": recipient.address,
            "subject": summary.subject,
            "message_id": summary.message_id or None,
            "mode": new.handling.mode,
            "size": message.message.size,
            "language": new.handling.language,
            "credential": credential.name,
            "client": _client(envelope.client),
            "received_as": envelope.mail_from,
            "notify": list(recipient.notify),
            "envid": envelope.envid,
            "recipient_basis": "sender_stated",
            **_chosen(new),
        },
        objects=(message.message,),
        occurred_at=message.received_at,
        retain_until=message.received_at + years * YEAR if years else None,
    )


def _chosen(new: Fresh) -> dict[str, Any]:
    """Return the members of the fact that are there only where somebody chose them."""
    until, handling = new.term_until, new.handling
    members = {
        "access": handling.access,
        "reference": handling.reference,
        "term_until": clock.to_rfc3339(until) if until else "",
        "retention_years": handling.retention_years,
        "rule": str(handling.rule or ""),
        "tracking": handling.tracking,
        "footer": handling.footer,
    }
    chosen = {name: value for name, value in members.items() if value}
    return chosen if handling.certified else {**chosen, "certified": False}


def _client(client: Client) -> dict[str, Any]:
    tls = {"version": client.tls_version, "cipher": client.tls_cipher or ""} if client.tls_version else None
    # The connector reads octets that are not UTF-8 as lone surrogates, so that none is lost.
    return {"ip": client.ip, "helo": foreign(client.helo.encode("utf-8", "surrogateescape")), "tls": tls}
