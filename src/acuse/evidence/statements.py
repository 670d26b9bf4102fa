"""Statements of the busiest writers: planned once per connection, and sent together.

Django's cursor writes parameters into the text, which PostgreSQL then reads and plans anew each time, and waits for
each answer. Accepting a message took twelve waits so; it takes five.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import Cursor

_PREPARED_AFTER = 3


@contextmanager
def together() -> Iterator[None]:
    """Send what is executed in a block without waiting; reading rows waits for that answer and all before it.

    Use it inside a transaction. What any statement of the block raises is raised where rows are read, or at its end.

    Raises:
        django.db.DatabaseError: as a statement would.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def execute(statement: str, parameters: Mapping[str, Any]) -> "Cursor[tuple[Any, ...]]":
    """Execute a statement on Django's connection, prepared where it comes often.

    Args:
        statement: constant text with `%(name)s` parameters, each of a type that the text makes clear.
        parameters: their values.
    """
    connection.close_if_health_check_failed()  # as Django's own cursor: once after each `close_old_connections`
    connection.ensure_connection()
    session = connection.connection
    session.prepare_threshold = _PREPARED_AFTER
    with connection.wrap_database_errors:
        cursor: Cursor[tuple[Any, ...]] = Cursor(session)
        cursor.execute(statement, parameters)
        return cursor


def words(values: Iterable[UUID | int | str]) -> str:
    """Return values as a PostgreSQL array; psycopg asks about each element of a list, which takes longer than the rest.

    Args:
        values: whose text needs no quotes: UUIDs, integers, and texts of letters, digits, `.`, `_` and `-` alone.
    """
    return f"{{{','.join(map(str, values))}}}"


def octets(values: Iterable[bytes]) -> str:
    """Return byte strings as a PostgreSQL array."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"
