"""API keys: shown once, kept as a digest, limited in scope, time and number of calls, and revoked at once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from acuse import clock
from acuse.accounts import api_keys, queries, rules, services
from acuse.accounts.api_keys import TooManyCalls
from acuse.accounts.models import ApiKey, FailedLogin, User
from acuse.accounts.queries import Access
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Fact

ADDRESS = "192.0.2.7"
START = datetime(2026, 11, 21, 9, tzinfo=UTC)
READ = ["communications:read"]


def owner(slug: str) -> Access:
    """The owner of a new organisation."""
    email = f"marta@{slug}.example"
    made = services.create_organisation(name="Talleres Ribera", slug=slug)
    services.create_user(email=email, password=None)
    services.add_member(organisation=made.id, email=email, role="owner")
    return queries.access_organisation(user=User.objects.get(email=email), slug=slug)


@pytest.fixture
def access(database: Addresses) -> Access:
    return owner("talleres-ribera")


@pytest.fixture
def at(access: Access, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Set the clock to so long after the start."""

    def set_clock(after: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: START + after)

    set_clock(timedelta())
    return set_clock


@pytest.fixture
def ten_a_minute(monkeypatch: pytest.MonkeyPatch, access: Access) -> None:
    monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"api_rate_limit": 10}))


def last_fact(access: Access) -> Fact:
    return facts_of(organisation=access.organisation, kind="organisation", id=access.organisation)[-1].fact


def denied(key: str, address: str = ADDRESS) -> None:
    with pytest.raises(AccessDenied, match="Unknown, expired or revoked"):
        api_keys.access_with_key(key=key, address=address)


def test_a_key_opens_its_own_organisation_and_may_neither_manage_nor_send(access: Access) -> None:
    owner("flota-norte")
    view, key = api_keys.create_api_key(access=access, name=" crm ", scopes=["verify", "content:read"])
    opened = api_keys.access_with_key(key=key, address=ADDRESS)
    assert (view.name, view.scopes) == ("crm", ("content:read", "verify"))
    assert opened.scopes == {"content:read", "verify"}
    assert opened.access.organisation == access.organisation
    assert opened.access.view == access.view
    assert (opened.access.manages, opened.access.sends) == (False, False)
    for act in (opened.access.require_manager, opened.access.require_sender):
        with pytest.raises(AccessDenied):
            act()


def test_the_key_has_160_secret_bits_and_is_stored_nowhere(access: Access, database: Addresses) -> None:
    view, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    assert re.fullmatch(r"acuse_[a-z2-7]{8}_[a-z2-7]{32}", key)
    assert key.startswith(f"{view.prefix}_")
    secret = key.rpartition("_")[2].encode()
    with psycopg.connect(database.owner_dsn) as connection:
        dump = b""
        for (table,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            statement = psycopg.sql.SQL("COPY {} TO STDOUT").format(psycopg.sql.Identifier(table))
            with connection.cursor().copy(statement) as copy:
                dump += b"".join(bytes(part) for part in copy)
    assert view.prefix.encode() in dump
    assert secret not in dump
    assert secret.hex().encode() not in dump
    assert key not in repr(api_keys.api_keys(access))


def test_making_and_revoking_are_facts_without_the_secret(access: Access) -> None:
    ends = START + timedelta(days=3650)
    view, key = api_keys.create_api_key(access=access, name="crm", scopes=READ, expires_at=ends)
    made = last_fact(access)
    common = {"kind": "api_key", "credential": str(view.id), "name": "crm"}
    assert made.type == "credential.created"
    assert made.details == {**common, "scopes": READ, "expires_at": clock.to_rfc3339(ends)}
    assert key.encode() not in made.canonical()
    for _ in range(2):
        api_keys.revoke_api_key(access=access, key=view.id)
    facts = facts_of(organisation=access.organisation, kind="organisation", id=access.organisation)
    revoked = [item.fact for item in facts if item.fact.type == "credential.revoked"]
    assert [fact.details for fact in revoked] == [common]
    assert revoked[0].actor.id == str(access.member)


def test_a_revoked_key_opens_nothing_from_the_next_request_on(access: Access) -> None:
    view, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    api_keys.access_with_key(key=key, address=ADDRESS)
    api_keys.revoke_api_key(access=access, key=view.id)
    denied(key)
    again, _ = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    assert [one.id for one in api_keys.api_keys(access)] == [again.id, view.id], "the name is free again"


def test_an_expired_key_opens_nothing(access: Access, at: Callable[[timedelta], None]) -> None:
    hour = timedelta(hours=1)
    _, key = api_keys.create_api_key(access=access, name="crm", scopes=READ, expires_at=START + hour)
    at(hour - timedelta(microseconds=1))
    api_keys.access_with_key(key=key, address=ADDRESS)
    at(hour)
    denied(key)
    assert api_keys.api_keys(access)[0].expired
    assert not FailedLogin.objects.exists(), "a right key that is over locks nobody out"
    with pytest.raises(InputError, match="in the future"):
        api_keys.create_api_key(access=access, name="erp", scopes=READ, expires_at=START + hour)


@pytest.mark.parametrize("role", ["agent", "auditor", rules.INTEGRATOR])
def test_only_who_manages_makes_and_revokes(access: Access, role: str) -> None:
    view, _ = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    other = replace(access, role=role)
    with pytest.raises(AccessDenied):
        api_keys.create_api_key(access=other, name="erp", scopes=READ)
    with pytest.raises(AccessDenied):
        api_keys.revoke_api_key(access=other, key=view.id)
    assert ApiKey.objects.filter(revoked_at=None).count() == 1


def test_nobody_sees_or_revokes_what_is_not_theirs(access: Access) -> None:
    view, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    stranger = owner("flota-norte")
    assert api_keys.api_keys(stranger) == []
    for identity in (view.id, uuid4()):
        with pytest.raises(InputError, match="no such key"):
            api_keys.revoke_api_key(access=stranger, key=identity)
    api_keys.access_with_key(key=key, address=ADDRESS)


@pytest.mark.parametrize(
    ("name", "scopes", "error"),
    [("", READ, InputError), ("x" * 61, READ, InputError), ("a", [], InputError), ("a", ["all"], InputError),
     ("a", [*READ, "all"], InputError), ("crm", READ, ConflictError)],
)  # fmt: skip
def test_what_cannot_be_a_key_is_refused(access: Access, name: str, scopes: list[str], error: type[Exception]) -> None:
    api_keys.create_api_key(access=access, name="crm", scopes=READ)
    with pytest.raises(error):
        api_keys.create_api_key(access=access, name=name, scopes=scopes)
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key[:-1] + ("a" if key[-1] != "a" else "b"),
        lambda key: key.upper(),
        lambda key: f" {key}",
        lambda key: f"{key}\n",
        lambda key: key.replace("_", "-"),
        lambda key: key[:14],
        lambda key: f"{key[:14]}_",
        lambda key: "",
        lambda key: "\0",
        lambda key: "\udcff",
        lambda key: "ñ" * 10_000,
        lambda key: f"acuse_aaaaaaaa_{key[15:]}",
    ],
)
def test_whatever_is_presented_is_only_denied(access: Access, change: Callable[[str], str]) -> None:
    _, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    denied(change(key))
    assert FailedLogin.objects.get().count == 1


def test_an_smtp_secret_is_no_key_and_a_key_is_no_smtp_secret(access: Access) -> None:
    row, secret = services.create_credential(organisation=access.organisation, name="crm")
    view, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    denied(f"{view.prefix}_{secret}")
    stored = bytes(ApiKey.objects.get().secret_digest)
    assert stored not in {rules.secret_digest(text, key=settings.ACUSE_KEYS.credential) for text in (key, key[15:])}
    for given in (key, key[15:]):
        with pytest.raises(AccessDenied):
            services.authenticate(username=row.username, secret=given, address=ADDRESS)


def test_fifty_wrong_keys_lock_the_address_out_for_a_quarter_of_an_hour(
    access: Access, at: Callable[[timedelta], None]
) -> None:
    _, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    for _ in range(rules.FAILURES_PER_ADDRESS):
        denied("guess")
    at(timedelta(minutes=10))
    with pytest.raises(TooManyCalls, match="wrong keys") as locked:
        api_keys.access_with_key(key=key, address=ADDRESS)
    assert (locked.value.retry_after, locked.value.limit) == (300, None)
    api_keys.access_with_key(key=key, address="192.0.2.8")
    at(rules.FAILURE_WINDOW)
    api_keys.access_with_key(key=key, address=ADDRESS)


def test_a_key_has_so_many_calls_a_minute(access: Access, at: Callable[[timedelta], None], ten_a_minute: None) -> None:
    _, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    _, other = api_keys.create_api_key(access=access, name="erp", scopes=READ)
    for left in range(9, -1, -1):
        opened = api_keys.access_with_key(key=key, address=ADDRESS)
        assert (opened.limit, opened.remaining, opened.reset) == (10, left, 60)
    at(timedelta(seconds=45.5))
    with pytest.raises(TooManyCalls, match="used up") as refused:
        api_keys.access_with_key(key=key, address=ADDRESS)
    assert (refused.value.retry_after, refused.value.limit) == (15, 10)
    assert api_keys.access_with_key(key=other, address=ADDRESS).remaining == 9
    at(timedelta(seconds=60))
    assert api_keys.access_with_key(key=key, address=ADDRESS).remaining == 9


def test_a_call_may_count_for_several(access: Access, at: Callable[[timedelta], None], ten_a_minute: None) -> None:
    _, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)
    assert api_keys.access_with_key(key=key, address=ADDRESS, cost=6).remaining == 4
    with pytest.raises(TooManyCalls):
        api_keys.access_with_key(key=key, address=ADDRESS, cost=6)
    assert api_keys.access_with_key(key=key, address=ADDRESS, cost=4).remaining == 0


def test_the_limit_holds_for_calls_at_once(access: Access, ten_a_minute: None) -> None:
    _, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)

    def call(number: int) -> bool:
        try:
            api_keys.access_with_key(key=key, address=f"198.51.100.{number}")
        except TooManyCalls:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(call, range(16))) == 10


def test_use_is_shown_to_a_minute(access: Access, at: Callable[[timedelta], None]) -> None:
    _, key = api_keys.create_api_key(access=access, name="crm", scopes=READ)

    def used_at() -> datetime | None:
        return api_keys.api_keys(access)[0].used_at

    assert used_at() is None
    for seconds, shown in ((0, 0), (59, 0), (60, 60), (400, 400)):
        at(timedelta(seconds=seconds))
        api_keys.access_with_key(key=key, address=ADDRESS)
        assert used_at() == START + timedelta(seconds=shown)
