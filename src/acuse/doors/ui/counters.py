"""Counters that all web processes share, true however many count at once; they lie in the table of Django's cache."""

from datetime import timedelta

from django.db import connection
from django.db.transaction import TransactionManagementError

from acuse import clock
from acuse.evidence.statements import execute

# A counter that a crash of the database sets back by half a second lets through that much more: no reason to wait for
# the disk. What `set_config` sets holds until this statement's own transaction ends.
_COUNT = """
INSERT INTO django_cache AS held (cache_key, value, expires)
SELECT %(key)s, '1', %(expires_at)s FROM set_config('synchronous_commit', 'off', true)
ON CONFLICT (cache_key) DO UPDATE SET
    value = CASE WHEN held.expires <= %(now)s THEN 1 ELSE held.value::integer + 1 END,
    expires = CASE WHEN held.expires <= %(now)s THEN excluded.expires ELSE held.expires END
RETURNING value::integer
"""


def count(key: str, *, seconds: float) -> int:
    """Count once more under a key, outside any transaction.

    Args:
        key: of at most 200 characters. seconds: how long a count is remembered from its first on.

    Returns:
        How often it was counted since then, this time included.

    Raises:
        TransactionManagementError: a transaction is under way, whose own commit would not wait for the disk.
    """
    if connection.in_atomic_block:
        raise TransactionManagementError("Nothing is counted inside a transaction.")
    now = clock.now()
    until = now + timedelta(seconds=seconds)
    row = execute(_COUNT, {"key": f"count:{key}", "expires_at": until, "now": now}).fetchone()
    assert row is not None
    return int(row[0])


def counted(key: str) -> int:
    """Return how often it was counted under a key, as far as that is remembered; nothing is counted."""
    found = execute(
        "SELECT value::integer FROM django_cache WHERE cache_key = %(key)s AND expires > %(now)s",
        {"key": f"count:{key}", "now": clock.now()},
    ).fetchone()
    return int(found[0]) if found else 0


def forget_expired() -> None:
    """Remove counters, and whatever else lies in that table, that are no longer remembered."""
    execute("DELETE FROM django_cache WHERE expires <= %(now)s", {"now": clock.now()})
