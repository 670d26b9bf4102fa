"""Copies to which something is added: kept, cited, signed after it, and the same at every try."""

import json
from uuid import UUID

import pytest
from django.conf import settings

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.endpoints import EmailEndpoint
from acuse.delivery.models import TrackingWithdrawal
from acuse.delivery.services import open_attempt
from acuse.delivery.services.attempts import OpenedAttempt
from acuse.delivery.services.work import load_work
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.mail.tokens import RECEIPT, TRACK, encode_token
from acuse.proof.facts.fact import Fact
from tests.integration.delivery.test_signing import checked, in_use
from tests.integration.making import DEFERRED, accept, close_one, credential, facts, lease, message

PAGE = (
    b"From: avisos@ribera.example\r\nTo: ana@cliente.example\r\nSubject: Aviso\r\nMessage-ID: <h@ribera.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<p>Hola</p><a href="https://ribera.example/pago">Pago</a><a href="mailto:a@ribera.example">a</a>\r\n'
)
BOTH = b"Acuse-Footer: on\r\nAcuse-Tracking: on\r\n"


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    made = credential()
    accounts.add_sender_identity(organisation=made.organisation, pattern="@ribera.example")
    return made


def opened(one: UUID) -> tuple[bytes, OpenedAttempt]:
    """Compose a copy and open the attempt that sends it, as a worker does."""
    work = load_work(one)
    content, copy = EmailEndpoint(per_domain=1).compose(work)
    return content, open_attempt(work=work, lease=lease(one), target="cliente.example", copy=copy)


def told(value: SmtpCredentialValue, one: UUID) -> list[Fact]:
    return [fact for fact in facts(value.organisation, one) if fact.type == "attempt.opened"]


def links(one: UUID) -> tuple[str, str]:
    base, key = settings.ACUSE.public_url.rstrip("/"), settings.ACUSE_KEYS.address
    receipt, tracker = (encode_token(key=key, purpose=word, identifier=one) for word in (RECEIPT, TRACK))
    return f"{base}/r/{receipt}/", f"{base}/t/{tracker}/"


def test_the_copy_has_what_was_asked_for_and_is_kept_and_cited(value: SmtpCredentialValue) -> None:
    one = accept(value, BOTH + PAGE)
    content, _ = opened(one)
    receipt, tracker = links(one)
    for there in (receipt, f'"{tracker}1"', f'"{tracker}i.gif"', f'href="{tracker}"', "mailto:a@ribera.example"):
        assert there.encode() in content
    assert b"Acuse-" not in content
    assert b"https://ribera.example/pago" not in content
    (fact,) = told(value, one)
    assert fact.details["copy"]["additions"] == {"footer": True, "image": True, "links": 1, "why_not": ""}
    cited = {
        item.role: custody.open_object(organisation=value.organisation, sha256=item.sha256) for item in fact.objects
    }
    assert cited["sent-copy"] == content
    assert json.loads(cited["tracked-links"]) == {"links": ["https://ribera.example/pago"]}
    accepted = facts(value.organisation, one)[0]
    submitted = custody.open_object(organisation=value.organisation, sha256=accepted.objects[0].sha256)
    assert submitted == BOTH + PAGE


def test_our_signature_covers_what_was_added(value: SmtpCredentialValue) -> None:
    in_use(value.organisation)
    (signature,) = checked(opened(accept(value, BOTH + PAGE))[0])
    assert signature.result == "pass"


def test_every_try_sends_the_same_whatever_changes(value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch) -> None:
    one = accept(value, BOTH + PAGE)
    content, attempt = opened(one)
    close_one(attempt, DEFERRED)
    in_use(value.organisation)
    monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"public_url": "https://otra.example"}))
    again, _ = opened(one)
    assert again == content
    first, second = told(value, one)
    assert first.details["copy"] == second.details["copy"]
    assert first.objects == second.objects


def test_a_signed_message_leaves_as_it_is_and_the_fact_says_why(value: SmtpCredentialValue) -> None:
    signed = b"DKIM-Signature: v=1; d=ribera.example; h=From; b=AA==\r\n" + PAGE
    one = accept(value, BOTH + signed)
    content, attempt = opened(one)
    assert content.endswith(signed)
    close_one(attempt, DEFERRED)
    assert opened(one)[0] == content
    for fact in told(value, one):
        assert fact.details["copy"]["additions"] == {"footer": False, "image": False, "links": 0, "why_not": "signed"}
        assert fact.objects == ()


def test_nothing_is_added_unless_somebody_chose_it(value: SmtpCredentialValue) -> None:
    one = accept(value, PAGE)
    assert opened(one)[0].endswith(PAGE)
    (fact,) = told(value, one)
    assert "additions" not in fact.details["copy"]
    assert fact.objects == ()


def test_a_footer_alone_tells_nobody_anything(value: SmtpCredentialValue) -> None:
    one = accept(value, b"Acuse-Footer: on\r\n" + message(body="Hola."))
    content, _ = opened(one)
    receipt, tracker = links(one)
    assert receipt.encode() in content.replace(b"=\r\n", b"").replace(b"=3D", b"=")
    assert tracker.encode() not in content.replace(b"=\r\n", b"")
    (fact,) = told(value, one)
    assert [item.role for item in fact.objects] == ["sent-copy"]


def withdraw(value: SmtpCredentialValue) -> None:
    """The recipient withdraws, by the copy of another message."""
    TrackingWithdrawal.objects.create(
        organisation_id=value.organisation, address="ana@cliente.example", withdrawn_at=clock.now()
    )


@pytest.mark.parametrize("asked", [b"Acuse-Tracking: on\r\n", BOTH])
def test_a_withdrawal_reaches_what_is_accepted_and_not_yet_tried(value: SmtpCredentialValue, asked: bytes) -> None:
    one = accept(value, asked + PAGE)
    withdraw(value)
    content, attempt = opened(one)
    receipt, tracker = links(one)
    footer = asked == BOTH
    assert (receipt.encode() in content) == footer
    assert tracker.encode() not in content
    assert b'href="https://ribera.example/pago"' in content
    close_one(attempt, DEFERRED)
    assert opened(one)[0] == content
    for fact in told(value, one):
        said = {"footer": footer, "image": False, "links": 0, "why_not": "withdrawn"}
        assert fact.details["copy"]["additions"] == said
        assert [item.role for item in fact.objects] == (["sent-copy"] if footer else [])


def test_a_withdrawal_after_the_first_try_leaves_the_copy_as_it_was(value: SmtpCredentialValue) -> None:
    one = accept(value, BOTH + PAGE)
    content, attempt = opened(one)
    close_one(attempt, DEFERRED)
    withdraw(value)
    assert opened(one)[0] == content
