"""A certificate goes to its sender by e-mail, once, where the organisation wants it."""

from email import message_from_bytes, message_from_string
from email.policy import default
from pathlib import Path

import pytest
from django.conf import settings

from acuse.accounts.models import Organisation
from acuse.accounts.queries import organisation_view
from acuse.delivery.followers import certificates, follow_certificates
from acuse.delivery.models import Notice, Submission
from acuse.delivery.services.signers import installation_signers
from acuse.delivery.services.signing_keys import activate_signing_key, make_signing_key
from acuse.errors import TemporaryError
from acuse.evidence import custody
from acuse.evidence.models import Alarm
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_issue import certified
from tests.integration.making import facts, message
from tests.peers.opendkim import judged


def drain() -> None:
    while follow_certificates():
        pass


def test_who_did_not_ask_gets_no_mail(notary: Notary) -> None:
    certified(notary)
    notary.publish()
    drain()
    assert not Notice.objects.exists()


def test_the_mail_carries_the_sealed_document_and_goes_once(notary: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    Organisation.objects.update(certificate_by_email=True)
    row = certified(notary)
    notary.publish()

    def crash(**_: object) -> None:
        raise TemporaryError("Custody cannot keep an object.")

    with monkeypatch.context() as patch:
        patch.setattr(certificates, "owe_certificate", crash)
        with pytest.raises(TemporaryError):
            follow_certificates()
    assert not Notice.objects.exists()
    drain()
    drain()
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient) == ("certificate", "avisos@ribera.example")
    raw = custody.open_object(organisation=row.organisation_id, sha256=notice.message_sha256)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    mail = message_from_bytes(raw, policy=default)
    assert mail["To"] == "avisos@ribera.example"
    assert row.code in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"{row.code}.pdf"
    assert attached.get_content() == notary.pdf(row)


def mails() -> dict[str, bytes]:
    return {
        notice.recipient: custody.open_object(organisation=notice.organisation_id, sha256=notice.message_sha256)
        for notice in Notice.objects.all()
    }


@pytest.mark.parametrize("odd", ["=?utf-8?q?a=0D=0AX?=@ribera.example", "a\r\nBcc: b@ribera.example"])
def test_one_mail_that_cannot_be_composed_keeps_no_other_back(notary: Notary, odd: str) -> None:
    Organisation.objects.update(certificate_by_email=True)
    first = certified(notary)
    Submission.objects.update(mail_from=odd)
    certified(notary, message(subject="Otra", message_id="dos"))
    notary.publish()
    drain()
    assert [notice.recipient for notice in Notice.objects.all()] == ["avisos@ribera.example"]
    said = Alarm.objects.get(name=certificates.ALARM).message
    assert first.code not in said
    assert "ribera" not in said


def test_the_addresses_of_the_mail_are_whole(notary: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    row = certified(notary)
    fact = facts(notary.value.organisation, row.subject)[-1]
    certifier = 'Operadora Ejemplo, S. A. "Ñ"'
    monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"certifier": certifier}))
    organisation = organisation_view(row.organisation_id)
    for to in ("josé@ribera.example", "a@correo.ñandú.example", '"a b"@ribera.example', "a.b@ribera.example"):
        raw = certificates.compose(fact, to, "Prueba", "ana@cliente.example", organisation)
        (sender,) = message_from_string(raw.decode(), policy=default)["From"].addresses
        assert (sender.display_name, sender.username) == (certifier, "postmaster")
        assert f"\r\nTo: {to}\r\n".encode() in raw


def test_the_mail_is_signed_with_the_operators_key(notary: Notary, tmp_path: Path) -> None:
    installation_signers.cache_clear()
    host = settings.ACUSE.mail_hostname
    key = make_signing_key(organisation=None, domain=host)
    activate_signing_key(organisation=None, key=key.id, found=key.record)
    Organisation.objects.update(certificate_by_email=True)
    row = certified(notary)
    notary.publish()
    drain()
    raw = custody.open_object(organisation=row.organisation_id, sha256=Notice.objects.get().message_sha256)
    assert "dkim=pass" in judged(raw, {key.name: key.record}, tmp_path)
