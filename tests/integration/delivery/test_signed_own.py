"""E-mails of our own are signed before they are kept, as OpenDKIM says too."""

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from acuse.accounts import services as accounts
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.models import Notice, SigningKey
from acuse.delivery.services.signers import installation_signers
from acuse.delivery.services.signing_keys import activate_signing_key, make_signing_key
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.mail import dkim
from tests.integration.access.conftest import waiting
from tests.integration.making import REFUSED, accept, attempt, credential
from tests.peers.opendkim import judged


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    installation_signers.cache_clear()
    return credential()


def in_use(organisation: UUID | None, domain: str) -> None:
    """A key that signs."""
    made = make_signing_key(organisation=organisation, domain=domain)
    activate_signing_key(organisation=organisation, key=made.id, found=made.record)


def queued(kind: str) -> bytes:
    """The e-mail of ours that waits, as it is in custody."""
    notice = Notice.objects.get(kind=kind)
    return custody.open_object(organisation=notice.organisation_id, sha256=notice.message_sha256)


def opinion(message: bytes, folder: Path) -> str:
    """What OpenDKIM says, every key of ours published."""
    keys = {dkim.record_name(row.selector, row.domain): row.record for row in SigningKey.objects.all()}
    return judged(message, keys, folder)


def test_the_senders_notification_is_signed_with_the_operators_key(value: SmtpCredentialValue, tmp_path: Path) -> None:
    in_use(None, settings.ACUSE.mail_hostname)
    attempt(accept(value), REFUSED)
    notification = queued("failed")
    assert f"d={settings.ACUSE.mail_hostname};".encode() in notification
    assert "dkim=pass" in opinion(notification, tmp_path)
    assert "dkim=pass" not in opinion(notification.replace(b"5.1.1", b"5.1.2"), tmp_path)


def test_a_code_is_signed_with_the_key_of_the_organisation_whose_domain_writes_it(
    value: SmtpCredentialValue, tmp_path: Path
) -> None:
    domain = settings.ACUSE.verp_domain
    accounts.add_sender_identity(organisation=value.organisation, pattern=f"@{domain}")
    in_use(value.organisation, domain)
    waiting(value, b"Acuse-Access: otp\r\n").post("open")
    code = queued("code")
    assert f"d={domain};".encode() in code
    assert "dkim=pass" in opinion(code, tmp_path)


def test_without_a_key_nothing_is_signed(value: SmtpCredentialValue) -> None:
    attempt(accept(value), REFUSED)
    assert b"DKIM-Signature" not in queued("failed")
