"""An SMTP client session (RFC 5321): greeting, EHLO, STARTTLS, AUTH, then any number of one-recipient transactions.

Written here and not taken from a library because the dialogue is evidence: each reply is kept byte for byte with its
time, each wait is bounded as a whole, and it is known exactly whether the final dot had been sent when something broke.

Nothing is altered on its way: a message with a bare CR or LF is refused before anything is sent, because servers
disagree on whether such a line ends the message (SMTP smuggling), and mending it would break its digest and signatures.
"""

import base64
import contextlib
import hashlib
import re
import socket
import time
from dataclasses import dataclass, field

from acuse.channels.base import EmailDispatch, Json, Reply
from acuse.channels.email.policies import Policy, Tls, Trust, chain_of, context_for, facts_of
from acuse.channels.email.transcript import Transcript
from acuse.channels.email.wire import Broken, Timeouts, Wire
from acuse.errors import InputError, TemporaryError
from acuse.mail.mailboxes import fits_path

_XTEXT = re.compile(r"[!-*,-<>-~+;=]{1,500}\Z")


class Rejected(TemporaryError):
    """The server answered no before a message was named (greeting, EHLO, TLS, AUTH)."""

    def __init__(self, reply: Reply, reason: str) -> None:
        super().__init__(reason)
        self.reply = reply


class TlsFailed(Broken):
    """TLS was offered and could not be set up."""


class PolicyUnmet(Broken):
    """The connection is not as the recipient's domain asks; `tls` is what it was, None without TLS."""

    def __init__(self, finding: str, tls: Json | None) -> None:
        super().__init__(finding)
        self.tls = tls


@dataclass(frozen=True, kw_only=True)
class Login:
    """Credentials for a smarthost; sent under TLS only."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Peer:
    """Who to talk to, and how."""

    host: str
    address: str
    port: int
    helo: str
    tls: Tls = Tls.OPPORTUNISTIC
    policy: Policy | None = None
    implicit_tls: bool = False
    login: Login | None = None

    @property
    def endpoint(self) -> str:
        """Return "ip:port", IPv6 in brackets."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """How a transaction ended: the deciding reply, or None where the connection broke after the final dot."""

    reply: Reply | None
    accepted: bool
    reason: str


def check_message(message: bytes) -> None:
    """Refuse what cannot travel unaltered.

    Raises:
        InputError: a bare CR or LF, or no CRLF at the end.
    """
    ends = message.count(b"\r\n")
    if message.count(b"\n") != ends or message.count(b"\r") != ends:
        raise InputError("The message has a line end that is not CRLF; mail servers would not agree on where it ends.")
    if message and not message.endswith(b"\r\n"):
        raise InputError("The last line of the message has no CRLF.")


def check_path(address: str, *, what: str) -> None:
    """Refuse an envelope address that could carry a second command or parameter.

    Raises:
        InputError: it has white space, a control character or an angle bracket, or is longer than 512 bytes.
    """
    if not fits_path(address):
        raise InputError(f"The {what} address has characters that an SMTP envelope cannot carry.")


def stuffed(message: bytes) -> bytes:
    """Return the message with a dot before each line that begins with one (RFC 5321 4.5.2)."""
    begun = b"." + message if message.startswith(b".") else message
    return begun.replace(b"\n.", b"\n..")


class Session:
    """An open session. Not thread-safe. `usable` turns false when the connection must not be used again."""

    def __init__(self, peer: Peer, wire: Wire, trust: Trust) -> None:
        self.peer = peer
        self.wire = wire
        self.trust = trust
        self.extensions: dict[str, str] = {}
        self.tls: Json | None = None
        self.finding = ""  # what the connection lacks by the policy of the recipient's domain
        self.uses = 0
        self.usable = True
        self.opening: tuple[Json, ...] = ()
        self.last_used = time.monotonic()

    @classmethod
    def connect(
        cls,
        peer: Peer,
        *,
        transcript: Transcript,
        timeouts: Timeouts,
        trust: Trust,
        ends_at: float,
        use_tls: bool = True,
    ) -> "Session":
        """Connect, greet and secure. `ends_at`: when all must be over, on the monotonic clock.

        Raises:
            TlsFailed: TLS was tried and failed (the caller may connect again without it, if the policy allows).
            PolicyUnmet: it is not as the recipient's domain asks. Rejected: the server said no.
            Broken: no connection, or it broke.
        """
        before = len(transcript.events())
        transcript.add("connect", host=peer.host, address=peer.endpoint)
        try:
            seconds = max(0.1, min(timeouts.connect, ends_at - time.monotonic()))
            connection = socket.create_connection((peer.address, peer.port), timeout=seconds)
        except OSError as error:
            reason = error.strerror or ("timed out" if isinstance(error, TimeoutError) else type(error).__name__)
            transcript.add("connect", text=f"failed: {reason}")
            raise Broken(f"No connection to {peer.host} ({peer.endpoint}): {reason}.") from error
        # the final dot travels alone; Nagle's algorithm would hold it back until the last block is confirmed
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = Wire(connection, timeouts, ends_at)
        wire.transcript = transcript
        session = cls(peer, wire, trust)
        try:
            session._open(use_tls)
        except BaseException:
            wire.close()
            raise
        session.opening = transcript.events()[before:]
        return session

    def _open(self, use_tls: bool) -> None:
        if self.peer.implicit_tls:
            self._secure()
        greeting = self.wire.reply("connect", self.wire.timeouts.greeting)
        if greeting.code != 220:
            raise Rejected(greeting, "The server did not greet.")
        self._ehlo()
        if not self.peer.implicit_tls and use_tls:
            self._starttls()
        if self.tls is None:
            self._without_tls()
        if self.peer.login is not None:
            self._log_in(self.peer.login)

    def _without_tls(self) -> None:
        policy = self.peer.policy
        self.finding = "the connection is not encrypted" if policy else ""
        if policy and policy.binding:
            raise PolicyUnmet("the server offers no TLS", None)
        if self.peer.tls is not Tls.OPPORTUNISTIC:
            raise Broken("The server offers no TLS, and sending without it is not allowed.")

    def _ehlo(self) -> None:
        reply = self.wire.command(f"EHLO {self.peer.helo}".encode("ascii"), "ehlo")
        if reply.code // 100 == 5:
            reply = self.wire.command(f"HELO {self.peer.helo}".encode("ascii"), "ehlo")
            if reply.code == 250:
                self.extensions = {}
                return
        if reply.code != 250:
            raise Rejected(reply, "The server did not accept our EHLO.")
        rows = [line[4:].decode("ascii", "replace").strip() for line in reply.text.split(b"\n")[1:] if len(line) > 4]
        self.extensions = {word.upper(): rest.strip() for word, _, rest in (row.partition(" ") for row in rows)}

    def _starttls(self) -> None:
        if "STARTTLS" not in self.extensions:
            return
        reply = self.wire.command(b"STARTTLS", "tls")
        if reply.code != 220:
            raise TlsFailed(f"The server offered STARTTLS and answered {reply.code} to it.")
        self._secure()
        self._ehlo()  # RFC 3207 4.2: what was said before is forgotten

    def _secure(self) -> None:
        policy = self.peer.policy
        context = context_for(self.peer.tls, self.trust)
        try:
            secured = self.wire.start_tls(context, policy.names[0] if policy else self.peer.host)
        except Broken as error:
            self.wire.transcript.add("tls", text=f"failed: {error}")
            raise TlsFailed(str(error)) from error
        chain = chain_of(secured)
        self.tls, doubt = facts_of(secured, chain, self.peer.host, self.trust)
        self.wire.transcript.add("tls", facts=self.tls, doubt=doubt)
        if policy is None:
            return
        self.finding = policy.doubt(chain, doubt)
        if self.finding and policy.binding:
            raise PolicyUnmet(self.finding, self.tls)

    def _log_in(self, login: Login) -> None:
        if self.tls is None:
            raise Broken("The server offers no TLS, and a password is never sent without it.")
        plain = base64.b64encode(f"\0{login.username}\0{login.password}".encode())
        offered = self.extensions.get("AUTH", "").upper().split()
        if "PLAIN" in offered:
            reply = self.wire.command(b"AUTH PLAIN " + plain, "auth", shown=b"AUTH PLAIN (secret)")
        elif "LOGIN" in offered:
            reply = self.wire.command(b"AUTH LOGIN", "auth")
            for secret in (login.username, login.password):
                if reply.code == 334:
                    reply = self.wire.command(base64.b64encode(secret.encode()), "auth", shown=b"(secret)")
        else:
            raise Broken("The server offers neither AUTH PLAIN nor AUTH LOGIN.")
        if reply.code != 235:
            raise Rejected(reply, "The server did not accept the user name and password.")

    def begin(self, transcript: Transcript, ends_at: float) -> bool:
        """Make a kept connection ready for another message; false if it turns out to be gone."""
        self.wire.begin(transcript, ends_at)
        try:
            self.usable = self.wire.command(b"RSET", "mail", seconds=self.wire.timeouts.quit).code == 250
        except Broken:
            self.usable = False
        return self.usable

    def transact(self, dispatch: EmailDispatch) -> Transaction:
        """Send one message to one recipient.

        Raises:
            Broken: before the final dot was sent, so the server has not taken the message.
        """
        self.uses += 1
        self.last_used = time.monotonic()
        try:
            ended = self._transact(dispatch)
        except Broken:
            self.usable = False
            raise
        if ended.reply is None or ended.reply.code == 421:
            self.usable = False
        return ended

    def _transact(self, dispatch: EmailDispatch) -> Transaction:
        for line, stage in ((self._mail(dispatch), "mail"), (self._rcpt(dispatch), "rcpt")):
            reply = self.wire.command(line, stage)
            if reply.code // 100 != 2:
                return Transaction(reply=reply, accepted=False, reason=f"The server refused at {stage.upper()}.")
        reply = self.wire.command(b"DATA", "data", seconds=self.wire.timeouts.data)
        if reply.code != 354:
            self.usable = self.usable and reply.code // 100 in (4, 5)
            return Transaction(reply=reply, accepted=False, reason="The server refused at DATA.")
        return self._content(dispatch.message)

    def _content(self, message: bytes) -> Transaction:
        digest = {"sha256": hashlib.sha256(message).hexdigest(), "size": len(message)}
        self.wire.refuse_early_bytes()
        self.wire.transcript.add("client", message=digest)
        try:
            self.wire.send_message(stuffed(message))
        except Broken:
            return self._refused_half_way()
        # From here on the server may have the whole message: whatever breaks, we can no longer say that it has not.
        self.wire.transcript.add_bytes("client", b".\r\n")
        try:
            self.wire.send(b".\r\n", self.wire.timeouts.block)
            reply = self.wire.reply("data", self.wire.timeouts.final)
        except Broken as error:
            self.wire.transcript.add("connect", text=f"lost after the final dot: {error}")
            return Transaction(reply=None, accepted=False, reason=f"No answer came after the whole message: {error}")
        accepted = reply.code // 100 == 2
        return Transaction(reply=reply, accepted=accepted, reason="" if accepted else "The server refused the content.")

    def _refused_half_way(self) -> Transaction:
        """A server that closes while we send has often said why first; the final dot was never sent."""
        self.usable = False
        reply = self.wire.reply("data", self.wire.timeouts.quit)
        if reply.code // 100 not in (4, 5):
            raise Broken("The server broke off while the message was being sent.")
        return Transaction(reply=reply, accepted=False, reason="The server refused while the message was being sent.")

    def _mail(self, dispatch: EmailDispatch) -> bytes:
        words = [f"MAIL FROM:<{dispatch.envelope_sender}>"]
        if "SIZE" in self.extensions:
            words.append(f"SIZE={len(dispatch.message)}")
        if dispatch.eight_bit and "8BITMIME" in self.extensions:
            words.append("BODY=8BITMIME")
        if dispatch.smtputf8:
            words.append("SMTPUTF8")
        if "DSN" in self.extensions:
            words += [f"RET={dispatch.ret}"] if dispatch.ret else []
            words += [f"ENVID={dispatch.envid}"] if dispatch.envid else []
        return " ".join(words).encode("utf-8")

    def _rcpt(self, dispatch: EmailDispatch) -> bytes:
        words = [f"RCPT TO:<{dispatch.recipient}>"]
        if "DSN" in self.extensions:
            words += [f"NOTIFY={','.join(dispatch.notify)}"] if dispatch.notify else []
            words += [f"ORCPT={dispatch.orcpt}"] if dispatch.orcpt else []
        return " ".join(words).encode("utf-8")

    def size_limit(self) -> int | None:
        """Return the announced limit in bytes (RFC 1870), or None where there is none."""
        text = self.extensions.get("SIZE", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 and int(text) > 0 else None

    def quit(self) -> None:
        """Say goodbye and close without waiting: no answer matters now, and a mute server must not hold us up."""
        self.wire.begin(Transcript(), time.monotonic() + self.wire.timeouts.quit)
        if self.usable:
            with contextlib.suppress(Broken):  # the connection is closed next, which is all that was wanted
                self.wire.send(b"QUIT\r\n", self.wire.timeouts.quit)
        self.wire.close()


def check_dispatch(dispatch: EmailDispatch) -> None:
    """Refuse an envelope that could inject commands.

    Raises:
        InputError: a bad address, DSN parameter, or an address that needs SMTPUTF8 without asking for it.
    """
    check_path(dispatch.envelope_sender, what="sender's")
    check_path(dispatch.recipient, what="recipient's")
    if "@" not in dispatch.recipient:
        raise InputError("The recipient's address has no domain.")
    if not dispatch.smtputf8 and not (dispatch.envelope_sender + dispatch.recipient).isascii():
        raise InputError("An address with letters beyond ASCII needs SMTPUTF8.")
    if not set(dispatch.notify) <= {"NEVER", "SUCCESS", "FAILURE", "DELAY"} or dispatch.ret not in (
        None,
        "FULL",
        "HDRS",
    ):
        raise InputError("Unknown DSN parameters.")
    for value in (dispatch.envid, dispatch.orcpt):
        if value is not None and not _XTEXT.match(value):
            raise InputError("ENVID and ORCPT must be xtext (RFC 3461 4).")
