"""DANE for mail (RFC 7672) end to end: Unbound validates signed zones, Postfix is the exchanger."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from acuse.channels.base import EmailDispatch, Outcome, Result
from acuse.channels.dns import Resolver
from acuse.channels.email.policies import Trust
from acuse.channels.email.send import EmailChannel
from acuse.channels.email.wire import Timeouts
from tests.channels.scripted import EHLO, Conversation, greeted, serving, taking
from tests.peers.certificates import Authority, authority, server_certificate
from tests.peers.names import name_server
from tests.peers.postfix import Postfix, postfix
from tests.peers.unbound import Zone, unbound

DOMAINS = ("firmada.example", "abierta.example")
MESSAGE = b"From: avisos@ribera.example\r\nSubject: prueba\r\n\r\nhola\r\n"
LONG = Timeouts(connect=60, greeting=60, command=60, data=60, block=60, final=60, quit=60, total=120)
MX = ("@ IN MX 10 mx", "mx IN A 127.0.0.1")


@pytest.fixture(scope="module")
def root() -> Authority:
    return authority()


@pytest.fixture(scope="module")
def pair(root: Authority, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that the system's roots do not know, whose first name is no host of the domains."""
    folder = tmp_path_factory.mktemp("tls")
    chain, key = server_certificate(root, "other.example", "mx.anclada.example", folder=folder)
    chain.write_bytes(chain.read_bytes() + root.certificate.public_bytes(Encoding.PEM))
    return chain, key


@pytest.fixture(scope="module")
def peer(pair: tuple[Path, Path]) -> Iterator[Postfix]:
    boxes = tuple(f"ana@{domain}" for domain in (*DOMAINS, "anclada.example"))
    with postfix(mailboxes=boxes, certificate=pair) as running:
        yield running


@pytest.fixture(scope="module")
def own(pair: tuple[Path, Path]) -> str:
    """3 1 1 of the certificate that Postfix shows."""
    certificate = x509.load_pem_x509_certificates(pair[0].read_bytes())[0]
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"3 1 1 {hashlib.sha256(key).hexdigest()}"


Sending = Callable[..., Outcome]


@pytest.fixture
def send(peer: Postfix) -> Iterator[Sending]:
    """Send to ana@`domain` where the zones are as given, through a resolver that validates."""
    with ExitStack() as stack:

        def act(domain: str, zones: dict[str, Zone], *, port: int = peer.port, validating: bool = True) -> Outcome:
            names = stack.enter_context(unbound(zones))
            resolver = Resolver((names,), allow_private=True, validating=validating, lifetime=60)
            trust = Trust(roots=(authority().certificate,))
            channel = EmailChannel(
                resolver, helo="salida.acuse.example", port=port, trust=trust, timeouts=LONG, policies_port=1
            )
            stack.callback(channel.close)
            sent = EmailDispatch(envelope_sender="b@ribera.example", recipient=f"ana@{domain}", message=MESSAGE)
            return channel.send(sent)

        yield act


def at(port: int, *records: str) -> tuple[str, ...]:
    return (*MX, *(f"_{port}._tcp.mx IN TLSA {record}" for record in records))


def said(outcome: Outcome) -> dict[str, Any]:
    assert outcome.policy is not None
    return outcome.policy


def assert_put_off(outcome: Outcome, finding: str) -> None:
    assert (outcome.result, outcome.failure_class) == (Result.DEFERRED, "server_unavailable"), outcome
    assert (said(outcome)["kind"], said(outcome)["result"]) == ("dane", "unmet")
    assert finding in said(outcome)["finding"]
    assert b"MAIL FROM" not in outcome.transcript


def test_a_certificate_that_the_zone_names_needs_no_root_and_no_name(send: Sending, peer: Postfix, own: str) -> None:
    outcome = send("firmada.example", {"firmada.example": Zone(records=at(peer.port, own))})
    assert outcome.result is Result.RELAYED, outcome
    assert said(outcome) == {"kind": "dane", "mode": "enforce", "source": [own], "result": "met", "finding": None}
    assert outcome.dns["secure"]
    assert outcome.tls is not None
    assert not outcome.tls["verified"]  # by the rules of the web it is a stranger's


def test_a_trust_anchor_that_the_zone_names_vouches_for_the_exchangers_name(
    send: Sending, peer: Postfix, root: Authority
) -> None:
    digest = hashlib.sha256(root.certificate.public_bytes(Encoding.DER)).hexdigest()
    records = at(peer.port, f"2 0 1 {digest}")
    outcome = send("anclada.example", {"anclada.example": Zone(records=records)})
    assert (outcome.result, said(outcome)["result"]) == (Result.RELAYED, "met"), outcome
    # the same certificate names no host of this domain
    assert_put_off(send("firmada.example", {"firmada.example": Zone(records=records)}), "")


def test_another_certificate_gets_nothing(send: Sending, peer: Postfix) -> None:
    zones = {"firmada.example": Zone(records=at(peer.port, f"3 1 1 {'ab' * 32}"))}
    outcome = send("firmada.example", zones)
    assert_put_off(outcome, "no TLSA record is of the certificate that the peer showed")
    assert outcome.tls is not None
    assert outcome.tls["certificate"]["names"][0] == "other.example"


def test_a_server_whose_starttls_was_stripped_gets_nothing(send: Sending, own: str) -> None:
    with serving(taking()) as server:
        outcome = send("firmada.example", {"firmada.example": Zone(records=at(server.port, own))}, port=server.port)
    assert_put_off(outcome, "the server offers no TLS")


def test_records_that_cannot_be_used_ask_for_tls_and_no_more(send: Sending, peer: Postfix) -> None:
    zones = {"firmada.example": Zone(records=at(peer.port, f"1 1 1 {'ab' * 32}", f"3 7 1 {'ab' * 32}"))}
    outcome = send("firmada.example", zones)
    assert outcome.result is Result.RELAYED, outcome
    assert (said(outcome)["kind"], said(outcome)["mode"], said(outcome)["result"]) == ("dane", "encrypt", "met")
    with serving(taking()) as server:
        zones = {"firmada.example": Zone(records=at(server.port, f"0 0 1 {'ab' * 32}"))}
        assert_put_off(send("firmada.example", zones, port=server.port), "the server offers no TLS")


def test_a_zone_that_nobody_signed_asks_nothing(send: Sending, peer: Postfix) -> None:
    zones = {"abierta.example": Zone(records=at(peer.port, f"3 1 1 {'ab' * 32}"), signed=False)}
    outcome = send("abierta.example", zones)
    assert (outcome.result, said(outcome)["kind"], outcome.dns["secure"]) == (Result.RELAYED, "opportunistic", False)


def test_an_exchanger_in_a_zone_that_nobody_signed_asks_nothing(send: Sending, peer: Postfix) -> None:
    zones = {
        "firmada.example": Zone(records=("@ IN MX 10 mx.abierta.example.",)),
        "abierta.example": Zone(records=at(peer.port, f"3 1 1 {'ab' * 32}"), signed=False),
    }
    outcome = send("firmada.example", zones)
    assert (outcome.result, said(outcome)["kind"]) == (Result.RELAYED, "opportunistic")


def test_the_records_of_an_exchanger_that_is_an_alias_are_at_its_own_name(
    send: Sending, peer: Postfix, own: str
) -> None:
    records = ("@ IN MX 10 alias", "alias IN CNAME mx", "mx IN A 127.0.0.1", f"_{peer.port}._tcp.mx IN TLSA {own}")
    outcome = send("firmada.example", {"firmada.example": Zone(records=records)})
    assert (outcome.host, said(outcome)["kind"], said(outcome)["result"]) == ("alias.firmada.example", "dane", "met")


def test_records_that_fail_validation_put_the_message_off(send: Sending, peer: Postfix, own: str) -> None:
    zones = {"firmada.example": Zone(records=MX, added=(f"_{peer.port}._tcp.mx 60 IN TLSA {own}",))}
    outcome = send("firmada.example", zones)
    assert_put_off(outcome, "_tcp.mx.firmada.example")
    assert outcome.stage == "dns"


def test_the_next_exchanger_is_tried_where_the_first_is_not_as_asked(send: Sending, peer: Postfix, own: str) -> None:
    wrong = f"_{peer.port}._tcp.bad IN TLSA 3 1 1 {'ab' * 32}"
    records = ("@ IN MX 5 bad", "bad IN A 127.0.0.1", wrong, *at(peer.port, own))
    outcome = send("firmada.example", {"firmada.example": Zone(records=records)})
    assert (outcome.result, outcome.host) == (Result.RELAYED, "mx.firmada.example")


def test_a_resolver_that_is_not_said_to_validate_is_not_believed(send: Sending, peer: Postfix) -> None:
    zones = {"firmada.example": Zone(records=at(peer.port, f"3 1 1 {'ab' * 32}"))}
    outcome = send("firmada.example", zones, validating=False)
    assert (outcome.result, said(outcome)["kind"], outcome.dns["secure"]) == (Result.RELAYED, "opportunistic", False)


def test_records_are_looked_up_once_for_many_messages(peer: Postfix, own: str) -> None:
    zone: dict[tuple[str, str], list[str] | int] = {
        ("firmada.example", "MX"): ["10 mx.firmada.example."],
        ("mx.firmada.example", "A"): ["127.0.0.1"],
        (f"_{peer.port}._tcp.mx.firmada.example", "TLSA"): [own],
    }
    with name_server(zone, authenticated=True) as names:
        resolver = Resolver((names.address,), allow_private=True, validating=True)
        channel = EmailChannel(resolver, helo="a.example", port=peer.port, trust=Trust(roots=()), timeouts=LONG)
        sent = EmailDispatch(envelope_sender="", recipient="ana@firmada.example", message=MESSAGE)
        outcomes = [channel.send(sent) for _ in range(5)]
        channel.close()
    assert {said(one)["result"] for one in outcomes} == {"met"}
    assert len(names.asked) == len(set(names.asked))
    assert not any(name.startswith("_mta-sts") for name, _ in names.asked)


def test_dane_comes_before_mta_sts(peer: Postfix, own: str) -> None:
    """RFC 8461 2: a domain's MTA-STS policy never makes up for what its TLSA records ask."""

    def script(conversation: Conversation) -> None:
        greeted(conversation, EHLO)
        conversation.hear()

    zone: dict[tuple[str, str], list[str] | int] = {
        ("firmada.example", "MX"): ["10 mx.firmada.example."],
        ("mx.firmada.example", "A"): ["127.0.0.1"],
        ("_mta-sts.firmada.example", "TXT"): ['"v=STSv1; id=1"'],
    }
    with serving(script) as server, name_server(zone, authenticated=True) as names:
        names.zone[(f"_{server.port}._tcp.mx.firmada.example", "TLSA")] = [own]
        resolver = Resolver((names.address,), allow_private=True, validating=True)
        channel = EmailChannel(resolver, helo="a.example", port=server.port, trust=Trust(roots=()), timeouts=LONG)
        sent = EmailDispatch(envelope_sender="", recipient="ana@firmada.example", message=MESSAGE)
        outcome = channel.send(sent)
        channel.close()
    assert_put_off(outcome, "the server offers no TLS")
