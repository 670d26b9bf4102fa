"""MAIL and RCPT: their paths and parameters, those of RFC 3461 (DSN) included. Pure."""

import re
from dataclasses import dataclass

from acuse.delivery.envelope import Recipient
from acuse.doors.smtp import replies
from acuse.doors.smtp.replies import Refused, Reply
from acuse.errors import InputError
from acuse.mail import xtext
from acuse.mail.mailboxes import fits_path, mailbox

_PATH = re.compile(r'\s?<(?:@[^:<>"]*:)?(?P<address>(?:"(?:[^"\\]|\\.)*"|[^<>"\s])*)>(?P<rest>(?: .*)?)', re.DOTALL)
_NOTIFY = frozenset({"SUCCESS", "FAILURE", "DELAY"})
_ENVID_MOST, _ORCPT_MOST, _SIZE_DIGITS = 100, 500, 20


@dataclass(frozen=True, kw_only=True)
class Sender:
    """An accepted MAIL FROM.

    Attributes:
        address: mailbox.
        size: what the client declared, in octets; 0 where it said nothing.
        body_8bit, smtputf8, ret, envid: as in `acuse.delivery.envelope.Envelope`.
    """

    address: str
    size: int = 0
    body_8bit: bool = False
    smtputf8: bool = False
    ret: str | None = None
    envid: str | None = None


def parse_mail(argument: str, *, most: int) -> Sender:
    """Read the argument of MAIL.

    Args:
        argument: what follows the verb, as text with surrogates for octets that are not UTF-8.
        most: the largest message, in octets.

    Raises:
        Refused: with the reply to give.
    """
    address, parameters = _split(argument, "FROM:", replies.MAIL_SYNTAX)
    ret = _choice(parameters, "RET", {"FULL", "HDRS"})
    body = _choice(parameters, "BODY", {"7BIT", "8BITMIME"})
    envid = _xtext(parameters, "ENVID", _ENVID_MOST)
    _xtext(parameters, "AUTH", _ORCPT_MOST, also="<>")  # RFC 4954 section 5: accepted, and not believed
    size, smtputf8 = _size(parameters), _flag(parameters, "SMTPUTF8")
    _none_left(parameters)
    if not address:
        raise Refused(replies.NULL_SENDER)
    if size > most:
        raise Refused(replies.too_big(most))
    return Sender(
        address=_checked(address, smtputf8, replies.BAD_SENDER),
        size=size,
        body_8bit=body == "8BITMIME",
        smtputf8=smtputf8,
        ret=ret,
        envid=envid,
    )


def parse_mail_in(argument: str, *, most: int) -> Sender:
    """Read the argument of MAIL at the inbound door: the null sender is welcome, odd addresses are taken as they are.

    Args:
        argument, most: as in `parse_mail`.

    Raises:
        Refused: with the reply to give.
    """
    address, parameters = _split(argument, "FROM:", replies.MAIL_SYNTAX)
    body = _choice(parameters, "BODY", {"7BIT", "8BITMIME"})
    size, smtputf8 = _size(parameters), _flag(parameters, "SMTPUTF8")
    _none_left(parameters)
    if size > most:
        raise Refused(replies.too_big(most))
    known = _taken(address, smtputf8, replies.BAD_SENDER)
    return Sender(address=known, size=size, body_8bit=body == "8BITMIME", smtputf8=smtputf8)


def parse_rcpt_in(argument: str, *, smtputf8: bool) -> str:
    """Read the argument of RCPT at the inbound door; whether the address is ours is asked next.

    Args:
        argument, smtputf8: as in `parse_rcpt`.

    Raises:
        Refused: with the reply to give.
    """
    address, parameters = _split(argument, "TO:", replies.RCPT_SYNTAX)
    _none_left(parameters)
    return _taken(address, smtputf8, replies.BAD_RECIPIENT)


def _taken(address: str, smtputf8: bool, bad: Reply) -> str:
    """Return an address that somebody else's server uses, which need not be one that we would give out."""
    if not address.isprintable() or not fits_path(address):
        raise Refused(bad)
    if not address.isascii() and not smtputf8:
        raise Refused(replies.NEEDS_SMTPUTF8)
    return mailbox(address) or address


def _size(parameters: dict[str, str | None]) -> int:
    size = parameters.pop("SIZE", "0")
    if size is None or not (size.isascii() and size.isdigit()) or len(size) > _SIZE_DIGITS:
        raise Refused(replies.bad_parameter("SIZE"))
    return int(size)


def _flag(parameters: dict[str, str | None], name: str) -> bool:
    given = name in parameters
    if parameters.pop(name, None) is not None:
        raise Refused(replies.bad_parameter(name))
    return given


def parse_rcpt(argument: str, *, smtputf8: bool) -> Recipient:
    """Read the argument of RCPT.

    Args:
        argument: what follows the verb.
        smtputf8: the transaction declared SMTPUTF8.

    Raises:
        Refused: with the reply to give.
    """
    address, parameters = _split(argument, "TO:", replies.RCPT_SYNTAX)
    notify = _notify(parameters)
    orcpt = _orcpt(parameters, smtputf8)
    _none_left(parameters)
    return Recipient(address=_checked(address, smtputf8, replies.BAD_RECIPIENT), notify=notify, orcpt=orcpt)


def _orcpt(parameters: dict[str, str | None], smtputf8: bool) -> str | None:
    """Take ORCPT out, in the ASCII in which it can be passed on; what no report could be made of is refused."""
    if "ORCPT" not in parameters:
        return None
    given = parameters.pop("ORCPT") or ""
    # RFC 6533 section 3 lets UTF-8 itself stand in an utf-8 address, and has it rewritten for those who do not take it.
    unwritten = given.lower().startswith("utf-8;") and smtputf8 and given.isprintable()
    orcpt = xtext.in_ascii(given) if unwritten else given
    try:
        kind, original = xtext.original_recipient(orcpt)
    except InputError as error:
        raise Refused(replies.bad_parameter("ORCPT")) from error
    # Postfix writes an internationalised address as the octets of its UTF-8, whatever the type.
    text = original if kind == "utf-8" else _text(original, utf8=smtputf8)
    if not text or not text.isprintable() or not orcpt.isascii() or len(orcpt) > _ORCPT_MOST:
        raise Refused(replies.bad_parameter("ORCPT"))
    return orcpt


def _split(argument: str, keyword: str, syntax: Reply) -> tuple[str, dict[str, str | None]]:
    if argument[: len(keyword)].upper() != keyword:
        raise Refused(syntax)
    found = _PATH.fullmatch(argument[len(keyword) :])
    if found is None:
        raise Refused(syntax)
    parameters: dict[str, str | None] = {}
    for word in found["rest"].split():
        name, equals, value = word.partition("=")
        key = name.upper()
        if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]*", key) or (equals and not value) or key in parameters:
            raise Refused(syntax)
        parameters[key] = value if equals else None
    return found["address"], parameters


def _checked(address: str, smtputf8: bool, bad: Reply) -> str:
    known = mailbox(address)
    if known is None or not fits_path(known):
        raise Refused(bad)
    if not known.isascii() and not smtputf8:
        raise Refused(replies.NEEDS_SMTPUTF8)
    return known


def _choice(parameters: dict[str, str | None], name: str, values: set[str]) -> str | None:
    if name not in parameters:
        return None
    value = (parameters.pop(name) or "").upper()
    if value not in values:
        raise Refused(replies.bad_parameter(name))
    return value


def _xtext(parameters: dict[str, str | None], name: str, most: int, also: str = "") -> str | None:
    if name not in parameters:
        return None
    value = parameters.pop(name)
    if value is None or len(value) > most or not (_is_xtext(value) or value == also):
        raise Refused(replies.bad_parameter(name))
    return value


def _is_xtext(value: str) -> bool:
    """Whether `value` is xtext of printable ASCII: decoded, it is written into a report (RFC 3461 section 4)."""
    try:
        return bool(_text(xtext.decode(value), utf8=False))
    except InputError:
        return False


def _text(decoded: str, *, utf8: bool) -> str:
    """Return what the octets of a decoded xtext say, in ASCII or UTF-8; empty where that is nothing printable."""
    try:
        text = decoded.encode("latin-1").decode("utf-8" if utf8 else "ascii")
    except UnicodeError:
        return ""
    return text if text.isprintable() else ""


def _notify(parameters: dict[str, str | None]) -> tuple[str, ...]:
    if "NOTIFY" not in parameters:
        return ()
    words = tuple((parameters.pop("NOTIFY") or "").upper().split(","))
    if words != ("NEVER",) and not (set(words) <= _NOTIFY and len(set(words)) == len(words)):
        raise Refused(replies.bad_parameter("NOTIFY"))
    return words


def _none_left(parameters: dict[str, str | None]) -> None:
    for name in parameters:
        raise Refused(replies.unknown_parameter(name))
