"""Mailboxes in commands (RFC 5321 section 4.1.2) and in From (RFC 5322 section 3.4). Pure, and closed on doubt."""

import re
from collections.abc import Iterator

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]"
_LABEL = r"[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9\-\u0080-\U0010ffff]{0,61}[A-Za-z0-9\u0080-\U0010ffff])?"
_LOCAL = rf'(?:{_ATEXT}+(?:\.{_ATEXT}+)*|"(?:[ !#-\[\]-~\u0080-\U0010ffff]|\\[ -~])*")'
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[A-Fa-f0-9:.]+\]|\[IPv6:[A-Fa-f0-9:.]+\])"
_MAILBOX = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_DOMAIN})")
_LOCAL_MOST, _DOMAIN_MOST, _MOST = 64, 255, 254


def mailbox(text: str) -> str | None:
    """Return the mailbox with its domain name in lower case; None where `text` is not one.

    Args:
        text: `local@domain`, without angle brackets, white space or comments.
    """
    found = _MAILBOX.fullmatch(text)
    if found is None or not _is_text(text):
        return None
    local, domain = found["local"], found["domain"]
    if len(local.encode()) > _LOCAL_MOST or len(domain.encode()) > _DOMAIN_MOST or len(text.encode()) > _MOST:
        return None
    return f"{local}@{domain if domain.startswith('[') else domain.lower()}"


def from_addresses(value: str) -> tuple[str, ...] | None:
    """Return every mailbox of a From header; None where one cannot be read beyond doubt.

    Two programs that read one header differently are how a sender is forged, so what is not plain is refused:
    comments and quoted names are removed, what remains has one mailbox per comma (or one per member of a group).

    Args:
        value: the header's value, unfolded.
    """
    bare = _without_names(value)
    if bare is None:
        return None
    found = []
    for piece in _pieces(bare):
        opened = piece.count("<")
        if opened != piece.count(">") or opened > 1:
            return None
        text = piece.partition("<")[2].partition(">") if opened else (piece, "", "")
        address = mailbox(text[0].strip())
        if address is None or text[2].strip() or (opened and "@" in piece.partition("<")[0]):
            return None
        found.append(address)
    return tuple(found) or None


def _pieces(bare: str) -> Iterator[str]:
    for piece in re.split("[,;]", re.sub(r"[^,;:<>@]*:(?![^<]*>)", "", bare)):
        if piece.strip():
            yield piece


def _without_names(value: str) -> str | None:
    """Return `value` without comments and quoted strings; None where one does not end."""
    out: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\" and (depth or quoted):
            escaped = True
        elif quoted:
            quoted = character != '"'
        elif character == "(":
            depth += 1
        elif depth:
            depth -= character == ")"
        elif character == '"':
            quoted = True
            out.append(" ")
        else:
            out.append(character)
    return None if depth or quoted or escaped else "".join(out)


def _is_text(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" or "\x80" <= c <= "\x9f" for c in text)
