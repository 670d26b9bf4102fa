"""Signed address tokens: a local part that names one of our rows and that nobody else can make (VERP).

`bounce+<token>@domain`: the token is base32 of a purpose-bound HMAC and the identifier, lower case, because mail
systems on the way may fold the case of a local part (RFC 5321 2.4 forbids it; they do it all the same).
"""

import base64
import binascii
import hashlib
import hmac
import re
from uuid import UUID

from acuse.errors import ConfigurationError, InputError

#: Purposes: where reports about a communication come back, where answers to it go, where an organisation forwards mail,
#: where it forwards a mailbox of its desk, where answers about a case go.
BOUNCE, REPLY, INBOX, MAILBOX, TICKET = "bounce", "reply", "inbox", "mailbox", "ticket"
#: Purposes of tokens in links: content that waits for its recipient, the receipt of a message whose copy names it, what
#: a tracked copy asks for; a case as its customer follows it, and the question whether they agree.
ACCESS, RECEIPT, TRACK, FOLLOW, AGREE = "access", "receipt", "track", "follow", "agree"
_DIGEST = 10  # bytes: 80 bits; forging one takes 2^79 messages on average, and the local part stays within 64
_TOKEN = re.compile(r"[a-z2-7]{42}\Z")
_PURPOSE = re.compile(r"[a-z]{1,16}\Z")
_MIN_KEY = 16


def _mac(key: bytes, purpose: str, identifier: bytes) -> bytes:
    if len(key) < _MIN_KEY:
        raise ConfigurationError(f"The key of address tokens needs at least {_MIN_KEY} bytes.")
    return hmac.digest(key, b"acuse-address-token\x00" + purpose.encode() + b"\x00" + identifier, hashlib.sha256)[
        :_DIGEST
    ]


def encode_token(*, key: bytes, purpose: str, identifier: UUID) -> str:
    """Return the token that names one identifier for one purpose: 42 lower-case letters and digits.

    Args:
        key: secret, at least 16 bytes; purpose: a word of letters a-z, which is signed too.

    Raises:
        ConfigurationError: the key is too short. InputError: `purpose` is not a-z.
    """
    if not _PURPOSE.match(purpose):
        raise InputError("The purpose of an address token is 1 to 16 letters a-z.")
    body = identifier.bytes + _mac(key, purpose, identifier.bytes)
    return base64.b32encode(body).decode().rstrip("=").lower()


def decode_token(token: str, *, keys: tuple[bytes, ...], purpose: str) -> UUID | None:
    """Return the identifier that a token names, or None if it is not one of ours for `purpose`.

    Args:
        token: in lower case. keys: the keys accepted, newest first (several while a key is being replaced).
    """
    if not _TOKEN.match(token):
        return None
    try:
        body = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except binascii.Error:
        return None
    identifier, mac = body[:16], body[16:]
    matches = [hmac.compare_digest(mac, _mac(key, purpose, identifier)) for key in keys]
    # b32decode ignores the unused low bits of the last letter: only the form that we write is ours
    canonical = base64.b32encode(body).decode().rstrip("=").lower() == token
    return UUID(bytes=identifier) if any(matches) and canonical else None


def encode_address(*, key: bytes, purpose: str, identifier: UUID, domain: str) -> str:
    """Return `purpose+token@domain` for one identifier.

    Args:
        key: secret, at least 16 bytes; purpose: the word before the plus, a-z, which is signed too.

    Raises:
        ConfigurationError: the key is too short. InputError: `purpose` is not a-z.
    """
    return f"{purpose}+{encode_token(key=key, purpose=purpose, identifier=identifier)}@{domain}"


def decode_address(address: str, *, keys: tuple[bytes, ...], purpose: str) -> UUID | None:
    """Return the identifier that `address` carries, or None if it is not a token of ours for `purpose`.

    Args:
        address: any address, in any case; its domain is not looked at.
        keys: the keys accepted, newest first (several while a key is being replaced).
    """
    local, _, _ = address.rpartition("@")
    word, _, token = local.lower().partition("+")
    return decode_token(token, keys=keys, purpose=purpose) if word == purpose else None
