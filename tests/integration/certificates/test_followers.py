"""A certificate goes to its sender by e-mail, once, where the organisation wants it."""

from email import message_from_bytes
from email.policy import default

import pytest

from acuse.accounts.models import Organisation
from acuse.delivery import followers
from acuse.delivery.followers import follow_certificates
from acuse.delivery.models import Notice
from acuse.evidence import custody
from tests.integration.certificates.conftest import Notary
from tests.integration.certificates.test_issue import certified


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
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(followers, "owe_certificate", crash)
        with pytest.raises(ZeroDivisionError):
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
