"""What an SMTP client said about a message, apart from the message itself. Pure values."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Client:
    """The program that submitted.

    Attributes:
        ip: textual IPv4 or IPv6 address, without a zone and without a port.
        helo: argument of EHLO or HELO, as given.
        tls_version: for example `TLSv1.3`; None without TLS.
        tls_cipher: OpenSSL's name of the cipher; None without TLS.
    """

    ip: str
    helo: str
    tls_version: str | None
    tls_cipher: str | None


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One accepted RCPT TO.

    Attributes:
        address: mailbox as given, domain in lower case; not ASCII only under SMTPUTF8.
        notify: RFC 3461 section 4.1, in the order given, from {"NEVER"} or {"SUCCESS", "FAILURE", "DELAY"};
            empty where the client said nothing.
        orcpt: RFC 3461 section 4.2, `type;xtext` as given, but for UTF-8 in it, which is written as RFC 6533 section 3
            writes it in ASCII; None where the client said nothing.
    """

    address: str
    notify: tuple[str, ...] = ()
    orcpt: str | None = None


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """MAIL FROM and every RCPT TO of one transaction.

    Attributes:
        mail_from: mailbox as given, domain in lower case; never empty.
        recipients: at least one, in the order given, no address twice.
        ret: RFC 3461 section 4.3, "FULL" or "HDRS"; None where the client said nothing.
        envid: RFC 3461 section 4.4, xtext exactly as given; None where the client said nothing.
        smtputf8: the client declared SMTPUTF8 (RFC 6531).
        body_8bit: BODY=8BITMIME was declared, or the content has octets above 127.
        client: who submitted.
        header_from: first address of the From header, which the credential may send as: the sender that facts, console
            and certificates name. Empty where nobody has looked at it; then MAIL FROM stands for it.
    """

    mail_from: str
    recipients: tuple[Recipient, ...]
    ret: str | None
    envid: str | None
    smtputf8: bool
    body_8bit: bool
    client: Client
    header_from: str = ""
