"""channels.dns against a real name server on loopback: RFC 5321 5.1, RFC 7505, and what is refused."""

import random
import time
from collections.abc import Callable

import dns.rcode
import pytest

from acuse.channels.dns import (
    DnsUnavailable,
    DomainNotFound,
    Exchanger,
    NoMailDomain,
    OnlyPrivateAddresses,
    Resolver,
    Route,
)
from acuse.errors import ConfigurationError
from tests.peers.names import Zone, name_server

ZONE: Zone = {
    ("d.example", "MX"): ["20 b.d.example.", "10 a.d.example.", "20 c.d.example."],
    ("a.d.example", "A"): ["192.0.2.1", "192.0.2.2"],
    ("a.d.example", "AAAA"): ["2001:db8::1"],
    ("b.d.example", "A"): ["192.0.2.3"],
    ("c.d.example", "A"): ["192.0.2.4"],
    ("null.example", "MX"): ["0 ."],
    ("implicit.example", "AAAA"): ["2001:db8::5"],
    ("empty.example", "TXT"): ["hola"],
    ("dangling.example", "MX"): ["10 nowhere.example."],
    ("broken.example", "MX"): dns.rcode.SERVFAIL,
    ("silent.example", "MX"): -1,
    ("half.example", "MX"): ["10 sick.example.", "20 b.d.example."],
    ("sick.example", "A"): dns.rcode.SERVFAIL,
    ("sick.example", "AAAA"): dns.rcode.SERVFAIL,
    ("inside.example", "MX"): ["10 inside.example.", "20 mapped.example."],
    ("inside.example", "A"): ["10.0.0.1", "127.0.0.1", "169.254.169.254"],
    ("mapped.example", "AAAA"): ["::ffff:127.0.0.1", "fe80::1", "::1"],
    ("xn--espaa-rta.example", "A"): ["192.0.2.9"],
    ("outside.example", "A"): ["10.0.0.1", "93.184.215.14"],
    ("slow.example", "MX"): [f"{number} {number}.slow.example." for number in range(10)],
    **{(f"{number}.slow.example", kind): -1 for number in range(10) for kind in ("A", "AAAA")},
    ("mute.example", "A"): -1,
    ("mute.example", "AAAA"): -1,
}


def route(domain: str, *, authenticated: bool = False, **options: object) -> Route:
    defaults = {"allow_private": True, "lifetime": 60}
    with name_server(ZONE, authenticated=authenticated) as names:
        return Resolver((names.address,), **(defaults | options)).route(domain)  # type: ignore[arg-type]


def test_hosts_in_order_of_preference_and_equals_drawn() -> None:
    seen = set()
    for seed in range(20):
        shuffle: Callable[[list[object]], None] = random.Random(seed).shuffle
        found = route("d.example", shuffle=shuffle).exchangers
        assert (found[0].preference, found[0].host) == (10, "a.d.example")
        assert set(found[0].addresses[:2]) == {"192.0.2.1", "192.0.2.2"}
        assert found[0].addresses[2] == "2001:db8::1"
        seen.add(tuple(one.host for one in found[1:]))
    assert seen == {("b.d.example", "c.d.example"), ("c.d.example", "b.d.example")}


def test_the_domain_itself_where_there_is_no_mx() -> None:
    found = route("implicit.example")
    assert found.exchangers == (Exchanger(preference=None, host="implicit.example", addresses=("2001:db8::5",)),)
    assert found.to_json()["mx"][0]["preference"] == 0


@pytest.mark.parametrize(
    ("domain", "error"),
    [
        ("missing.example", DomainNotFound),
        ("empty.example", NoMailDomain),
        ("dangling.example", NoMailDomain),
        ("null.example", NoMailDomain),
        ("broken.example", DnsUnavailable),
        ("silent.example", DnsUnavailable),
        ("", DomainNotFound),
        ("a..b", DomainNotFound),
        ("x" * 64 + ".example", DomainNotFound),
        ("a\\.b.example", DomainNotFound),
        ("[127.0.0.1", DomainNotFound),
        ("[zzz]", DomainNotFound),
    ],
)
def test_what_is_for_good_and_what_is_for_now(domain: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        route(domain, lifetime=0.6 if domain == "silent.example" else 60)


def test_whoever_waits_is_told_by_the_mx_alone_or_does_not_wait_for_long() -> None:
    with name_server(ZONE) as names:
        resolver = Resolver((names.address,), allow_private=True, lifetime=60)
        for domain in ("slow.example", "dangling.example", "inside.example", "implicit.example", "[127.0.0.1]"):
            resolver.check_takes_mail(domain, seconds=60)
        assert [one for one in names.asked if one[1] != "MX"] == [
            ("implicit.example", "A"),
            ("implicit.example", "AAAA"),
        ]
        for domain, error in (
            ("missing.example", DomainNotFound),
            ("null.example", NoMailDomain),
            ("empty.example", NoMailDomain),
            ("broken.example", DnsUnavailable),
        ):
            with pytest.raises(error):
                resolver.check_takes_mail(domain, seconds=60)
        begun = time.monotonic()
        with pytest.raises(DnsUnavailable):
            resolver.check_takes_mail("mute.example", seconds=0.5)
        assert time.monotonic() - begun < 30


def test_a_host_without_answer_does_not_hide_the_next() -> None:
    assert [one.host for one in route("half.example").exchangers] == ["b.d.example"]


def test_unicode_domains_and_literals() -> None:
    assert route("españa.example").exchangers[0].host == "xn--espaa-rta.example"
    assert route("[192.0.2.7]").exchangers[0].addresses == ("192.0.2.7",)
    assert route("[IPv6:2001:db8::7]").exchangers[0].addresses == ("2001:db8::7",)


@pytest.mark.parametrize("domain", ["inside.example", "[127.0.0.1]", "[IPv6:::1]", "[IPv6:::ffff:10.0.0.1]"])
def test_private_addresses_are_refused_unless_allowed(domain: str) -> None:
    with pytest.raises(OnlyPrivateAddresses):
        route(domain, allow_private=False)
    assert route(domain).exchangers


@pytest.mark.parametrize(
    "address",
    [
        "fec0::1",
        "64:ff9b:1::5db8:d70e",
        "::5db8:d70e",
        "::a00:1",
        "2002:a00:1::1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::e000:1",
        "::ffff:169.254.169.254",
    ],
)
def test_an_address_that_leads_inside_by_a_gateway_is_refused(address: str) -> None:
    with pytest.raises(OnlyPrivateAddresses):
        route(f"[IPv6:{address}]", allow_private=False)


@pytest.mark.parametrize(
    "address", ["2606:4700::1", "::ffff:93.184.215.14", "2002:5db8:d70e::1", "64:ff9b::5db8:d70e", "93.184.215.14"]
)
def test_an_address_that_leads_outside_is_used(address: str) -> None:
    assert route(f"[{address}]", allow_private=False).exchangers


def test_only_the_public_addresses_are_kept() -> None:
    assert route("outside.example", allow_private=False).exchangers[0].addresses == ("93.184.215.14",)


def test_the_authenticated_bit_is_recorded() -> None:
    assert route("d.example", authenticated=True, validating=True).secure
    assert all(one.secure for one in route("d.example", authenticated=True, validating=True).exchangers)
    assert not route("d.example", validating=True).secure


def test_the_authenticated_bit_counts_only_of_name_servers_that_are_said_to_validate() -> None:
    assert not route("d.example", authenticated=True).secure


def test_a_name_server_is_ip_and_port() -> None:
    for wrong in ("localhost:53", "127.0.0.1", "x"):
        with pytest.raises(ConfigurationError):
            Resolver((wrong,))


@pytest.mark.parametrize(
    "literal", ["[10.0.0.1]", "[169.254.169.254]", "[224.0.0.1]", "[IPv6:fe80::1]", "[IPv6:ff02::1]"]
)
def test_an_address_that_is_not_of_the_public_internet_is_never_contacted(literal: str) -> None:
    with pytest.raises(OnlyPrivateAddresses):
        route(literal, allow_private=False)


def test_records_are_read_as_octets() -> None:
    zone: Zone = {
        ("x.example", "TXT"): ['"v=spf1 " "-all"', '"\\255"'],
        ("x.example", "MX"): ["10 Mx.X.example."],
        ("x.example", "A"): ["192.0.2.1"],
        ("1.2.0.192.in-addr.arpa", "PTR"): ["mx.x.example."],
        ("broken.example", "TXT"): dns.rcode.SERVFAIL,
    }
    with name_server(zone, authenticated=True) as names:
        resolver = Resolver((names.address,), lifetime=60, validating=True)
        texts, secure = resolver.records("x.example", "TXT")
        assert (set(texts), secure) == ({b"v=spf1 -all", b"\xff"}, True)
        assert resolver.records("x.example.", "MX") == ((b"mx.x.example",), True)
        assert resolver.records("x.example", "A") == ((b"192.0.2.1",), True)
        assert resolver.records("1.2.0.192.in-addr.arpa", "PTR") == ((b"mx.x.example",), True)
        assert resolver.records("x.example", "AAAA") == ((), False)
        assert resolver.records("nadie.test", "TXT") == ((), False)
        for name, error in (
            ("broken.example", DnsUnavailable),
            ("a..b", DomainNotFound),
            ("a" * 64 + ".x", DomainNotFound),
        ):
            with pytest.raises(error):
                resolver.records(name, "TXT")
