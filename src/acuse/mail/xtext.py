"""The encodings of DSN parameters: xtext (RFC 3461 4) and utf-8-addr-xtext (RFC 6533 3)."""

import re

from acuse.errors import InputError

_XTEXT = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*\Z")
_HEX = re.compile(r"\+([0-9A-F]{2})")
_SCALAR = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_TYPE = re.compile(r"[A-Za-z0-9-]{1,40}\Z")


def encode(text: str) -> str:
    """Return the xtext of an ASCII text.

    Raises:
        InputError: it has characters beyond ASCII.
    """
    if not text.isascii():
        raise InputError("xtext holds ASCII only.")
    return "".join(letter if "!" <= letter <= "~" and letter not in "+=" else f"+{ord(letter):02X}" for letter in text)


def decode(text: str) -> str:
    """Return what an xtext stands for.

    Raises:
        InputError: it is not xtext.
    """
    if not _XTEXT.match(text):
        raise InputError("Not xtext (RFC 3461 4).")
    return _HEX.sub(lambda match: chr(int(match.group(1), 16)), text)


def in_ascii(orcpt: str) -> str:
    """Return an ORCPT of type utf-8 with every character beyond ASCII written as `\\x{...}` (RFC 6533 3)."""
    return "".join(letter if letter.isascii() else f"\\x{{{ord(letter):X}}}" for letter in orcpt)


def original_recipient(orcpt: str) -> tuple[str, str]:
    """Split an ORCPT parameter into address type (lower case) and address, decoded.

    Raises:
        InputError: it is not `type;xtext`.
    """
    kind, semicolon, rest = orcpt.partition(";")
    if not semicolon or not _TYPE.match(kind):
        raise InputError("ORCPT is written type;address, such as rfc822;user@example.com.")
    if kind.lower() == "utf-8":
        return "utf-8", _SCALAR.sub(_scalar, rest)
    return kind.lower(), decode(rest)


def _scalar(match: re.Match[str]) -> str:
    value = int(match.group(1), 16)
    if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
        raise InputError("ORCPT holds a character that does not exist.")
    return chr(value)
