"""Statements of the busiest writers: planned once per connection, and sent together.

Django's cursor writes parameters into the text, which PostgreSQL then reads and plans anew each time, and waits for
each answer. Accepting a message took twelve waits so; it takes five.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from psycopg import Connection, Cursor
from psycopg.abc import DumperKey, PyFormat
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg.types import TypeInfo

_PREPARED_AFTER = 3
#: Dimensions, whether there are nulls, type of the elements; of the one dimension its length and where it begins.
_HEAD, _EMPTY = struct.Struct("!5i"), struct.Struct("!3i")
_BYTEA, _UUID, _INT8, _TEXT = (types[name] for name in ("bytea", "uuid", "int8", "text"))


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
    held = connections[DEFAULT_DB_ALIAS]  # looked for once; `connection` looks for it at each attribute
    held.close_if_health_check_failed()  # as Django's own cursor: once after each `close_old_connections`
    held.ensure_connection()
    session = held.connection
    if session.prepare_threshold != _PREPARED_AFTER:
        session.prepare_threshold = _PREPARED_AFTER
        take_arrays(session)
    with held.wrap_database_errors:
        cursor: Cursor[tuple[Any, ...]] = Cursor(session)
        cursor.execute(statement, parameters)
        return cursor


def words(values: Iterable[UUID | int | str]) -> str:
    """Return values as a PostgreSQL array; psycopg asks about each element of a list, which takes longer than the rest.

    Args:
        values: whose text needs no quotes: UUIDs, integers, NULL, and texts (none empty) of letters, digits and
            `._-+:`.
    """
    return f"{{{','.join(map(str, values))}}}"


class Array(NamedTuple):
    """Values as PostgreSQL sends and receives an array in binary: neither side writes or reads digits.

    Args:
        oid: of the type of the array.
        raw: `array_recv`'s form.
    """

    oid: int
    raw: bytes


def octets(values: Iterable[bytes]) -> Array:
    """Return byte strings as a PostgreSQL array."""
    return _array(_BYTEA, list(values))


def uuids(values: Iterable[UUID]) -> Array:
    """Return UUIDs as a PostgreSQL array."""
    return _array(_UUID, [value.bytes for value in values])


def integers(values: Iterable[int]) -> Array:
    """Return integers of 64 bits as a PostgreSQL array."""
    return _array(_INT8, [value.to_bytes(8, signed=True) for value in values])


def texts(values: Iterable[str]) -> Array:
    """Return texts as a PostgreSQL array."""
    return _array(_TEXT, [value.encode() for value in values])


def take_arrays(session: Connection[Any]) -> None:
    """Let a session take values of `Array`."""
    session.adapters.register_dumper(Array, _ArrayDumper)


def _array(element: TypeInfo, values: list[bytes]) -> Array:
    head = _HEAD.pack(1, 0, element.oid, len(values), 1) if values else _EMPTY.pack(0, 0, element.oid)
    return Array(element.array_oid, b"".join([head, *[len(value).to_bytes(4) + value for value in values]]))


class _ArrayDumper(Dumper):
    """Hands on what is in its form already; one for each type of array."""

    format = Format.BINARY

    def get_key(self, obj: Array, _format: PyFormat) -> DumperKey:
        return (Array, obj.oid)  # type: ignore[return-value]  # a key is any hashable here

    def upgrade(self, obj: Array, _format: PyFormat) -> "_ArrayDumper":
        dumper = _ArrayDumper(Array)
        dumper.oid = obj.oid
        return dumper

    def dump(self, obj: Array) -> bytes:
        return obj.raw
