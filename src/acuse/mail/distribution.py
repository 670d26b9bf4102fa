"""Telling mail that was distributed to many, which nothing answers by itself: an answer could go round for ever."""

import re
from collections.abc import Collection, Iterable

from acuse.mail import headers
from acuse.mail.mailboxes import lowered

_MASS = frozenset({"bulk", "junk"})
_MANY = _MASS | {"list"}
#: What a list is called, and where one writes to it (RFC 2369 section 3.4): "<mailto:list@host>, <https://...>".
_NAMED = re.compile(r"<[ \t]*(?:mailto:)?([^<>?]{1,400})", re.IGNORECASE)


def is_distributed(raw: bytes, *, own: Collection[str] = ()) -> bool:
    """Say whether a mailing list or a mass mailing brought a message: List-Id (RFC 2919) or Precedence says so.

    RFC 3834 section 2 has automatic answers kept from both. `List-Unsubscribe` alone says nothing: many programs by
    which one person writes to another add it.

    Args:
        raw: the message as it came.
        own: addresses of whoever got it. A list that is one of them brings what was written to them: its marks say
            nothing, and another list's, or a mass mailing's that came through it, say what they do elsewhere.
    """
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    lists = _values(fields, "List-Id")
    marks = {headers.decoded(value).strip().lower() for value in _values(fields, "Precedence")}
    if _is_own((*lists, *_values(fields, "List-Post")), own):
        return len(lists) > 1 or not marks.isdisjoint(_MASS)
    return bool(lists) or not marks.isdisjoint(_MANY)


def _is_own(values: Iterable[str], own: Collection[str]) -> bool:
    """Say whether a list is one of some addresses: a List-Id has a dot where they have the sign (RFC 2919)."""
    names = {name for address in map(lowered, own) for name in (address, address.replace("@", "."))}
    return any(lowered(name).strip() in names for value in values for name in _NAMED.findall(value))


def _values(fields: tuple[headers.Field, ...], name: str) -> list[str]:
    return [headers.raw_text(field) for field in fields if field.name.lower() == name.lower()]
