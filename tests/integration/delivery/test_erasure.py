"""Erasing a communication after its retention."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections, transaction

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.values import SmtpCredentialValue
from acuse.config.database import conninfo
from acuse.delivery.envelope import Client, Envelope, Recipient
from acuse.delivery.models import Communication, Submission
from acuse.delivery.services import accept_message, erase_communication
from acuse.embedded.roles import Addresses
from acuse.errors import ConflictError
from acuse.evidence import custody, retention
from acuse.evidence.fsck import examine
from acuse.evidence.models import Fact, Head, StoredObject
from acuse.evidence.sequencer import Sequencer
from acuse.proof.checkpoint import SigningKey

RAW = b"From: a@empresa.example\r\nSubject: x\r\nMessage-ID: <1@empresa.example>\r\n\r\nTexto.\r\n"


def accepted() -> tuple[object, Communication]:
    """Accept one message for one recipient."""
    organisation = accounts.create_organisation(name="Empresa", slug=f"e{uuid4().hex[:8]}")
    credential, _ = accounts.create_credential(organisation=organisation.id, name="crm")
    client = Client(ip="192.0.2.1", helo="crm", tls_version=None, tls_cipher=None)
    envelope = Envelope(
        mail_from="a@empresa.example",
        recipients=(Recipient(address="b@acepta.example"),),
        ret=None,
        envid=None,
        smtputf8=False,
        body_8bit=False,
        client=client,
    )
    value = SmtpCredentialValue(id=credential.id, organisation=organisation.id, name="crm")
    (one,) = accept_message(credential=value, envelope=envelope, raw=RAW)
    return organisation.id, Communication.objects.get(id=one.id)


def end_retention(communication: Communication) -> None:
    """Let the term end, as years would: only the database's owner, with its triggers off, can."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE evidence_heads DISABLE TRIGGER heads_retention")
        past = clock.now() - timedelta(days=1)
        cursor.execute("UPDATE evidence_heads SET retain_until = %s WHERE subject = %s", (past, communication.id))
        cursor.execute("ALTER TABLE evidence_heads ENABLE TRIGGER heads_retention")
    StoredObject.objects.update(retain_until=past)


def test_nothing_is_erased_before_its_term(database: Addresses) -> None:
    organisation, communication = accepted()
    with pytest.raises(ConflictError):
        erase_communication(organisation=organisation, communication=communication.id, reason="x", citations={})  # type: ignore[arg-type]
    assert Communication.objects.filter(id=communication.id).exists()


def test_erasure_takes_facts_objects_and_rows_and_leaves_a_ledger_that_holds(database: Addresses) -> None:
    organisation, communication = accepted()
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    sequencer.tick()
    end_retention(communication)
    assert [item.subject for item in retention.due()] == [communication.id]
    sha256 = Submission.objects.get().message_sha256
    citations = retention.citations_of(retention.due())
    erased = erase_communication(
        organisation=organisation,  # type: ignore[arg-type]
        communication=communication.id,
        reason="term",
        citations=citations,
    )
    assert erased == 1
    assert not Fact.objects.filter(subject=communication.id).exists()
    assert not Communication.objects.exists()
    assert not Submission.objects.exists()
    assert retention.due() == []
    with pytest.raises(custody.MissingObject):
        custody.open_object(organisation=organisation, sha256=sha256)  # type: ignore[arg-type]
    sequencer.tick()
    sequencer.resign()
    examined, findings = examine(tsa_roots=(), progress=lambda _: None)
    assert [finding for finding in findings if finding.damage] == []
    assert examined.entries == examined.facts + 1


def test_a_fact_that_is_gone_without_erasure_is_damage(database: Addresses) -> None:
    _, communication = accepted()
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    sequencer.tick()
    sequencer.resign()
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE evidence_facts DISABLE TRIGGER facts_no_delete")
        cursor.execute("DELETE FROM evidence_facts WHERE subject = %s", (communication.id,))
        cursor.execute("ALTER TABLE evidence_facts ENABLE TRIGGER facts_no_delete")
    _, findings = examine(tsa_roots=(), progress=lambda _: None)
    assert any("no `content.erased`" in finding.what for finding in findings)


def test_a_hold_keeps_it_and_the_application_cannot_shorten_a_term(database: Addresses) -> None:
    organisation, communication = accepted()
    end_retention(communication)
    retention.hold(kind="communication", subject=communication.id, held=True)
    assert retention.due() == []
    with pytest.raises(ConflictError):
        erase_communication(organisation=organisation, communication=communication.id, reason="x", citations={})  # type: ignore[arg-type]
    retention.hold(kind="communication", subject=communication.id, held=False)
    until = clock.now() + timedelta(days=400)
    retention.extend(kind="communication", subject=communication.id, until=until)
    assert retention.due() == []
    with pytest.raises(Exception, match="only extended"), transaction.atomic():
        Head.objects.filter(subject=communication.id).update(retain_until=clock.now())
