"""DKIM, ARC and DMARC: messages that other programs signed (tests/vectors/origin), altered ones, and garbage.

The vectors were signed by dkimpy 1.1.8; `rfc8463.eml` is the example of RFC 8463 appendix A.
"""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.proof.facts.reception import AUTHENTICATION
from acuse.reception.origin import signed
from acuse.reception.origin.answers import MOST_QUESTIONS, Answers, NoAnswer, Records, TooManyQuestions
from acuse.reception.origin.arc import check_arc
from acuse.reception.origin.checks import check_origin, is_temporary
from acuse.reception.origin.dkim import Signature, check_dkim
from acuse.reception.origin.dmarc import check_dmarc
from acuse.reception.origin.spf import Spf

FOLDER = Path(__file__).parents[2] / "vectors/origin"
KEYS = {
    **json.loads((FOLDER / "keys.json").read_text()),
    "brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test._domainkey.football.example.com": (
        "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/"
        "J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTI"
        "KT+l/K4w3QIDAQAB"
    ),
}
NOW = 1_795_312_000
SIGNED = sorted(path.stem for path in FOLDER.glob("*-*-*.eml"))
CHANGES: list[tuple[bytes, bytes, str]] = [
    (b"Conforme", b"No conforme", "the body was changed"),
    (b"Re:   Presupuesto", b"Re: Otro", "the signature does not verify"),
    (b"From: Ana", b"From: Otra <otra@otra.example>\r\nFrom: Ana", ""),
]


def zone(more: dict[str, str] | None = None) -> Callable[[str, str], tuple[bytes, ...]]:
    texts = {**KEYS, **(more or {})}

    def ask(name: str, kind: str) -> tuple[bytes, ...]:
        assert kind == "TXT"
        return (texts[name.rstrip(".")].encode(),) if name.rstrip(".") in texts else ()

    return ask


def message(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes()


def found(raw: bytes, at: int = NOW, more: dict[str, str] | None = None) -> list[tuple[str, str]]:
    return [(one.result, one.reason) for one in check_dkim(signed.split(raw), at=at, ask=zone(more))]


@pytest.mark.parametrize("name", SIGNED)
def test_what_another_program_signed_holds(name: str) -> None:
    assert found(message(name)) == [("pass", "")]


def test_the_example_of_the_standard_holds_with_both_algorithms() -> None:
    assert found(message("rfc8463")) == [("pass", ""), ("pass", "")]


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize(("old", "new", "reason"), CHANGES)
def test_what_was_changed_does_not_hold(name: str, old: bytes, new: bytes, reason: str) -> None:
    ((result, said),) = found(message(name).replace(old, new))
    assert result in {"fail", "policy"}
    assert reason in said


def test_relaxed_forms_bear_what_mail_systems_do_and_simple_ones_do_not() -> None:
    def bent(name: str) -> bytes:
        raw = message(name).replace(b"  de acuerdo.  \t ", b" de acuerdo.").replace(b"Subject:", b"SUBJECT :  ")
        return raw + b"\r\n\r\n"

    assert found(bent("rsa-relaxed-relaxed")) == [("pass", "")]
    assert found(bent("rsa-simple-simple")) == [("fail", "the body was changed")]


@pytest.mark.parametrize(
    ("record", "result", "reason"),
    [
        ("v=DKIM1; p=", "permerror", "revoked"),
        ("v=DKIM1; p=AAAA", "permerror", "cannot be read"),
        ("v=DKIM2; p=AAAA", "permerror", "not for e-mail"),
        ("v=DKIM1; s=tlsrpt; p=AAAA", "permerror", "not for e-mail"),
        ("v=DKIM1; h=sha1; p=AAAA", "permerror", "SHA-256"),
        ("no tags", "permerror", "cannot be read"),
        ("v=DKIM1; p=!!", "permerror", "base64"),
        (KEYS["test._domainkey.football.example.com"], "fail", "does not verify"),
        (KEYS["dos._domainkey.cliente.example"], "permerror", "belong together"),
    ],
)
def test_keys_that_do_not_count(record: str, result: str, reason: str) -> None:
    ((said, why),) = found(message("rsa-relaxed-relaxed"), more={"uno._domainkey.cliente.example": record})
    assert said == result
    assert reason in why


@pytest.mark.parametrize(
    ("old", "new", "result", "reason"),
    [
        (b"v=1;", b"v=2;", "permerror", "version"),
        (b"v=1;", b"v=1; v=1;", "permerror", "cannot be read"),
        (b"a=rsa-sha256", b"a=rsa-sha1", "policy", "SHA-1"),
        (b"v=1;", b"v=1; x=1500000000;", "policy", "expired"),
        (b"v=1;", b"v=1; x=pronto;", "permerror", "not a number"),
        (b"v=1;", b"v=1; i=@otra.example;", "permerror", "another domain"),
        (b"d=cliente.example", b"d=cliente..example", "permerror", "no name"),
        (b"d=cliente.example", b"d=nadie.example", "permerror", "no key"),
        (b"c=relaxed/relaxed", b"c=raro/relaxed", "permerror", "canonical form"),
        (b"v=1;", b"v=1; q=http;", "permerror", "not in the DNS"),
        (b"v=1;", b"v=1; l=999999;", "permerror", "shorter"),
    ],
)
def test_signatures_that_do_not_count(old: bytes, new: bytes, result: str, reason: str) -> None:
    raw = message("rsa-relaxed-relaxed").replace(b"i=@cliente.example;", b"").replace(b"q=dns/txt;", b"")
    assert old in raw
    ((said, why),) = found(raw.replace(old, new, 1))
    assert said == result
    assert reason in why


def test_a_key_that_cannot_be_had_now_is_a_temporary_error() -> None:
    def ask(name: str, kind: str) -> tuple[bytes, ...]:
        raise NoAnswer("later")

    (one,) = check_dkim(signed.split(message("rsa-relaxed-relaxed")), at=NOW, ask=ask)
    assert one.result == "temperror"
    assert check_arc(signed.split(message("arc-two")), ask=ask).result == "temperror"


def test_a_chain_says_who_passed_the_message_on() -> None:
    assert check_arc(signed.split(message("rsa-simple-simple")), ask=zone()).result == "none"
    one, two = (check_arc(signed.split(message(name)), ask=zone()) for name in ("arc-one", "arc-two"))
    assert (one.result, one.sealers) == ("pass", ("lista.example",))
    assert (two.result, two.sealers) == ("pass", ("lista.example", "reenvio.example"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"Conforme", b"No conforme", "body was changed"),
        (b"\r\nFrom:", b"\r\nPague en la cuenta nueva.\r\nFrom:", "a line of the header is no field"),
        (b"cv=pass", b"cv=fail", "broken"),
        (b"cv=none", b"cv=pass", "broken"),
        (b"i=2; reenvio", b"i=3; reenvio", "gap"),
        (b"i=2; reenvio", b"i=1; reenvio", "twice"),
        (b"i=2; reenvio", b"i=dos; reenvio", "instance"),
        (b"spf=pass smtp.mfrom=cliente.example", b"spf=fail smtp.mfrom=cliente.example", "does not verify"),
    ],
)
def test_a_chain_that_was_changed_is_broken(old: bytes, new: bytes, reason: str) -> None:
    raw = message("arc-two")
    assert old in raw
    chain = check_arc(signed.split(raw.replace(old, new)), ask=zone())
    assert chain.result == "fail"
    assert reason in chain.reason


def test_the_instance_of_a_chain_is_no_identity() -> None:
    """`i=` is who signs in DKIM and a number in ARC, where a key that is not for subdomains says nothing of it."""
    strict = {"sello._domainkey.reenvio.example": "t=s; " + KEYS["sello._domainkey.reenvio.example"]}
    assert check_arc(signed.split(message("arc-two")), ask=zone(strict)).result == "pass"
    strict = {"uno._domainkey.cliente.example": "t=s; " + KEYS["uno._domainkey.cliente.example"]}
    raw = message("rsa-relaxed-relaxed")
    assert found(raw, more=strict) == [("pass", "")]


NONE = Spf(result="none", domain="")


@pytest.mark.parametrize(
    ("records", "author", "spf", "dkim", "wanted"),
    [
        ({}, "a@cliente.example", "cliente.example", "", ("none", None)),
        ({"cliente.example": "p=reject"}, "a@cliente.example", "cliente.example", "", ("pass", "reject")),
        ({"cliente.example": "p=reject"}, "a@cliente.example", "otra.example", "", ("fail", "reject")),
        ({"cliente.example": "p=reject"}, "a@cliente.example", "", "correo.cliente.example", ("pass", "reject")),
        ({"cliente.example": "p=none; adkim=s"}, "a@cliente.example", "", "x.cliente.example", ("fail", "none")),
        ({"cliente.example": "p=none; sp=reject"}, "a@x.cliente.example", "", "cliente.example", ("pass", "reject")),
        ({"example": "p=reject; psd=y"}, "a@x.cliente.example", "", "cliente.example", ("pass", "reject")),
        ({"example": "p=reject; psd=y"}, "a@cliente.example", "", "otra.example", ("fail", "reject")),
        ({"x.cliente.example": "p=none; psd=n", "cliente.example": "p=reject"}, "a@x.cliente.example", "",
         "cliente.example", ("fail", "none")),
        ({"a.b.c.d.e.f.g.h.i.example": "p=none", "i.example": "p=reject"}, "x@a.b.c.d.e.f.g.h.i.example", "",
         "i.example", ("pass", "none")),
    ],
)  # fmt: skip
def test_alignment(records: dict[str, str], author: str, spf: str, dkim: str, wanted: tuple[str, str | None]) -> None:
    result = check_dmarc(
        authors=[author],
        spf=Spf(result="pass", domain=spf) if spf else NONE,
        signatures=[Signature(result="pass", domain=dkim)] if dkim else [],
        ask=zone({f"_dmarc.{name}": f"v=DMARC1; {text}" for name, text in records.items()}),
    )
    assert (result.result, result.policy) == wanted


def test_several_authors_have_no_domain() -> None:
    for authors in ([], ["a@uno.example", "b@dos.example"]):
        assert check_dmarc(authors=authors, spf=NONE, signatures=[], ask=zone()).result == "permerror"


def test_every_answer_is_kept_and_asked_for_once() -> None:
    asked: list[str] = []

    def look_up(name: str, kind: str) -> Records:
        asked.append(name)
        if name.startswith("_dmarc"):
            raise NoAnswer("later")
        return Records(values=(b"v=spf1 \xff",) if kind == "TXT" and name == "x.example" else (), secure=True)

    answers = Answers(look_up=look_up)
    assert answers.ask("X.example.", "TXT") == answers.ask("x.example", "TXT") == (b"v=spf1 \xff",)
    for _ in range(2):
        with pytest.raises(NoAnswer):
            answers.ask("_dmarc.x.example", "TXT")
    assert asked == ["x.example", "_dmarc.x.example"]
    kept = json.loads(answers.to_json())
    assert kept[0]["values"] == [{"base64": "dj1zcGYxIP8="}]
    assert [(one["answered"], one["secure"]) for one in kept] == [(True, True), (False, False)]
    assert Answers(look_up=look_up).to_json() == b""


def test_a_message_cannot_ask_for_ever() -> None:
    answers = Answers(look_up=lambda name, kind: Records())
    for number in range(MOST_QUESTIONS):
        answers.ask(f"{number}.example", "A")
    with pytest.raises(TooManyQuestions):
        answers.ask("otra.example", "A")
    late = Answers(look_up=lambda name, kind: Records(), clock=iter([0.0, 16.0]).__next__)
    with pytest.raises(NoAnswer):
        late.ask("x.example", "A")


def test_one_silent_domain_that_signs_often_is_asked_once() -> None:
    asked: list[str] = []

    def silent(name: str, kind: str) -> Records:
        asked.append(name)
        raise NoAnswer("silence")

    answers = Answers(look_up=silent)
    field = message("rsa-relaxed-relaxed").partition(b"\r\nFrom:")[0]
    often = b"".join(field.replace(b"s=uno", b"s=n%d" % number) + b"\r\n" for number in range(10))
    found = check_dkim(signed.split(often + message("rsa-relaxed-relaxed")), at=NOW, ask=answers.ask)
    assert [one.result for one in found] == ["temperror"] * 10
    assert asked == ["n0._domainkey.cliente.example"]
    with pytest.raises(NoAnswer):
        answers.ask("uno._domainkey.otra.example", "TXT")
    assert asked[1:] == ["uno._domainkey.otra.example"]


def test_silent_name_servers_hold_a_message_up_for_seconds_only() -> None:
    now = 0.0

    def silent(name: str, kind: str) -> Records:
        nonlocal now
        now += 5.0
        raise NoAnswer("silence")

    answers = Answers(look_up=silent, clock=lambda: now)
    for number in range(MOST_QUESTIONS):
        with pytest.raises(NoAnswer):
            answers.ask(f"uno._domainkey.d{number}.example", "TXT")
    assert now <= 20.0


def origin(raw: bytes) -> dict[str, object]:
    answers = Answers(look_up=lambda name, kind: Records(values=zone()(name, kind) if kind == "TXT" else ()))
    return check_origin(
        raw,
        ip="192.0.2.1",
        helo="mx.cliente.example",
        mail_from="ana@cliente.example",
        at=datetime.fromtimestamp(NOW, UTC),
        answers=answers,
    )


def test_the_whole_is_what_facts_record() -> None:
    result = origin(message("arc-two"))
    AUTHENTICATION.check(result, "authentication")
    assert result["dmarc"] == {"result": "none", "domain": "cliente.example", "policy": None}
    assert not is_temporary(result)


TAGS = st.sampled_from(
    [
        b"v=1",
        b"a=rsa-sha256",
        b"a=ed25519-sha256",
        b"b=AA==",
        b"bh=AA==",
        b"d=cliente.example",
        b"h=from",
        b"s=uno",
        b"i=1",
        b"cv=none",
        b"l=5",
        b"x=1",
        b"=",
        b"b",
        b"\xff\xfe=\x00",
        b"h=",
        b"c=relaxed/simple",
        b"d=",
        b"s=.",
        b"q=",
    ]
)
FIELD = st.tuples(
    st.sampled_from([b"DKIM-Signature", b"ARC-Seal", b"ARC-Message-Signature", b"ARC-Authentication-Results", b"From"]),
    st.lists(TAGS, max_size=12).map(b"; ".join) | st.binary(max_size=60),
).map(lambda pair: pair[0] + b": " + pair[1])


@given(st.lists(FIELD | st.binary(max_size=30), max_size=10), st.binary(max_size=100))
@settings(max_examples=400, deadline=None)
def test_garbage_never_raises(fields: list[bytes], body: bytes) -> None:
    AUTHENTICATION.check(origin(b"\r\n".join(fields) + b"\r\n\r\n" + body), "authentication")


@given(st.sampled_from([*SIGNED, "arc-one", "arc-two", "rfc8463"]), st.integers(0, 4000), st.binary(max_size=3))
@settings(max_examples=400, deadline=None)
def test_what_was_altered_anywhere_never_raises(name: str, at: int, octets: bytes) -> None:
    raw = message(name)
    AUTHENTICATION.check(origin(raw[:at] + octets + raw[at + len(octets) :]), "authentication")


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"\xff"]), max_size=40).map(b"".join))
def test_the_relaxed_body_is_that_of_its_lines(body: bytes) -> None:
    lines = [re.sub(rb"[ \t]+", b" ", line).removesuffix(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    assert signed.relaxed_body(body) == b"".join(line + b"\r\n" for line in lines)


@pytest.mark.parametrize(
    "body", [b" " * 4_000_000, b" \t" * 999 * 2000, b"\r\n" * 2_000_000, b"a " * 2_000_000], ids="abcd"
)
def test_no_body_makes_checking_slow(body: bytes) -> None:  # dkimpy 1.1.8: 19 s for 80 kB of blanks
    raw = message("rsa-relaxed-relaxed").partition(b"\r\n\r\n")[0]
    began = time.process_time()
    origin(raw + b"\r\n\r\n" + body + b"x")
    assert time.process_time() - began < 5
