"""Reading a mailbox at another server by IMAP (RFC 3501; TLS as in RFC 8314). The sole user of the IMAP client.

The server is somebody else's: its certificate is verified, and time and bytes are bounded whatever it says.
"""

import base64
import imaplib
import io
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from acuse.errors import PermanentError, TemporaryError

Security = Literal["tls", "starttls"]

#: What may come besides a message: greetings, lists of numbers, what the server tells unasked.
_ROOM = 4_000_000
_LONGEST_LINE = 1_000_000
#: Messages whose numbers are asked for at once: of ten digits each, with a space, they fit into a line.
_LISTED = 50_000
#: Ends of such ranges that one command asks for; a folder of more messages than these hold is beyond us.
_MOST_ENDS = 200
_SILENCE_SECONDS = 30.0
_MAX_ADDRESSES = 2
_MOST_WORDS = 300
_LARGEST, _MOST_DIGITS = 2**32 - 1, 10
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})", re.IGNORECASE)
_ARRIVED = re.compile(rb'INTERNALDATE "\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d [+-]\d{4})"', re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: Response codes of a refusal that may pass (RFC 5530).
_PASSING = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\b", re.IGNORECASE)


class MailboxRefused(PermanentError):
    """Somebody has to change a setting, here or at the server."""


class MailboxAway(TemporaryError):
    """The server cannot be reached or does not answer as it should; later it may."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where a mailbox is, and how one gets in.

    Args:
        host: name; the certificate must name it.
        security: TLS from the first byte (port 993), or STARTTLS (143); never without.
        secret: the password; never shown.
        folder: its name as people write it.
    """

    host: str
    port: int
    security: Security
    username: str
    secret: str = field(repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A message in the folder: its size in bytes, and when the server says that it came (INTERNALDATE)."""

    size: int
    arrived_at: datetime


class _Bounds:
    """How long, in seconds, and how much a server may send."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._room = _ROOM

    def patience(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return min(left, _SILENCE_SECONDS)

    def allow(self, size: int) -> None:
        """Make room for what is asked for next."""
        self._room = _ROOM + size

    def expect(self, size: int) -> None:
        if size > self._room:
            raise MailboxAway("The server sends more than was asked for.")

    def take(self, size: int) -> None:
        self.expect(size)
        self._room -= size


class _Bounded(io.RawIOBase):
    """What a socket receives, within bounds."""

    def __init__(self, source: socket.socket, bounds: _Bounds) -> None:
        self._source = source
        self._bounds = bounds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._source.settimeout(self._bounds.patience())
        received = self._source.recv_into(buffer)
        self._bounds.take(received)
        return received


class _Client(imaplib.IMAP4):
    """The standard library's client over a connection to one checked address, verified and bounded."""

    def __init__(self, account: Account, address: str, *, context: ssl.SSLContext, bounds: _Bounds) -> None:
        self._account, self._address, self._context, self.bounds = account, address, context, bounds
        super().__init__(account.host, account.port)
        try:
            if account.security == "starttls":
                self._start_tls()
        except BaseException:
            self.shutdown()
            raise

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        """Connect to the address; the name is what the certificate is held against."""
        self.host, self.port = host, port
        self._use(socket.create_connection((self._address, port), timeout=self.bounds.patience()))
        if self._account.security == "tls":
            try:
                self._secure()
            except BaseException:
                self.shutdown()
                raise

    def _use(self, connection: socket.socket) -> None:
        self.sock = connection
        self._received = io.BufferedReader(_Bounded(connection, self.bounds))

    def _secure(self) -> None:
        # What came in clear behind the answer to STARTTLS stays in the old buffer, unread.
        self._use(self._context.wrap_socket(self.sock, server_hostname=self.host))

    def _start_tls(self) -> None:
        if "STARTTLS" not in self.capabilities:
            raise MailboxRefused("%(host)s offers no STARTTLS on this port.", host=self.host)
        _asked(self.xatom("STARTTLS"))
        self._secure()
        self.capabilities = tuple(_asked(self.capability())[-1].decode("ascii", "replace").upper().split())

    def begin(self, *, room: int = 0) -> None:
        """Make room for what is asked for next, and forget what came besides all that was asked for before."""
        self.bounds.allow(room)
        self.untagged_responses.clear()

    def read(self, size: int) -> bytes:
        """Read so many bytes, unless they are more than may come: the buffer is made for all of them at once."""
        self.bounds.expect(size)
        return self._received.read(size)

    def readline(self) -> bytes:
        """Read a line."""
        line = self._received.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise MailboxAway("The server sends more than was asked for.")
        return line

    def shutdown(self) -> None:
        """Close the connection."""
        self._received.close()
        self.sock.close()


class Session:
    """An open folder.

    Attributes:
        uid_validity: under which UIDs mean what they mean (RFC 3501 2.3.1.1).
        next_uid: that the next message will have at least; 1 where the server does not say.
        messages: how many there are.
    """

    def __init__(self, client: _Client, account: Account, *, writes: bool) -> None:
        self._client, self._account = client, account
        count = _asked(client.select(_folder(account.folder), readonly=not writes), folder=account.folder)
        self.messages = _number(count[0])
        self.uid_validity = self._told("UIDVALIDITY")
        self.next_uid = self._told("UIDNEXT") or 1
        if not self.uid_validity:
            raise MailboxRefused("The server does not number messages for good (UIDVALIDITY); it cannot be fetched.")

    def _told(self, name: str) -> int:
        _, values = self._client.response(name)
        return _number(values[0]) if values else 0

    def newer(self, uid: int) -> Iterator[int]:
        """Yield the UIDs above one, ascending."""
        return self._search(uid + 1)

    def since(self, day: date) -> Iterator[int]:
        """Yield the UIDs of what came on a day or later, as the server counts days, ascending."""
        return self._search(1, "SINCE", f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}")

    def _search(self, first: int, *criteria: str) -> Iterator[int]:
        """Yield UIDs from one on, asked for range by range: no answer is longer than a line may be."""
        for last in (*self._ends(), 0):
            if 0 < last < first:
                continue
            # "n:*" always means the last message too, however low its number.
            lines = self._ask("SEARCH", "UID", f"{first}:{last or '*'}", *criteria)
            found = {_number(one) for line in lines if isinstance(line, bytes) for one in line.split()}
            yield from sorted(one for one in found if one >= first)
            first = last + 1

    def _ends(self) -> list[int]:
        """Return UIDs that divide the folder into ranges of so many messages; none of a folder that is one range.

        By UID, and not by place: what others remove meanwhile moves no message out of a range that is asked for later.
        """
        places = [str(place) for place in range(_LISTED, self.messages, _LISTED)[:_MOST_ENDS]]
        if not places:
            return []
        self._client.begin()
        with _said(self._account):
            lines = _asked(self._client.fetch(",".join(places), "(UID)"))
        return sorted(_number(found[1]) for line in lines if isinstance(line, bytes) and (found := _UID.search(line)))

    def _ask(self, command: str, *arguments: str, room: int = 0) -> list[Any]:
        self._client.begin(room=room)
        with _said(self._account):
            return _asked(self._client.uid(command, *arguments))

    def describe(self, uid: int) -> Found | None:
        """Return what is known of a message before it is fetched; None where it is gone."""
        for line in self._ask("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)"):
            if isinstance(line, bytes) and (size := _SIZE.search(line)) and (when := _ARRIVED.search(line)):
                # A day or zone that does not exist, or that UTC has in the year 10000.
                with suppress(ValueError, OverflowError):
                    arrived = parsedate_to_datetime(b" ".join(when.groups()).decode("ascii"))
                    return Found(size=int(size[1]), arrived_at=arrived.astimezone(UTC))
        return None

    def message(self, uid: int, *, size: int) -> bytes | None:
        """Return a message as it is there, and leave it unread; None where it is gone.

        Args:
            size: that it should have: servers may count line ends otherwise than they send them, so twice that passes.
        """
        parts = self._ask("FETCH", str(uid), "(BODY.PEEK[])", room=2 * size)
        return next((part[1] for part in parts if isinstance(part, tuple) and b"BODY[]" in part[0].upper()), None)

    def mark_read(self, uid: int) -> None:
        r"""Give a message the flag \Seen."""
        self._ask("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")


@contextmanager
def opened(
    account: Account, addresses: Sequence[str], *, context: ssl.SSLContext, seconds: float, writes: bool = False
) -> Iterator[Session]:
    """Open a folder until the block ends.

    Args:
        account: where it is.
        addresses: of its host, checked by the caller: whoever names a host must not reach our own network.
        context: verifies certificates.
        seconds: in all.
        writes: messages will be marked.

    Raises:
        MailboxRefused: as it is set up, it cannot work. MailboxAway: later it may.
    """
    with _said(account):
        client = _connected(account, addresses, context, _Bounds(seconds))
    try:
        with _said(account):
            _log_in(client, account)
            session = Session(client, account, writes=writes)
        yield session
    finally:
        with suppress(imaplib.IMAP4.error, OSError, ValueError, MailboxAway):
            client.logout()
        client.shutdown()


@contextmanager
def _said(account: Account) -> Iterator[None]:
    """Turn what goes wrong on the network into a sentence."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailboxRefused(
            "The certificate of %(host)s is not valid for it: %(reason)s.",
            host=account.host,
            reason=error.verify_message,
        ) from error
    except ssl.SSLError as error:
        raise MailboxAway(
            "%(host)s does not speak TLS on port %(port)s as it was set up.", host=account.host, port=account.port
        ) from error
    except TimeoutError as error:
        raise MailboxAway("%(host)s did not answer in time.", host=account.host) from error
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise MailboxAway(
            "%(host)s could not be asked: %(reason)s", host=account.host, reason=_words(error, account)
        ) from error


def _connected(account: Account, addresses: Sequence[str], context: ssl.SSLContext, bounds: _Bounds) -> _Client:
    trouble: OSError = OSError("it has no address")
    for address in addresses[:_MAX_ADDRESSES]:
        try:
            return _Client(account, address, context=context, bounds=bounds)
        except ssl.SSLError:
            raise
        except OSError as error:
            trouble = error
    raise trouble


def _log_in(client: _Client, account: Account) -> None:
    try:
        if "AUTH=PLAIN" in client.capabilities:
            said = f"\0{account.username}\0{account.secret}".encode()
            client.authenticate("PLAIN", lambda _: said)
        else:
            client.login(_quoted(account.username), account.secret)
    except UnicodeEncodeError as error:
        raise MailboxRefused("The server takes no user names and passwords beyond ASCII.") from error
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        words = _words(error, account)
        if _PASSING.search(words):
            raise MailboxAway("The server takes nobody in at this moment: %(reason)s", reason=words) from error
        raise MailboxRefused("The server refuses the user name or the password: %(reason)s", reason=words) from error


def _asked(answer: tuple[str, list[Any]], *, folder: str = "") -> list[Any]:
    """Return what the server answered, unless it refused."""
    status, lines = answer
    if status == "OK":
        return lines
    words = _CONTROL.sub(" ", (lines[-1] or b"").decode("utf-8", "replace"))[:_MOST_WORDS] if lines else ""
    if folder and not _PASSING.search(words):
        raise MailboxRefused("There is no folder %(folder)s that can be read: %(reason)s", folder=folder, reason=words)
    raise MailboxAway("The server refused: %(reason)s", reason=words)


def _number(said: object) -> int:
    """Return a number that a server gives, of 32 bits (RFC 3501 9), or 0 where it gives none."""
    if not isinstance(said, bytes) or not said.isdigit():
        return 0
    if len(said) > _MOST_DIGITS or (number := int(said)) > _LARGEST:
        raise MailboxAway("The server gives a number that is larger than IMAP allows.")
    return number


def _words(error: Exception, account: Account) -> str:
    """Return what the server or the system said, should it repeat the password without that."""
    said = error.args[0] if len(error.args) == 1 else str(error)
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return _CONTROL.sub(" ", text.replace(account.secret, "…") if account.secret else text)[:_MOST_WORDS]


def _folder(name: str) -> str:
    """Return the name of a folder as IMAP writes it, in modified UTF-7 (RFC 3501 5.1.3)."""
    return _quoted(_UNPRINTABLE.sub(_shifted, name.replace("&", "&-")))


def _shifted(found: re.Match[str]) -> str:
    return "&" + base64.b64encode(found[0].encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",") + "-"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
