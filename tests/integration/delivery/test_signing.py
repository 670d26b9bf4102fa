"""Keys that sign: their life, who signs what, and that every attempt sends the same copy."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.endpoints import EmailEndpoint
from acuse.delivery.models import SigningKey
from acuse.delivery.services import open_attempt
from acuse.delivery.services.signing_keys import (
    SigningKeyView,
    activate_signing_key,
    domains_of,
    make_signing_key,
    private_key,
    retire_signing_key,
    signing_keys,
)
from acuse.delivery.services.work import load_work
from acuse.embedded.roles import Addresses
from acuse.errors import ConfigurationError, ConflictError, InputError
from acuse.evidence.queries import facts_of
from acuse.evidence.rules import INSTALLATION
from acuse.mail import dkim
from acuse.proof.facts.fact import Fact
from acuse.reception.origin.dkim import Signature, check_dkim
from acuse.reception.origin.signed import split
from tests.integration.making import DEFERRED, accept, close_one, credential, lease, message

DOMAIN = "ribera.example"


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    made = credential()
    accounts.add_sender_identity(organisation=made.organisation, pattern=f"@{DOMAIN}")
    return made


def in_use(organisation: UUID | None, domain: str = DOMAIN, algorithm: str = dkim.RSA) -> SigningKeyView:
    """A key that signs."""
    made = make_signing_key(organisation=organisation, domain=domain, algorithm=algorithm)
    activate_signing_key(organisation=organisation, key=made.id, found=made.record)
    return made


def told(organisation: UUID, kind: str = "organisation") -> list[Fact]:
    found = facts_of(organisation=organisation, kind=kind, id=organisation)
    return [item.fact for item in found if item.fact.type.startswith("signing_key.")]


def sent(one: UUID, endpoint: EmailEndpoint | None = None) -> bytes:
    return (endpoint or EmailEndpoint(per_domain=1)).compose(load_work(one))[0]


def checked(copy: bytes) -> tuple[Signature, ...]:
    """What a recipient's server says of a copy, every key of ours published."""
    keys = {dkim.record_name(row.selector, row.domain): (row.record.encode(),) for row in SigningKey.objects.all()}
    return check_dkim(split(copy), at=int(clock.now().timestamp()), ask=lambda name, kind: keys.get(name, ()))


def at(monkeypatch: pytest.MonkeyPatch, later: timedelta) -> Callable[[], datetime]:
    moment = clock.now() + later
    monkeypatch.setattr(clock, "now", lambda: moment)
    return clock.now


def test_a_key_is_made_published_used_and_replaced(value: SmtpCredentialValue) -> None:
    first = in_use(value.organisation)
    second = in_use(value.organisation, algorithm=dkim.ED25519)
    assert {one.selector: one.state for one in signing_keys(value.organisation)} == {
        first.selector: "retiring",
        second.selector: "active",
    }
    facts = told(value.organisation)
    assert [(fact.type, fact.details["selector"]) for fact in facts] == [
        ("signing_key.created", first.selector),
        ("signing_key.activated", first.selector),
        ("signing_key.created", second.selector),
        ("signing_key.retiring", first.selector),
        ("signing_key.activated", second.selector),
    ]
    assert facts[0].details["record"] == facts[1].details["record"] == first.record
    assert facts[3].details["replaced_by"] == str(second.id)


def test_no_private_key_is_in_the_database_or_in_a_fact(value: SmtpCredentialValue) -> None:
    made = in_use(value.organisation)
    row = SigningKey.objects.get()
    octets = bytes(row.private_key)
    assert dkim.public_record(private_key(octets)) == made.record
    with pytest.raises(InputError):
        dkim.read_key(octets)
    in_use(value.organisation)
    assert bytes(SigningKey.objects.get(id=made.id).private_key) == b"", "what no longer signs cannot be stolen"
    with pytest.raises(ConfigurationError, match=r"credential\.key"):
        private_key(b"gAAAAA")


def test_a_key_signs_once_the_dns_says_so(value: SmtpCredentialValue) -> None:
    made = make_signing_key(organisation=value.organisation, domain=DOMAIN)
    other = dkim.public_record(dkim.read_key(dkim.make_key(dkim.ED25519)))
    for found in ("", "v=DKIM1; k=rsa; p=", other):
        with pytest.raises(ConflictError, match="does not show"):
            activate_signing_key(organisation=value.organisation, key=made.id, found=found)
    assert checked(sent(accept(value))) == ()
    spaced = made.record.replace("; ", " ;  ").replace("p=MII", "p=MI I")
    activate_signing_key(organisation=value.organisation, key=made.id, found=spaced)
    activate_signing_key(organisation=value.organisation, key=made.id, found=spaced)
    assert [fact.type for fact in told(value.organisation)] == ["signing_key.created", "signing_key.activated"]
    assert told(value.organisation)[-1].details["record"] == spaced


def test_a_retiring_key_leaves_when_no_mail_of_its_own_is_under_way(
    value: SmtpCredentialValue, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = in_use(value.organisation)
    retire_signing_key(organisation=value.organisation, key=made.id)
    with pytest.raises(ConflictError, match="under way"):
        retire_signing_key(organisation=value.organisation, key=made.id)
    with pytest.raises(ConflictError, match="out of use"):
        activate_signing_key(organisation=value.organisation, key=made.id, found=made.record)
    at(monkeypatch, settings.ACUSE.retry_for + timedelta(days=8))
    retire_signing_key(organisation=value.organisation, key=made.id)
    retire_signing_key(organisation=value.organisation, key=made.id)
    (one,) = signing_keys(value.organisation)
    assert (one.state, one.retired_at) == ("retired", clock.now())
    assert [fact.type for fact in told(value.organisation)][2:] == ["signing_key.retiring", "signing_key.retired"]


def test_a_key_that_never_signed_is_given_up_at_once(value: SmtpCredentialValue) -> None:
    made = make_signing_key(organisation=value.organisation, domain=DOMAIN)
    with pytest.raises(ConflictError, match="waits for its record"):
        make_signing_key(organisation=value.organisation, domain=DOMAIN)
    retire_signing_key(organisation=value.organisation, key=made.id)
    assert bytes(SigningKey.objects.get().private_key) == b""
    make_signing_key(organisation=value.organisation, domain=DOMAIN)


def test_a_key_is_for_a_domain_of_the_organisations_own(value: SmtpCredentialValue) -> None:
    with pytest.raises(InputError):
        make_signing_key(organisation=value.organisation, domain="ajena.example")
    with pytest.raises(InputError):
        make_signing_key(organisation=value.organisation, domain=DOMAIN, algorithm="rsa-sha1")
    made = make_signing_key(organisation=value.organisation, domain=DOMAIN)
    other = credential("otra").organisation
    for act in (
        lambda: activate_signing_key(organisation=other, key=made.id, found=made.record),
        lambda: retire_signing_key(organisation=other, key=made.id),
        lambda: retire_signing_key(organisation=None, key=made.id),
        lambda: retire_signing_key(organisation=value.organisation, key=uuid4()),
    ):
        with pytest.raises(InputError, match="no such key"):
            act()
    accounts.add_sender_identity(organisation=value.organisation, pattern="avisos@eñe.example")
    assert domains_of(value.organisation) == (DOMAIN, "xn--ee-zja.example")


def test_the_organisations_key_signs_else_the_operators_else_nobody(value: SmtpCredentialValue) -> None:
    host = settings.ACUSE.mail_hostname
    assert checked(sent(accept(value))) == ()
    in_use(None, host)
    (by_operator,) = checked(sent(accept(value, message(message_id="dos"))))
    assert (by_operator.result, by_operator.domain) == ("pass", host)
    assert [fact.type for fact in told(INSTALLATION, "installation")] == [
        "signing_key.created",
        "signing_key.activated",
    ]
    in_use(value.organisation)
    (own,) = checked(sent(accept(value, message(message_id="tres"))))
    assert (own.result, own.domain) == ("pass", DOMAIN)
    below = message(message_id="cuatro").replace(b"@ribera.example\r\nTo", b"@boletin.ribera.example\r\nTo")
    assert checked(sent(accept(value, below)))[0].domain == DOMAIN
    foreign = message(message_id="cinco").replace(b"@ribera.example\r\nTo", b"@noribera.example\r\nTo")
    assert checked(sent(accept(value, foreign)))[0].domain == host
    theirs = credential("otra")
    assert checked(sent(accept(theirs)))[0].domain == host, "nobody signs with another organisation's key"


@pytest.mark.parametrize("change", ["rotated", "activated", "stopped"])
def test_every_attempt_sends_the_same_copy(value: SmtpCredentialValue, change: str) -> None:
    made = in_use(value.organisation) if change != "activated" else None
    one = accept(value, message(message_id=None))
    endpoint = EmailEndpoint(per_domain=1)
    work = load_work(one)
    copy, how = endpoint.compose(work)
    close_one(open_attempt(work=work, lease=lease(one), target="cliente.example", copy=how), DEFERRED)
    if change == "stopped":
        assert made is not None
        retire_signing_key(organisation=value.organisation, key=made.id)
    else:
        in_use(value.organisation)
    # A worker that was started anew knows nothing of the first attempt but its fact.
    again, how_again = EmailEndpoint(per_domain=1).compose(load_work(one))
    assert (again, how_again) == (copy, how)
    assert [found.result for found in checked(again)] == ([] if change == "activated" else ["pass"])


def test_what_was_prepended_is_in_the_fact_and_the_original_follows(value: SmtpCredentialValue) -> None:
    in_use(value.organisation)
    one = accept(value)
    work = load_work(one)
    copy, how = EmailEndpoint(per_domain=1).compose(work)
    assert copy == how.prepended.encode() + message()
    assert how.prepended.startswith("DKIM-Signature: ")
    open_attempt(work=work, lease=lease(one), target="cliente.example", copy=how)
    opened = facts_of(organisation=value.organisation, kind="communication", id=one)[-1].fact
    assert opened.details["copy"]["prepended"] == how.prepended


def test_a_signature_of_the_senders_own_stays_valid_beside_ours(value: SmtpCredentialValue) -> None:
    key = dkim.read_key(dkim.make_key())
    theirs = dkim.Signer(domain=DOMAIN, selector="suya", key=key)
    # Without a Date or Message-ID, and signed so: what we add to other messages would break that signature.
    plain = message(message_id=None)
    raw = dkim.signature_field(plain, signer=theirs, at=clock.now()) + plain
    made = in_use(value.organisation)
    copy = sent(accept(value, raw))
    assert copy.endswith(raw)
    published = {
        made.name: (made.record.encode(),),
        dkim.record_name("suya", DOMAIN): (dkim.public_record(key).encode(),),
    }
    found = check_dkim(split(copy), at=int(clock.now().timestamp()), ask=lambda name, kind: published[name])
    assert [(one.result, one.selector) for one in found] == [("pass", made.selector), ("pass", "suya")]


def test_a_key_that_cannot_be_read_stops_no_message(
    value: SmtpCredentialValue, caplog: pytest.LogCaptureFixture
) -> None:
    in_use(value.organisation)
    SigningKey.objects.update(private_key=b"another installation's")
    assert checked(sent(accept(value))) == ()
    assert "without a DKIM signature" in caplog.text


def test_a_notice_is_signed_with_the_operators_key_and_the_same_at_every_attempt(value: SmtpCredentialValue) -> None:
    host = settings.ACUSE.mail_hostname
    first = in_use(None, host)
    one = accept(value, message().replace(b"\r\n\r\n", b"\r\nAcuse-Mode: notice\r\n\r\n"))
    work = load_work(one)
    assert work.mode == "notice"
    copy, how = EmailEndpoint(per_domain=1).compose(work)
    assert [(found.result, found.selector) for found in checked(copy)] == [("pass", first.selector)]
    close_one(open_attempt(work=work, lease=lease(one), target="cliente.example", copy=how), DEFERRED)
    in_use(None, host)
    assert EmailEndpoint(per_domain=1).compose(load_work(one)) == (copy, how)
