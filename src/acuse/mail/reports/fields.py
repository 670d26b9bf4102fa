"""Groups of fields as message/delivery-status holds them (RFC 3464 2.1), read with patience."""

import itertools
import re
from collections.abc import Iterable, Iterator

MAX_VALUE = 4096
_QUOTED = "> \t"

_FIELD = re.compile(r"[> \t]{0,20}([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)\Z")
_STATUS = re.compile(r"([245])[. ]([0-9]{1,3})[. ]([0-9]{1,3})")
_ADDRESS = re.compile(r"<([^<>\s]{1,320})>")

Group = dict[str, str]


def groups(lines: Iterable[str], *, limit: int) -> Iterator[Group]:
    """Yield groups of fields, names in lower case, folded lines joined; empty lines end a group.

    A line further in than its field continues it, whatever it looks like (RFC 5322 section 2.2.3): Postfix folds
    "Recipient address rejected: User unknown" before its third word.

    At most `limit` groups. The first value of a repeated name counts, except that a repeated Final-Recipient starts a
    new group, because some reporters leave the empty line out.
    """
    return itertools.islice(_groups(lines), limit)


def _groups(lines: Iterable[str]) -> Iterator[Group]:
    group: Group = {}
    name, inset = "", -1
    for line in lines:
        text = line.rstrip("\r\n")
        match = _FIELD.match(text)
        further = len(text) - len(text.lstrip(_QUOTED))
        folded = 0 <= inset < further
        ended = not text.strip(_QUOTED)
        again = match is not None and match.group(1).lower() == "final-recipient" and "final-recipient" in group
        if (ended or again) and group:
            yield group
            group, name, inset, folded = {}, "", -1, False
        if match and not folded and not ended:
            inset = further
            name = match.group(1).lower()
            name = "" if name in group else name
            group.setdefault(name or match.group(1).lower(), match.group(2).strip()[:MAX_VALUE])
        elif name and not ended:
            _append(group, name, text)
    if group:
        yield group


def _append(group: Group, name: str, line: str) -> None:
    if len(group[name]) < MAX_VALUE:
        group[name] = f"{group[name]} {line.lstrip(_QUOTED).rstrip()}"[:MAX_VALUE]


def typed(value: str) -> tuple[str, str]:
    """Split `rfc822; user@example.com` into its type (lower case, "" where there is none) and the rest."""
    kind, semicolon, rest = value.partition(";")
    if not semicolon or not 0 < len(kind.strip()) <= 40 or "@" in kind or " " in kind.strip():
        return "", value.strip()
    return kind.strip().lower(), rest.strip()


def address_of(value: str) -> str:
    """Return the address of a recipient field, without type, brackets and comments."""
    text = typed(value)[1]
    bracketed = _ADDRESS.search(text)
    if bracketed:
        return bracketed.group(1)
    words = text.split()
    return next((word for word in words if "@" in word), words[0] if words else "").strip("<>\"';,")


def status_of(value: str) -> str:
    """Return "5.1.1" of a Status field, or "" ."""
    match = _STATUS.search(value)
    return ".".join(match.groups()) if match else ""
