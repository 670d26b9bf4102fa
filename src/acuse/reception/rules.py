"""Pure rules of reception: which addresses are ours, what repeats what, how long reading waits."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from acuse.mail.tokens import BOUNCE, INBOX, MAILBOX, REPLY, TICKET, decode_address

Purpose = Literal["bounce", "reply", "inbox", "mailbox", "ticket", "postmaster", "unknown"]

#: A sender's retry within this time is the same message (as at the other door).
REPEAT_FOR = timedelta(days=7)
#: How long one worker may hold a message that it reads.
LEASE = timedelta(minutes=5)
#: Faults of our own after which a message is shown as unreadable rather than tried again.
MOST_TRIES = 6
#: Tries after which the origin of a message is recorded as it could be checked, whatever the DNS still owes.
MOST_ORIGIN_TRIES = 3
_RETRY_AFTER = timedelta(seconds=20)
_RETRY_CAP = timedelta(hours=1)
#: RFC 5321 section 4.5.1 and RFC 2142 section 4: whoever receives mail has them.
_OFFICES = frozenset({"postmaster", "abuse"})


@dataclass(frozen=True, kw_only=True)
class Ours:
    """An address at which we take mail.

    Attributes:
        address: as the client gave it.
        purpose: what it is for; "unknown" where it has the form of one of ours and its token is not.
        identifier: of the communication (bounce, reply), the organisation (inbox), the mailbox or the ticket that its
            token names.
    """

    address: str
    purpose: Purpose
    identifier: UUID | None = None


def read_address(address: str, *, keys: tuple[bytes, ...], token_domain: str, domains: frozenset[str]) -> Ours | None:
    """Return what an address of ours is for, or None where it is not ours: then it is refused, whoever asks.

    A report or a notice's reply with a wrong token is taken too, so that forged ones are seen; it names nothing, and so
    changes nothing.

    Args:
        address: of RCPT TO; "postmaster" may come without a domain.
        keys: of tokens, newest first.
        token_domain: where addresses with tokens live.
        domains: where postmaster and abuse live.
    """
    local, _, domain = address.rpartition("@")
    if address.lower() == "postmaster":
        return Ours(address=address, purpose="postmaster")
    if domain.lower() in domains and local.lower() in _OFFICES:
        return Ours(address=address, purpose="postmaster")
    if domain.lower() != token_domain.lower():
        return None
    word = local.partition("+")[0].lower() if "+" in local else ""
    if word not in {BOUNCE, REPLY, INBOX, MAILBOX, TICKET}:
        return None
    identifier = decode_address(address, keys=keys, purpose=word)
    if identifier is None:
        # People write to these, and copy them: they had better hear at once that they are wrong.
        return None if word in {INBOX, MAILBOX, TICKET} else Ours(address=address, purpose="unknown")
    return Ours(address=address, purpose=word, identifier=identifier)  # type: ignore[arg-type]  # one of these


def repeat_key(*, mail_from: str, recipient: str, sha256: str) -> bytes:
    """Return the key by which a sender's retry of the same message finds the item that its first try made."""
    return hashlib.sha256("\0".join((mail_from, recipient.lower(), sha256)).encode("utf-8", "surrogateescape")).digest()


def retry_wait(tries: int) -> timedelta:
    """Return how long reading waits after so many failures."""
    wait: timedelta = _RETRY_AFTER * 2 ** min(tries, 10)
    return min(wait, _RETRY_CAP)
