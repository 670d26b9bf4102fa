"""The fact's own rules, and the catalogue."""

import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import AcuseError, InputError
from acuse.proof.canonical import MAX_DEPTH, canonicalise
from acuse.proof.facts.catalogue import CATALOGUE, check_fact
from acuse.proof.facts.fact import Actor, Fact, ObjectReference
from acuse.proof.verdicts.delivery import OUTCOMES
from tests.unit.proof.support import fact
from tests.unit.proof.test_canonical import JSON

MESSAGE = ObjectReference(role="message", sha256="0" * 64, size=10, media_type="message/rfc822")
ATTEMPT: dict[str, Any] = {
    "attempt": 1,
    "channel": "email",
    "host": "mx.cliente.example",
    "address": "192.0.2.1:25",
    "stage": "data",
    "reply": {"code": 250, "enhanced": "2.0.0", "text": "250 2.0.0 Ok\r\n"},
    "tls": {
        "version": "TLSv1.3",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "certificate": {
            "subject": "CN=mx",
            "issuer": "CN=ca",
            "names": ["mx.cliente.example"],
            "not_after": "2027-01-01T00:00:00Z",
            "sha256": "0" * 64,
        },
        "verified": True,
    },
    "dns": {"mx": [{"preference": 10, "host": "mx.cliente.example", "addresses": ["192.0.2.1"]}], "secure": False},
    "dsn_supported": True,
}
ACCEPTED: dict[str, Any] = {
    "sender": "a@talleres.example",
    "recipient": "ana@cliente.example",
    "subject": "Hola",
    "message_id": None,
    "mode": "content",
    "size": 10,
    "language": "es",
    "credential": "crm",
    "client": {"ip": "192.0.2.9", "helo": {"base64": "/w=="}, "tls": None},
    "received_as": "a@talleres.example",
    "notify": [],
    "envid": None,
    "recipient_basis": "sender_stated",
}


def check_details(type: str, details: dict[str, Any]) -> None:
    """Check a fact of a type with these details."""
    kind = CATALOGUE[type].kinds[0] if type in CATALOGUE else "communication"
    check_fact(replace(fact(type, kind=kind), details=details))


def test_details_of_the_types_of_the_message_path() -> None:
    check_details("communication.accepted", ACCEPTED)
    check_details("attempt.relayed", ATTEMPT)
    check_details(
        "attempt.deferred", {**ATTEMPT, "failure_class": "throttled", "retry_at": "2026-11-21T09:00:00.000000Z"}
    )
    check_details("attempt.refused", {**ATTEMPT, "failure_class": "mailbox_full"})
    check_details("attempt.unknown", {**ATTEMPT, "reply": None})
    check_details(
        "attempt.failed",
        {"attempts": 3, "channel": "email", "failure_class": "domain_not_found", "reason": "null_mx"},
    )


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"size": True},
        {"language": "fr"},
        {"subject": None},
        {"subject": {"base64": "/x=="}},
        {"unknown": 1},
        {"client": {"ip": "x"}},
        {"notify": ["NEVER"] * 5},
        {"recipient": "x" * 600},
    ],
)
def test_wrong_details_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"communication\.accepted"):
        check_details("communication.accepted", {**ACCEPTED, **change})


def test_missing_details_and_unknown_types_are_refused() -> None:
    with pytest.raises(InputError, match="lacks sender"):
        check_details("communication.accepted", {name: value for name, value in ACCEPTED.items() if name != "sender"})
    with pytest.raises(InputError, match="catalogue"):
        check_details("communication.vanished", {})


@given(st.sampled_from(sorted(CATALOGUE)), st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_any_details_are_judged_without_failing(type: str, details: dict[str, Any]) -> None:
    try:
        check_details(type, details)
    except InputError:
        return
    canonicalise(details)


@given(
    st.lists(st.sampled_from([MESSAGE, replace(MESSAGE, role="other", size=2**53 - 1)]), max_size=3),
    st.dictionaries(st.text(max_size=8), JSON, max_size=4),
    st.text(min_size=1, max_size=40),
    st.booleans(),
)
def test_a_fact_is_written_as_its_members_are(
    objects: list[ObjectReference], details: dict[str, Any], actor: str, later: bool
) -> None:
    first = fact()
    made = replace(
        fact(after=first if later else None, objects=objects), details=details, actor=Actor(kind="remote", id=actor)
    )
    assert made.canonical() == canonicalise(made.members())
    assert Fact.parse(made.canonical()) == made


def test_details_of_a_fact_may_nest_as_deep_as_it_can_be_read_back() -> None:
    def nested(levels: int) -> Any:
        return "deep" if levels == 0 else [nested(levels - 1)]

    deepest = replace(fact(), details={"a": nested(MAX_DEPTH - 2)})
    assert Fact.parse(deepest.canonical()) == deepest
    with pytest.raises(InputError, match="deeper"):
        replace(fact(), details={"a": nested(MAX_DEPTH - 1)}).canonical()


def test_kind_of_subject_and_roles_are_checked() -> None:
    check_fact(fact(objects=[MESSAGE], details=ACCEPTED))
    with pytest.raises(InputError, match="recorded about"):
        check_fact(fact(kind="member", details=ACCEPTED))
    with pytest.raises(InputError, match="role"):
        check_fact(fact(objects=[replace(MESSAGE, role="other")], details=ACCEPTED))


def test_the_reference_is_up_to_date_and_names_every_type_and_outcome() -> None:
    root = Path(__file__).parents[3]
    written = (root / "docs" / "facts.md").read_text(encoding="utf-8")
    assert all(f"\n## {name}\n" in written for name in CATALOGUE)
    assert all(f"\n| `{name}` | " in written for name in OUTCOMES)
    check = [sys.executable, str(root / "scripts" / "facts_reference.py"), "--check"]
    assert subprocess.run(check, check=False, timeout=60).returncode == 0


def test_a_fact_of_an_unknown_type_is_read() -> None:
    later = fact("ticket.opened", kind="ticket", details={"anything": {"deep": [1]}})
    assert Fact.parse(later.canonical()) == later


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Accepted"},
        {"type": "communication.accepted.twice"},
        {"subject_sequence": 0},
        {"subject_sequence": 2},
        {"subject_sequence": True},
        {"salt": b"short"},
        {"previous": b"\0" * 32},
        {"actor": Actor(kind="member", id="")},
        {"objects": (replace(MESSAGE, sha256="A" * 64),)},
        {"objects": (replace(MESSAGE, size=-1),)},
        {"objects": (replace(MESSAGE, media_type="text/plain; charset=utf-8"),)},
        {"objects": (MESSAGE,) * 65},
        {"details": {"x": 1.5}},
        {"details": {"x": "y" * 300_000}},
        {"occurred_at": fact().occurred_at.replace(tzinfo=None)},
    ],
)
def test_a_fact_that_breaks_a_rule_is_not_written(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(fact(), **change).canonical()


@given(st.sampled_from(sorted(fact().members())), JSON)
def test_any_member_is_read_back_or_refused(name: str, value: Any) -> None:
    raw = canonicalise({**fact().members(), name: value})
    with suppress(AcuseError):
        assert Fact.parse(raw).canonical() == raw


def test_members_are_neither_missing_nor_added() -> None:
    members = fact().members()
    for name in members:
        with pytest.raises(InputError):
            Fact.parse(canonicalise({key: value for key, value in members.items() if key != name}))
    with pytest.raises(InputError):
        Fact.parse(canonicalise({**members, "note": "x"}))
    with pytest.raises(InputError, match="version"):
        Fact.parse(canonicalise({**members, "v": 2}))
