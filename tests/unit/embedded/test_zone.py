"""The name server's answers, and that no bytes can upset it."""

from pathlib import Path

import dns.flags
import dns.message
import dns.name
import dns.rcode
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.embedded.domains import DOMAINS, NETWORK, plan
from acuse.embedded.zone import Zone, answer, publish, records

PLAN = plan(["talleresribera.example"])
ZONE = records(PLAN)


def ask(name: str, kind: str = "MX", *, limit: int | None = None) -> dns.message.Message:
    raw = answer(ZONE, dns.message.make_query(name, kind).to_wire(), limit=limit)
    assert raw
    return dns.message.from_wire(raw)


def texts(reply: dns.message.Message) -> list[str]:
    return sorted(item.to_text() for rrset in reply.answer for item in rrset)


def test_mail_exchangers_and_their_addresses() -> None:
    reply = ask("acepta.example")
    assert texts(reply) == ["10 mx.acepta.example."]
    assert reply.flags & dns.flags.AA
    assert texts(ask("mx.acepta.example", "A")) == [f"{NETWORK}11"]
    assert texts(ask("respaldo.example")) == ["10 mx1.respaldo.example.", "20 mx2.respaldo.example."]
    assert texts(ask("mx.talleresribera.example", "A"))


def test_case_is_kept_in_the_question_and_ignored_in_the_zone() -> None:
    reply = ask("AcePta.eXample")
    assert [each.lower() for each in texts(reply)] == ["10 mx.acepta.example."]
    assert str(reply.question[0].name) == "AcePta.eXample."


def test_what_is_published_shows_at_once_and_goes_again(tmp_path: Path) -> None:
    zone, file = Zone(PLAN, tmp_path / "zone"), tmp_path / "zone"
    assert zone() == ZONE
    long = "v=DKIM1; p=" + 'x"\\' * 200
    publish(file, [("uno._domainkey.talleres.example", "TXT", long), ("host.talleres.example", "A", "127.0.0.1")])
    raw = answer(zone(), dns.message.make_query("uno._domainkey.talleres.example", "TXT").to_wire(), limit=None)
    assert raw
    (record,) = dns.message.from_wire(raw).answer[0]
    assert b"".join(record.strings).decode() == long
    assert [len(one) <= 255 for one in record.strings] == [True] * len(record.strings)
    publish(file, [])
    assert zone() == ZONE


def test_null_mx() -> None:
    assert texts(ask("nullmx.example")) == ["0 ."]


def test_a_domain_without_mx_has_an_address() -> None:
    reply = ask("sinmx.example")
    assert (reply.rcode(), reply.answer) == (dns.rcode.NOERROR, [])
    assert texts(ask("sinmx.example", "A"))


@pytest.mark.parametrize("name", ["noexiste.example", "example.com", "x.acepta.example", "com"])
def test_other_names_do_not_exist(name: str) -> None:
    reply = ask(name)
    assert reply.rcode() == dns.rcode.NXDOMAIN
    assert reply.authority


@pytest.mark.parametrize(("name", "kind"), [("acepta.example", "AAAA"), ("example", "MX"), (".", "MX")])
def test_names_that_exist_without_that_type(name: str, kind: str) -> None:
    assert ask(name, kind).rcode() == dns.rcode.NOERROR


def test_every_running_server_has_an_address_of_its_own() -> None:
    addresses = [address for _, address in PLAN.servers()]
    assert len(set(addresses)) == len(addresses) == len(DOMAINS) - 2 + 1
    assert PLAN.addresses["mx.inalcanzable.example"] not in addresses


def test_a_long_answer_is_cut_over_udp() -> None:
    long = {**ZONE, dns.name.from_text("largo.example"): {dns.rdatatype.MX: [f"{n} mx{n}.example." for n in range(99)]}}
    query = dns.message.make_query("largo.example", "MX").to_wire()
    cut = dns.message.from_wire(answer(long, query, limit=1232) or b"")
    assert cut.flags & dns.flags.TC
    assert not cut.answer
    assert len(texts(dns.message.from_wire(answer(long, query, limit=None) or b""))) == 99


def test_other_operations_and_classes_are_refused() -> None:
    update = bytearray(dns.message.make_query("acepta.example", "MX").to_wire())
    update[2] |= 2 << 3  # STATUS
    assert dns.message.from_wire(answer(ZONE, bytes(update), limit=512) or b"").rcode() == dns.rcode.NOTIMP
    chaos = dns.message.make_query("acepta.example", "TXT", "CH").to_wire()
    assert dns.message.from_wire(answer(ZONE, chaos, limit=512) or b"").rcode() == dns.rcode.REFUSED


def test_answers_and_fragments_get_silence() -> None:
    query = bytearray(dns.message.make_query("acepta.example", "MX").to_wire())
    assert answer(ZONE, bytes(query[:11]), limit=512) is None
    query[2] |= 0x80
    assert answer(ZONE, bytes(query), limit=512) is None


@settings(max_examples=300, deadline=None)
@given(raw=st.binary(max_size=600), limit=st.sampled_from([None, 1232]))
def test_any_bytes_get_silence_or_a_readable_answer(raw: bytes, limit: int | None) -> None:
    reply = answer(ZONE, raw, limit=limit)
    assert reply is None or dns.message.from_wire(reply).id == int.from_bytes(raw[:2])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_gets_silence_or_a_readable_answer(data: st.DataObject) -> None:
    edns = data.draw(st.booleans())
    raw = bytearray(dns.message.make_query("acepta.example", "MX", use_edns=edns).to_wire())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    reply = answer(ZONE, bytes(raw), limit=1232)
    assert reply is None or dns.message.from_wire(reply).id == int.from_bytes(raw[:2])
