"""SMTP credentials: shown once, kept as a digest, revoked at once, and locked out when somebody guesses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connections

from acuse import clock
from acuse.accounts import queries, rules, services
from acuse.accounts.models import FailedLogin, SmtpCredential, User
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, ConflictError, InputError, TemporaryError
from acuse.evidence.queries import facts_of

ADDRESS = "192.0.2.7"
START = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture
def organisation(database: Addresses) -> UUID:
    return services.create_organisation(name="Talleres Ribera", slug="talleres-ribera").id


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Set the clock to so long after the start."""

    def set_clock(after: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: START + after)

    set_clock(timedelta())
    return set_clock


def log_in(username: str, secret: str, address: str = ADDRESS) -> UUID:
    return services.authenticate(username=username, secret=secret, address=address).id


def fail(username: str, address: str = ADDRESS) -> None:
    with pytest.raises(AccessDenied):
        log_in(username, "wrong", address)


def test_the_secret_is_stored_nowhere(organisation: UUID, database: Addresses) -> None:
    row, secret = services.create_credential(organisation=organisation, name=" crm ")
    assert row.name == "crm"
    assert log_in(row.username, secret) == row.id
    with psycopg.connect(database.owner_dsn) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        dump = b""
        for (table,) in tables:
            with connection.cursor().copy(
                psycopg.sql.SQL("COPY {} TO STDOUT").format(psycopg.sql.Identifier(table))
            ) as copy:
                dump += b"".join(bytes(part) for part in copy)
    assert row.username.encode() in dump
    assert secret.encode() not in dump
    assert secret.encode().hex().encode() not in dump


def test_creation_is_a_fact_without_secret(organisation: UUID) -> None:
    row, secret = services.create_credential(organisation=organisation, name="crm")
    fact = facts_of(organisation=organisation, kind="organisation", id=organisation)[-1].fact
    assert (fact.type, fact.details) == ("credential.created", {"credential": str(row.id), "name": "crm"})
    assert secret.encode() not in fact.canonical()


def test_names_are_taken_once_in_each_organisation(organisation: UUID) -> None:
    services.create_credential(organisation=organisation, name="crm")
    with pytest.raises(ConflictError, match="already a credential called crm"):
        services.create_credential(organisation=organisation, name="crm")
    other = services.create_organisation(name="Flota Norte", slug="flota-norte").id
    row, secret = services.create_credential(organisation=other, name="crm")
    assert services.authenticate(username=row.username, secret=secret, address=ADDRESS).organisation == other
    for name in ("", "  ", "x" * 61):
        with pytest.raises(InputError):
            services.create_credential(organisation=organisation, name=name)


def test_a_revoked_credential_opens_nothing(organisation: UUID) -> None:
    row, secret = services.create_credential(organisation=organisation, name="crm")
    for _ in range(2):
        services.revoke_credential(organisation=organisation, credential=row.id)
    with pytest.raises(AccessDenied) as revoked:
        log_in(row.username, secret)
    with pytest.raises(AccessDenied) as unknown:
        log_in("nadie", secret)
    assert str(revoked.value) == str(unknown.value)
    types = [item.fact.type for item in facts_of(organisation=organisation, kind="organisation", id=organisation)]
    assert types.count("credential.revoked") == 1


def test_nobody_revokes_what_is_not_theirs(organisation: UUID) -> None:
    row, secret = services.create_credential(organisation=organisation, name="crm")
    other = services.create_organisation(name="Flota Norte", slug="flota-norte").id
    with pytest.raises(InputError, match="no such credential"):
        services.revoke_credential(organisation=other, credential=row.id)
    with pytest.raises(InputError, match="no such credential"):
        services.revoke_credential(organisation=organisation, credential=uuid4())
    assert log_in(row.username, secret) == row.id


def test_ten_wrong_secrets_lock_the_name_out_even_for_the_right_one(
    organisation: UUID, at: Callable[[timedelta], None]
) -> None:
    row, secret = services.create_credential(organisation=organisation, name="crm")
    other, others_secret = services.create_credential(organisation=organisation, name="erp")
    for number in range(rules.FAILURES_PER_USERNAME):
        assert log_in(row.username, secret, "192.0.2.1") == row.id, number
        fail(row.username, f"198.51.100.{number}")
    with pytest.raises(TemporaryError, match="fifteen minutes"):
        log_in(row.username, secret, "203.0.113.1")
    assert log_in(other.username, others_secret, "203.0.113.1") == other.id


def test_fifty_wrong_secrets_lock_the_address_out(organisation: UUID, at: Callable[[timedelta], None]) -> None:
    row, secret = services.create_credential(organisation=organisation, name="crm")
    for number in range(rules.FAILURES_PER_ADDRESS):
        fail(f"guess-{number}")
    with pytest.raises(TemporaryError):
        log_in(row.username, secret)
    assert log_in(row.username, secret, "192.0.2.8") == row.id


def test_a_lock_out_ends_with_its_window_and_is_not_prolonged(
    organisation: UUID, at: Callable[[timedelta], None]
) -> None:
    row, secret = services.create_credential(organisation=organisation, name="crm")
    for _ in range(rules.FAILURES_PER_USERNAME):
        fail(row.username)
    at(rules.FAILURE_WINDOW - timedelta(seconds=1))
    with pytest.raises(TemporaryError):
        log_in(row.username, secret)
    at(rules.FAILURE_WINDOW)
    assert log_in(row.username, secret) == row.id
    # The next failure opens a window of its own.
    fail(row.username)
    assert FailedLogin.objects.get(key=f"user:{row.username}").count == 1
    assert log_in(row.username, secret) == row.id


def test_failures_at_the_same_time_are_all_counted(organisation: UUID) -> None:
    def wrong(number: int) -> str:
        try:
            return str(log_in("nadie", "wrong", f"198.51.100.{number}"))
        except AccessDenied:
            return "denied"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(wrong, range(8))) == {"denied"}
    assert FailedLogin.objects.get(key="user:nadie").count == 8


def test_guessing_names_fills_no_table(organisation: UUID, at: Callable[[timedelta], None]) -> None:
    for number in range(5):
        fail(f"guess-{number}")
    assert services.forget_failures() == 0
    at(rules.FAILURE_WINDOW / 2)
    fail("late", "192.0.2.99")
    at(rules.FAILURE_WINDOW)
    assert services.forget_failures() == 6
    assert set(FailedLogin.objects.values_list("key", flat=True)) == {"user:late", "ip:192.0.2.99"}


@pytest.mark.parametrize("username", ["", "x" * 10_000, "a\0b", "ñandú", "\udcff"])
@pytest.mark.parametrize("secret", ["", "\0", "\udcff"])
def test_whatever_is_typed_is_only_denied(organisation: UUID, username: str, secret: str) -> None:
    with pytest.raises(AccessDenied):
        log_in(username, secret)


def test_use_is_recorded_once_a_minute(organisation: UUID, at: Callable[[timedelta], None]) -> None:
    row, secret = services.create_credential(organisation=organisation, name="crm")
    fail(row.username)

    def used_at() -> datetime | None:
        return SmtpCredential.objects.get(id=row.id).last_used_at

    assert used_at() is None
    log_in(row.username, secret)
    assert used_at() == START
    at(timedelta(minutes=1))
    log_in(row.username, secret)
    assert used_at() == START
    at(timedelta(minutes=1, microseconds=1))
    log_in(row.username, secret)
    assert used_at() == START + timedelta(minutes=1, microseconds=1)


def test_members_see_their_credentials_without_secrets(organisation: UUID) -> None:
    services.create_user(email="marta@ribera.example", password=None)
    services.add_member(organisation=organisation, email="marta@ribera.example", role="owner")
    access = queries.access_organisation(user=User.objects.get(), slug="talleres-ribera")
    first, _ = services.create_credential(organisation=organisation, name="crm")
    second, secret = services.create_credential(organisation=organisation, name="erp")
    other = services.create_organisation(name="Flota Norte", slug="flota-norte").id
    services.create_credential(organisation=other, name="ajena")
    seen = queries.credentials(access)
    assert [view.id for view in seen] == [second.id, first.id]
    assert secret not in repr(seen)
