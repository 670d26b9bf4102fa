"""Mailboxes (RFC 5321 section 4.1.2) and lists of them in headers (RFC 5322 section 3.4). Closed on doubt.

The connector authorises what is read here, and facts, console and certificate show what is read here: two programs that
read one header differently are how a sender is forged.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_LIST = 16 * 1024  # characters of a list that is read strictly

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]"
_LABEL = r"[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9\-\u0080-\U0010ffff]{0,61}[A-Za-z0-9\u0080-\U0010ffff])?"
_LOCAL = rf'(?:{_ATEXT}+(?:\.{_ATEXT}+)*|"(?:[ !#-\[\]-~\u0080-\U0010ffff]|\\[ -~])*")'
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[A-Fa-f0-9:.]+\]|\[IPv6:[A-Fa-f0-9:.]+\])"
_MAILBOX = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_DOMAIN})")
_LOCAL_MOST, _DOMAIN_MOST, _MOST = 64, 255, 254

_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")
_PATH_MOST = 512

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t]++)
    | <[ \t]*+(?P<angle>(?:{_QUOTED})?[^<>"(), \t]*+)[ \t]*+>
    | (?P<bare>(?:{_QUOTED}|[^ \t()<>\[\]:;@\\,"]++)@[^<>"(),; \t]++)
    | (?P<quoted>{_QUOTED})
    | (?P<atom>[^ \t()<>\[\]:;@\\,"]++)
    | (?P<mark>[,;:(])
    """,
    re.VERBOSE,
)
_IN_COMMENT = re.compile(r"[^()\\]++|\\.|[()]")
_COMMENTS_MOST = 20


@dataclass(frozen=True, kw_only=True)
class Address:
    """A mailbox of a header: display name (may be empty) and address as written."""

    name: str
    address: str


def lowered(text: str) -> str:
    """Return `text` in lower case, but for letters that are not the one capital of their lower-case form.

    U+212A (KELVIN SIGN) becomes a plain k under `str.lower`, and one address would pass for another.
    """
    if text.isascii():
        return text.lower()
    return "".join(small if (small := c.lower()).upper() == c else c for c in text)


def mailbox(text: str) -> str | None:
    """Return the mailbox with its domain name in lower case; None where `text` is not one.

    An encoded word is none: RFC 2047 section 5 forbids it in an address, and whoever decoded it would see another.

    Args:
        text: `local@domain`, without angle brackets, white space or comments.
    """
    found = _MAILBOX.fullmatch(text)
    if found is None or not text.isprintable():
        return None
    local, domain = found["local"], found["domain"]
    if len(local.encode()) > _LOCAL_MOST or len(domain.encode()) > _DOMAIN_MOST or len(text.encode()) > _MOST:
        return None
    return None if "=?" in local else f"{local}@{domain if domain.startswith('[') else lowered(domain)}"


def fits_path(address: str) -> bool:
    """Tell whether our SMTP client sends to or from `address`: nothing in it could end the path or the command."""
    return not _UNSAFE.search(address) and len(address.encode("utf-8", "replace")) <= _PATH_MOST


def listed(value: str) -> tuple[Address, ...] | None:
    """Return the mailboxes of a header such as From; None where one cannot be read beyond doubt.

    Mailboxes and groups (RFC 6854) divided by commas; comments stand between words only; no route, no empty member.
    Names are without their quotes, encoded words left as they are.

    Args:
        value: the header's value, unfolded.
    """
    if len(value) > MAX_LIST or _CONTROL.search(value):
        return None
    try:
        return _Reading(value).addresses()
    except _Doubt:
        return None


class _Doubt(Exception):
    """The list cannot be read in one way only."""


class _Reading:
    """One pass over a list."""

    def __init__(self, value: str) -> None:
        self._found: list[Address] = []
        self._words: list[str] = []
        self._comments: list[str] = []
        self._address: str | None = None
        self._in_group = self._after_group = False
        self._tokens = self._scan(value)

    def addresses(self) -> tuple[Address, ...] | None:
        for kind, text in self._tokens:
            if kind in ("atom", "quoted"):
                self._word(text)
            elif kind in ("angle", "bare"):
                self._mailbox(text, named=kind == "angle")
            else:
                self._mark(text)
        if self._in_group:
            raise _Doubt
        if not self._after_group:
            self._end_member()
        return tuple(self._found) or None

    def _scan(self, value: str) -> Iterator[tuple[str, str]]:
        at = 0
        while at < len(value):
            found = _TOKEN.match(value, at)
            if found is None:
                raise _Doubt
            at = found.end()
            kind = found.lastgroup or ""
            if found[0] == "(":
                at = self._comment(value, at)
            elif kind != "space":
                yield kind, found[kind]

    def _comment(self, value: str, at: int) -> int:
        """Skip a comment whose parenthesis has been read; return where it ends."""
        start, depth = at, 1
        while depth:
            found = _IN_COMMENT.match(value, at)
            if found is None:
                raise _Doubt
            at = found.end()
            depth += (found[0] == "(") - (found[0] == ")")
            if depth > _COMMENTS_MOST:
                raise _Doubt
        self._comments.append(_unescaped(value[start : at - 1]))
        return at

    def _word(self, text: str) -> None:
        if self._address is not None or self._after_group:
            raise _Doubt
        self._words.append(_unescaped(text[1:-1]) if text.startswith('"') else text)

    def _mailbox(self, text: str, *, named: bool) -> None:
        address = mailbox(text)
        if address is None or self._address is not None or self._after_group or (self._words and not named):
            raise _Doubt
        self._address = address

    def _mark(self, mark: str) -> None:
        if mark == ",":
            if not self._after_group:
                self._end_member()
            self._after_group = False
        elif mark == ":":
            if self._in_group or self._after_group or self._address is not None or not self._words:
                raise _Doubt
            self._in_group = True
            self._forget()
        else:
            if not self._in_group:
                raise _Doubt
            if self._address is not None or self._words:
                self._end_member()
            self._in_group, self._after_group = False, True

    def _end_member(self) -> None:
        if self._address is None:
            raise _Doubt
        name = " ".join(self._words) or " ".join(self._comments)
        self._found.append(Address(name=name, address=self._address))
        self._forget()

    def _forget(self) -> None:
        self._words, self._comments, self._address = [], [], None


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
