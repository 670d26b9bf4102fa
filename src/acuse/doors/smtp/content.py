"""The content of DATA: where it ends, and whether its form can be certified. Pure.

The form is checked hard because what is accepted is kept, sent and proved octet for octet; nothing is repaired.
Bare CR and bare LF are refused, not normalised: RFC 5321 section 2.3.8 forbids clients to send them and servers to take
them for line ends; repairing would certify other octets than were sent, and passing them on would let a message end
early on a laxer server (SMTP smuggling). NUL is refused: RFC 2045 section 2.8 excludes it from 8bit content, BINARYMIME
is not offered, and servers on the way drop it or cut there.
"""

import re

from acuse.doors.smtp import replies
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.replies import Refused, Reply, malformed
from acuse.mail import headers, mailboxes

_END = b"\r\n.\r\n"
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_OTHERS = {b"sender": "Sender", b"resent-from": "Resent-From", b"resent-sender": "Resent-Sender"}
LOOP = Reply(554, "5.4.6", "The message has passed too many servers: it is in a loop")


class DataReader:
    """Collects the octets after 354 until CR LF . CR LF, the only end there is (RFC 5321 section 4.1.1.4).

    Attributes:
        overflown: the content grew past `most`; what came is thrown away, and the end is still looked for.
        held: octets kept now.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = bytearray(b"\r\n")  # the line end of DATA itself, so that a first line "." ends the message
        self.overflown = False

    @property
    def held(self) -> int:
        """Return how many octets are kept."""
        return len(self._kept)

    def feed(self, chunk: bytes) -> bytes | None:
        """Take octets; return None while there is no end, else those that follow it."""
        start = max(0, len(self._kept) - len(_END) + 1)
        self._kept += chunk
        at = self._kept.find(_END, start)
        if at >= 0:
            rest = bytes(self._kept[at + len(_END) :])
            del self._kept[at + 2 :]
            return rest
        if self.overflown or len(self._kept) > self._most * 2 + 2:  # stuffing can at most double the octets
            self.discard()
        return None

    def discard(self) -> None:
        """Throw away what came, and all that comes, but what the end may begin with."""
        self.overflown = True
        del self._kept[: -len(_END) + 1]

    def content(self) -> bytes:
        """Return the content without dot-stuffing (RFC 5321 section 4.5.2); call it after the end.

        Raises:
            Refused: it is larger than `most`.
        """
        if self.overflown:
            raise Refused(replies.too_big(self._most))
        # One leading dot goes from every line; matches cannot overlap, because CR LF . CR LF would have been the end.
        raw = bytes(self._kept).replace(b"\r\n.", b"\r\n")[2:]
        if len(raw) > self._most:
            raise Refused(replies.too_big(self._most))
        return raw


def check_content(raw: bytes, limits: Limits) -> tuple[str, ...]:
    """Check the form of a message and return every address that says who sent it: those of From first, at least one.

    Whoever reads mail takes Sender, Resent-From and Resent-Sender for who sent it as well. Reply-To says where answers
    go, which is often elsewhere.

    Args:
        raw: the content, unstuffed.
        limits: bounds.

    Raises:
        Refused: with the reply to give.
    """
    _check_octets(raw, limits.line)
    fields = _fields(raw.partition(b"\r\n\r\n")[0] if not raw.startswith(b"\r\n") else b"")
    if sum(name == b"received" for name, _ in fields) > limits.received:
        raise Refused(LOOP)
    written = [value for name, value in fields if name == b"from"]
    if len(written) != 1:
        raise Refused(malformed(f"The message has {len(written)} From headers; RFC 5322 asks for exactly one"))
    addresses = mailboxes.listed(written[0].decode("utf-8", "surrogateescape"))
    if addresses is None:
        raise Refused(malformed("The From header cannot be read as one or more addresses (RFC 5322 section 3.6.2)"))
    senders = tuple(one.address for one in addresses)
    if senders != _shown(raw):
        raise Refused(malformed("The From header is not UTF-8 or stands too far down; put it first, in UTF-8"))
    return senders + _other_senders(fields)


def _other_senders(fields: list[tuple[bytes, bytes]]) -> tuple[str, ...]:
    """Return the addresses of the other fields that say who sent or resent it (RFC 5322 sections 3.6.2 and 3.6.6)."""
    if sum(name == b"sender" for name, _ in fields) > 1:
        raise Refused(malformed("The message has several Sender headers; RFC 5322 allows one"))
    found: list[str] = []
    for name, value in fields:
        if name not in _OTHERS:
            continue
        addresses = mailboxes.listed(value.decode("utf-8", "surrogateescape"))
        if addresses is None or (len(addresses) > 1 and name != b"resent-from"):
            raise Refused(malformed(f"The {_OTHERS[name]} header cannot be read as an address (RFC 5322 section 3.4)"))
        found += [one.address for one in addresses]
    return tuple(found)


def _shown(raw: bytes) -> tuple[str, ...]:
    """Return the addresses of From as console and certificates read them: within bounds, and guessing at charsets."""
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    return tuple(one.address for one in headers.addresses_of(fields, "From"))


def check_line_ends(raw: bytes) -> None:
    """Raise `Refused` where a line ends otherwise than in CR LF: another server might see another end of it."""
    ends = raw.count(b"\r\n")
    if raw.count(b"\n") != ends:
        raise Refused(malformed("The content has a bare LF; every line must end in CR LF (RFC 5321 section 2.3.8)"))
    if raw.count(b"\r") != ends:
        raise Refused(malformed("The content has a bare CR; every line must end in CR LF (RFC 5321 section 2.3.8)"))


def _check_octets(raw: bytes, line: int) -> None:
    if b"\0" in raw:
        raise Refused(malformed("The content has a NUL octet, which mail cannot carry; encode it in base64 (RFC 2045)"))
    check_line_ends(raw)
    at = 0
    while at < len(raw):
        # Every window of `line` octets that begins a line must hold a line end; jump to behind the last one in it.
        end = raw.rfind(b"\n", at, at + line)
        if end < 0:
            raise Refused(malformed(f"A line is longer than {line} octets; encode the content or fold the header"))
        at = end + 1


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Return (name in lower case, unfolded value) of every header.

    Raises:
        Refused: a line is neither a header nor its continuation: programs disagree on where the body would begin.
    """
    fields: list[tuple[bytes, list[bytes]]] = []
    for line in head.removesuffix(b"\r\n").split(b"\r\n") if head else ():
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
            continue
        found = _FIELD.match(line)
        if found is None:
            raise Refused(
                malformed("The header section has a line that is not a header; put an empty line before the body")
            )
        fields.append((found[1].lower(), [line[found.end() :]]))
    return [(name, b"".join(value)) for name, value in fields]
