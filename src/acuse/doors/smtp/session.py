"""One SMTP session as a state without a network: what is known, what may come next. Pure."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.envelope import Client, Envelope, Recipient
from acuse.doors.smtp import replies
from acuse.doors.smtp.commands import Sender, parse_mail, parse_rcpt
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.replies import Refused, Reply

_HELLO_MOST = 255
Known = TypeVar("Known")


@dataclass(kw_only=True)
class Talk(ABC, Generic[Known]):
    """What has been said on one connection. The door asks it before it does anything.

    Attributes:
        limits: bounds.
        ip: of the client.
        extended: the client said EHLO, not HELO.
        tls: (version, cipher) once the connection is encrypted.
        sender, recipients: of the transaction under way; what is known of each recipient, by address.
    """

    limits: Limits
    ip: str
    helo: str = ""
    extended: bool = False
    tls: tuple[str, str] | None = None
    sender: Sender | None = None
    recipients: dict[str, Known] = field(default_factory=dict)

    def hello(self, name: str, *, extended: bool) -> None:
        """Take HELO or EHLO; it ends any transaction (RFC 5321 section 4.1.4).

        Raises:
            Refused: the name is empty, too long or not printable.
        """
        if not name or len(name) > _HELLO_MOST or " " in name or not name.isprintable():
            raise Refused(replies.EHLO_SYNTAX)
        self.helo, self.extended = name, extended
        self.reset()

    def capabilities(self, hostname: str, *, tls_offered: bool) -> list[str]:
        """Return the lines of the reply to EHLO, without codes."""
        lines = [hostname, "PIPELINING", f"SIZE {self.limits.message}", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        return [*lines, "STARTTLS"] if tls_offered and not self.tls else lines

    def encrypted(self, version: str, cipher: str) -> None:
        """Note that TLS is up; everything said before is forgotten (RFC 3207 section 4.2)."""
        self.tls = (version, cipher)
        self.helo, self.extended = "", False
        self.reset()

    def mail(self, argument: str) -> Sender:
        """Read MAIL; `begin` follows.

        Raises:
            Refused: with the reply to give.
        """
        self.check_ready()
        if self.sender is not None:
            raise Refused(replies.NESTED_MAIL)
        return self._read_sender(argument)

    def begin(self, sender: Sender) -> Reply:
        """Begin a transaction."""
        self.sender = sender
        return replies.MAIL_OK

    def rcpt(self, argument: str) -> Reply:
        """Add a recipient. An address given twice is one recipient, and the first parameters hold.

        Raises:
            Refused: with the reply to give; the transaction goes on without that recipient.
        """
        self.check_ready()
        if self.sender is None:
            raise Refused(replies.MAIL_FIRST)
        return self._add(argument, self.sender)

    @abstractmethod
    def _read_sender(self, argument: str) -> Sender:
        """Read the argument of MAIL, or raise `Refused`."""

    @abstractmethod
    def _add(self, argument: str, sender: Sender) -> Reply:
        """Read the argument of RCPT and take the recipient into the transaction of `sender`, or raise `Refused`."""

    def check_data(self) -> None:
        """Raise `Refused` where DATA may not come now."""
        self.check_ready()
        if self.sender is None:
            raise Refused(replies.MAIL_FIRST)
        if not self.recipients:
            raise Refused(replies.RCPT_FIRST)

    def reset(self) -> None:
        """Forget the transaction."""
        self.sender, self.recipients = None, {}

    def check_ready(self) -> None:
        """Raise `Refused` where no transaction may begin yet."""
        if not self.helo:
            raise Refused(replies.HELLO_FIRST)


@dataclass(kw_only=True)
class Conversation(Talk[Recipient]):
    """What has been said at the connector. Between `mail` and `begin` the credential is asked about the sender.

    Attributes:
        credential: who authenticated.
    """

    credential: SmtpCredentialValue | None = None

    def capabilities(self, hostname: str, *, tls_offered: bool) -> list[str]:
        """Return the lines of the reply to EHLO, without codes."""
        lines = super().capabilities(hostname, tls_offered=tls_offered)
        lines.insert(lines.index("ENHANCEDSTATUSCODES"), "DSN")
        return [*lines, "AUTH PLAIN LOGIN"] if self.tls else lines

    def encrypted(self, version: str, cipher: str) -> None:
        """Note that TLS is up; everything said before is forgotten (RFC 3207 section 4.2)."""
        self.credential = None
        super().encrypted(version, cipher)

    def check_auth(self) -> None:
        """Raise `Refused` where AUTH may not come now (RFC 4954 section 4)."""
        if not self.extended:
            raise Refused(replies.HELLO_FIRST)
        if self.tls is None:
            raise Refused(replies.AUTH_NEEDS_TLS)
        if self.credential is not None:
            raise Refused(replies.AUTH_TWICE)
        if self.sender is not None:
            raise Refused(replies.AUTH_IN_TRANSACTION)

    def _read_sender(self, argument: str) -> Sender:
        return parse_mail(argument, most=self.limits.message)

    def _add(self, argument: str, sender: Sender) -> Reply:
        recipient = parse_rcpt(argument, smtputf8=sender.smtputf8)
        if recipient.address in self.recipients:
            return replies.RCPT_OK
        count = len(self.recipients) + 1
        if count > self.limits.recipients or (count > 1 and count * sender.size > self.limits.copies):
            raise Refused(replies.TOO_MANY_RECIPIENTS)
        self.recipients[recipient.address] = recipient
        return replies.RCPT_OK

    def check_copies(self, size: int) -> None:
        """Raise `Refused` where a message of `size` octets goes to too many at once."""
        if len(self.recipients) > 1 and size * len(self.recipients) > self.limits.copies:
            raise Refused(replies.too_many_copies(max(1, self.limits.copies // size)))

    def envelope(self, raw: bytes, header_from: str) -> Envelope:
        """Return the transaction as a value; only after `check_data` and once `header_from` is authorised."""
        assert self.sender is not None
        version, cipher = self.tls or (None, None)
        return Envelope(
            mail_from=self.sender.address,
            recipients=tuple(self.recipients.values()),
            ret=self.sender.ret,
            envid=self.sender.envid,
            smtputf8=self.sender.smtputf8,
            body_8bit=self.sender.body_8bit or not raw.isascii(),
            client=Client(ip=self.ip, helo=self.helo, tls_version=version, tls_cipher=cipher),
            header_from=header_from,
        )

    def check_ready(self) -> None:
        """Raise `Refused` before EHLO or AUTH."""
        super().check_ready()
        if self.credential is None:
            raise Refused(replies.AUTH_FIRST if self.tls else replies.START_TLS_FIRST)
