"""Roles, sender identities, secrets and lock-outs."""

import string
from datetime import UTC, datetime, timedelta

import pytest

from acuse.accounts import rules
from acuse.errors import InputError

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEY = b"k" * 32


def test_secrets_have_160_bits_and_never_repeat() -> None:
    made = {rules.new_secret() for _ in range(500)}
    assert len(made) == 500
    assert all(len(one) == 32 and set(one) <= set(string.ascii_lowercase + "234567") for one in made)


def test_only_the_same_secret_under_the_same_key_is_the_same() -> None:
    digest = rules.secret_digest("secret", key=KEY)
    assert len(digest) == 32
    assert b"secret" not in digest
    assert rules.same_secret("secret", digest, key=KEY)
    assert not rules.same_secret("Secret", digest, key=KEY)
    assert not rules.same_secret("secret", digest, key=b"other" * 7)
    assert not rules.same_secret("", bytes(32), key=KEY)


@pytest.mark.parametrize(
    ("count", "age", "locked"),
    [
        (9, timedelta(), False),
        (10, timedelta(), True),
        (10_000, timedelta(minutes=14, seconds=59), True),
        (10_000, timedelta(minutes=15), False),
        (0, timedelta(), False),
    ],
)
def test_a_lock_out_begins_at_the_limit_and_ends_with_its_window(count: int, age: timedelta, locked: bool) -> None:
    assert rules.is_locked(count=count, limit=10, window_started_at=NOW - age, now=NOW) is locked


PATTERNS = frozenset({"avisos@ribera.example", "@talleres.example", "@kripton.example", "@ñandú.example"})


@pytest.mark.parametrize(
    "address",
    [
        "avisos@ribera.example",
        "AVISOS@Ribera.Example",
        " avisos@ribera.example ",
        "quien.sea@TALLERES.example",
        "a@ÑANDÚ.example",
    ],
)
def test_addresses_that_are_ours(address: str) -> None:
    assert rules.may_send_as(address, PATTERNS)


@pytest.mark.parametrize(
    "address",
    [
        "otro@ribera.example",
        "avisos@ribera.example.evil.example",
        "a@sub.talleres.example",
        "a@xtalleres.example",
        "talleres.example",  # no address at all
        "@talleres.example",  # nobody at that domain
        "a@talleres.example@evil.example",
        "",
        "@",
        "a@tallere\u017f.example",  # LATIN SMALL LETTER LONG S, whose capital is S
        "a@\u212aripton.example",  # KELVIN SIGN, whose small letter is k
        "\u00a0avisos@ribera.example",
    ],
)
def test_addresses_that_are_not_ours(address: str) -> None:
    assert not rules.may_send_as(address, PATTERNS)


@pytest.mark.parametrize(
    ("pattern", "normal"),
    [
        ("Avisos@Empresa.Example", "avisos@empresa.example"),
        ("@Empresa.Example", "@empresa.example"),
        ("  @correo.ñandú.example ", "@correo.ñandú.example"),
        ("a" * 64 + "@b.example", "a" * 64 + "@b.example"),
    ],
)
def test_identities_are_kept_in_one_form(pattern: str, normal: str) -> None:
    assert rules.check_pattern(pattern) == normal


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "@",
        "empresa.example",
        "a@",
        "a b@c.example",
        "<a@b.example>",
        "a@b@c.example",
        "@" + "a" * 254,
        "*@b.example,c",
    ],
)
def test_what_is_no_identity_is_refused_with_an_example(pattern: str) -> None:
    with pytest.raises(InputError, match=r"@empresa\.example"):
        rules.check_pattern(pattern)


@pytest.mark.parametrize("slug", ["a", "talleres-ribera", "a" * 40, "0"])
def test_short_names(slug: str) -> None:
    assert rules.check_slug(slug) == slug


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a_b", "a" * 41, "ñ", "a/b", "a\n"])
def test_what_cannot_stand_in_an_address(slug: str) -> None:
    with pytest.raises(InputError):
        rules.check_slug(slug)


def test_roles() -> None:
    assert [role for role in rules.ROLES if role in rules.MANAGES] == ["owner", "administrator"]
    assert "auditor" not in rules.SENDS
    assert rules.check_role("auditor") == "auditor"
    with pytest.raises(InputError, match="owner, administrator, agent, auditor"):
        rules.check_role("root")
