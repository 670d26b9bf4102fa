"""Canonical JSON (RFC 8785), the only written form of facts, bundles and statements.

Narrower than RFC 8785: no floats, integers of magnitude below 2^53, bounded nesting and size. A text that is
not byte for byte its own canonical form is refused, so no two texts mean the same proof.
"""

import json
from collections.abc import Collection
from typing import Any

import rfc8785

from acuse.errors import InputError

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
DEFAULT_LIMIT = 1 << 20

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode
_FOREIGN_ERRORS = (ValueError, TypeError, RecursionError, OverflowError)


def canonicalise(value: Any) -> bytes:
    """Return the RFC 8785 form of `value`.

    Args:
        value: None, bool, int, str, list or tuple, or dict with text keys, nested at most MAX_DEPTH deep.

    Returns:
        UTF-8 bytes without a final line break.

    Raises:
        InputError: a float, an integer of 2^53 or more, a lone surrogate, another type, or too deep a nesting.
    """
    try:
        # Without names beyond ASCII, sorting by code point is RFC 8785's sorting by UTF-16 unit, and without floats the
        # standard library's compiled encoder writes the same bytes, many times faster.
        if _check(value, 0):
            return _encode(value).encode()
        return rfc8785.dumps(value)
    except (*_FOREIGN_ERRORS, AttributeError) as error:
        raise InputError("Not expressible as canonical JSON: %(error)s.", error=error) from error


def parse(raw: bytes, *, limit: int = DEFAULT_LIMIT) -> Any:
    """Parse canonical JSON and refuse any text that differs from its own canonical form.

    Args:
        raw: the bytes received.
        limit: the most bytes accepted.

    Returns:
        None, bool, int, str, list or dict.

    Raises:
        InputError: too long, not UTF-8, not JSON, or not in the RFC 8785 form.
    """
    if len(raw) > limit:
        raise InputError(
            "Too long: %(size)s bytes of JSON, at most %(limit)s are accepted.", size=len(raw), limit=limit
        )
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_float=_refuse_number, parse_constant=_refuse_number, parse_int=_integer
        )
    except _FOREIGN_ERRORS as error:
        raise InputError("Not JSON of the accepted kind: %(cause)s.", cause=str(error)[:200]) from error
    # A duplicate member, a space, another order or another escape all show here: the rebuilt text differs.
    if canonicalise(value) != raw:
        raise InputError(
            "The JSON is not in its canonical form (RFC 8785): it was altered or written by another program."
        )
    return value


def _refuse_number(text: str) -> Any:
    raise InputError("Only integers are accepted as numbers, not %(text)s.", text=text[:40])


def _integer(text: str) -> int:
    if len(text) > 17:
        raise InputError("Integers must be below 2^53, not %(text)s.", text=text[:40])
    return int(text)


def _check(value: Any, depth: int) -> bool:
    """Refuse what has no canonical form here; return whether every name is ASCII."""
    if value is None or isinstance(value, bool | str):
        return True
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise InputError("Integers must be below 2^53; write larger ones as text.")
        return True
    members: Collection[Any]
    if isinstance(value, list | tuple):
        members, ascii_names = value, True
    elif isinstance(value, dict):
        members, ascii_names = value.values(), "".join(value).isascii()
    else:
        raise InputError("A %(kind)s has no canonical JSON form here.", kind=type(value).__name__)
    if members and depth >= MAX_DEPTH:
        raise InputError("JSON nested deeper than %(limit)s levels is not accepted.", limit=MAX_DEPTH)
    for member in members:
        # Most members are text: not asking about each of them halves the time that a fact takes.
        if type(member) is not str and not _check(member, depth + 1):
            ascii_names = False
    return ascii_names
