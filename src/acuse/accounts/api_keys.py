"""API keys: making one, revoking it, and what a program that comes with one may see.

A key is a prefix by which people recognise it and a secret, shown once and kept as a keyed digest. Its calls are
counted in its own row, so that a limit holds over all web processes.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from acuse import clock
from acuse.accounts import rules
from acuse.accounts.models import ApiKey
from acuse.accounts.queries import Access, organisation_view
from acuse.accounts.services import count_failure
from acuse.errors import AccessDenied, ConflictError, InputError, TemporaryError
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.statements import execute
from acuse.proof.facts.fact import Actor
from acuse.texts import storable

KIND = "api_key"
_KEY = """
SELECT failed.count, failed.window_started_at, key.id, key.organisation_id, key.secret_digest, key.scopes,
    key.expires_at, key.revoked_at, key.window_started_at
FROM (SELECT 1) AS one
    LEFT JOIN accounts_failed_logins AS failed ON failed.key = %(address)s
    LEFT JOIN accounts_api_keys AS key ON key.prefix = %(prefix)s
"""
# Which calls were counted may be lost with the power: the commit does not wait for the disk.
_COUNT = """
UPDATE accounts_api_keys SET
    calls = CASE WHEN window_started_at > %(since)s THEN calls ELSE 0 END + %(cost)s,
    window_started_at = CASE WHEN window_started_at > %(since)s THEN window_started_at ELSE %(now)s END
WHERE id = %(id)s AND revoked_at IS NULL
    AND (window_started_at IS NULL OR window_started_at <= %(since)s OR calls + %(cost)s <= %(limit)s)
RETURNING calls, window_started_at, set_config('synchronous_commit', 'off', true)
"""


class TooManyCalls(TemporaryError):
    """A key, or an address that tries keys, has asked too often.

    Args:
        sentence: see `AcuseError`.
        retry_after: seconds until it may ask again.
        limit: calls a minute of the key; None where the address is locked out.
    """

    def __init__(self, sentence: str, /, *, retry_after: int, limit: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.limit = limit


@dataclass(frozen=True, kw_only=True)
class ApiKeyView:
    """An API key, without its secret.

    Attributes:
        prefix: how it begins, to recognise it by.
        used_at: when it was last used, true to a minute; None before the first time.
        expired: its time is over.
    """

    id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    expired: bool


@dataclass(frozen=True, kw_only=True)
class KeyAccess:
    """What the key of a request opens.

    Attributes:
        access: to the one organisation whose key it is.
        scopes: what it may do there.
        limit: calls that it has in a minute.
        remaining: how many of them are left.
        reset: seconds until it has all of them again.
    """

    access: Access
    scopes: frozenset[str]
    limit: int
    remaining: int
    reset: int


def api_keys(access: Access) -> list[ApiKeyView]:
    """Return the organisation's API keys, the newest first."""
    rows = ApiKey.objects.filter(organisation_id=access.organisation).order_by("-created_at")
    return [_view(row) for row in rows]


def create_api_key(
    *, access: Access, name: str, scopes: list[str], expires_at: datetime | None = None
) -> tuple[ApiKeyView, str]:
    """Create an API key.

    Args:
        access: of an owner or administrator.
        name: the program that will use it.
        scopes: some of `rules.SCOPES`.
        expires_at: from when on it opens nothing, aware; None = never.

    Returns:
        The key as listed and the key itself, which is shown this once and kept only as a keyed digest.

    Raises:
        AccessDenied: the member may not.
        InputError: the name, the scopes or the time cannot be.
        ConflictError: a key that is not revoked has that name.
    """
    access.require_manager()
    name, scopes, now = rules.check_credential_name(name), rules.check_scopes(scopes), clock.now()
    if expires_at is not None and expires_at <= now:
        raise InputError("A key expires in the future, or never.")
    prefix, key = rules.new_api_key()
    try:
        with transaction.atomic():
            row = ApiKey.objects.create(
                organisation_id=access.organisation,
                name=name,
                prefix=prefix,
                secret_digest=_digest(key),
                scopes=scopes,
                created_at=now,
                expires_at=expires_at,
            )
            ends = None if expires_at is None else clock.to_rfc3339(expires_at)
            _record(access, "credential.created", row, scopes=scopes, expires_at=ends)
    except IntegrityError as error:
        raise ConflictError("There is already a key of that name; revoke it first, or choose another.") from error
    return _view(row), key


def revoke_api_key(*, access: Access, key: UUID) -> None:
    """Revoke an API key from its next request on; revoking it again changes nothing.

    Raises:
        AccessDenied: the member may not.
        InputError: the organisation has no such key.
    """
    access.require_manager()
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().filter(id=key, organisation_id=access.organisation).first()
        if row is None:
            raise InputError("There is no such key.")
        if row.revoked_at is not None:
            return
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        _record(access, "credential.revoked", row)


def access_with_key(*, key: str, address: str, cost: int = 1) -> KeyAccess:
    """Return what a presented API key opens, and count the call.

    Args:
        key: as presented, not trusted.
        address: who presents it, as far as lock-outs tell visitors apart.
        cost: calls that this one counts for.

    Raises:
        AccessDenied: unknown, wrong, expired or revoked: the caller is not told which.
        TooManyCalls: of this key within the minute, or too many wrong keys from that address.
    """
    now = clock.now()
    where = f"api:{address[:64]}"
    failures, failing_since, identity, organisation, digest, scopes, expires_at, revoked_at, counted_since = execute(
        _KEY, {"address": where, "prefix": rules.api_key_prefix(storable(key))}
    ).fetchall()[0]
    if failures is not None and rules.is_locked(
        count=failures, limit=rules.FAILURES_PER_ADDRESS, window_started_at=failing_since, now=now
    ):
        rest = math.ceil((failing_since + rules.FAILURE_WINDOW - now).total_seconds())
        raise TooManyCalls("Too many wrong keys from this address; wait, and present a right one.", retry_after=rest)
    stored = bytes(32) if digest is None else bytes(digest)
    if not rules.same_secret(_written(key), stored, key=settings.ACUSE_KEYS.credential) or identity is None:
        count_failure((where,))
        raise AccessDenied("Unknown, expired or revoked API key.")
    if revoked_at is not None or (expires_at is not None and expires_at <= now):
        raise AccessDenied("Unknown, expired or revoked API key.")
    limit, since = settings.ACUSE.api_rate_limit, now - rules.CALLS_WINDOW
    counted = {"id": identity, "now": now, "since": since, "cost": cost, "limit": limit}
    row = execute(_COUNT, counted).fetchone()
    if row is None:
        raise TooManyCalls(
            "This key has used up its calls of the minute; wait for the next.",
            retry_after=_seconds_left(counted_since or now, now),
            limit=limit,
        )
    return KeyAccess(
        access=Access(
            user=identity,
            member=identity,
            role=rules.INTEGRATOR,
            organisation=organisation,
            view=organisation_view(organisation),
        ),
        scopes=frozenset(scopes),
        limit=limit,
        remaining=limit - row[0],
        reset=_seconds_left(row[1], now),
    )


def _written(key: str) -> str:
    # The key of the digests serves SMTP secrets and invitations too: the prefix keeps the kinds apart.
    return f"api key {storable(key)}"


def _digest(key: str) -> bytes:
    return rules.secret_digest(_written(key), key=settings.ACUSE_KEYS.credential)


def _seconds_left(since: datetime, now: datetime) -> int:
    return max(1, math.ceil((since + rules.CALLS_WINDOW - now).total_seconds()))


def _view(row: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.window_started_at,
        expired=row.expires_at is not None and row.expires_at <= clock.now(),
    )


def _record(access: Access, type: str, row: ApiKey, **details: object) -> None:
    record(
        FactDraft(
            organisation=access.organisation,
            subject_kind="organisation",
            subject_id=access.organisation,
            type=type,
            actor=Actor(kind="member", id=str(access.member)),
            details={"kind": KIND, "credential": str(row.id), "name": row.name, **details},
        )
    )
