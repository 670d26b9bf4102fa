"""Submitting a message as a mail program does: SMTP with STARTTLS and AUTH."""

import json
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from acuse.config.environment import Environment
from acuse.config.secrets import write_private
from acuse.errors import ConfigurationError, InputError, PermanentError, TemporaryError
from acuse.mail import headers
from acuse.proof.trust import Trust

_LINE_END = re.compile(rb"\r?\n")
_BAD_LOGIN = 535
"""RFC 4954 section 6."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """User name and secret of an SMTP credential."""

    username: str
    secret: str = field(repr=False)


def account_file(settings: Environment) -> Path:
    """Return where `acuse demo` keeps the sample organisation's credential, for `acuse send`."""
    return settings.keys / "demo-credential.json"


def keep_account(settings: Environment, account: Account) -> None:
    """Keep the sample organisation's credential."""
    account_file(settings).unlink(missing_ok=True)
    write_private(account_file(settings), json.dumps({"username": account.username, "secret": account.secret}).encode())


def read_account(settings: Environment) -> Account:
    """Return the sample organisation's credential.

    Raises:
        InputError: there is none here.
    """
    try:
        return Account(**json.loads(account_file(settings).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise InputError("Give --user and --secret-file (see `acuse key create`).") from error


def submit(settings: Environment, account: Account, *, raw: bytes, sender: str, recipients: list[str]) -> str:
    """Submit a message; return the server's final reply.

    Args:
        settings: whose SMTP door.
        account: credential.
        raw: the message; line ends of a Unix file, LF alone, become CRLF.
        sender: MAIL FROM; empty = the address in the From header.
        recipients: at least one.

    Raises:
        InputError: the message names no sender. PermanentError: the server refused it for good; its reply says why.
        TemporaryError: it cannot be taken now, or nobody answers.
    """
    raw = _LINE_END.sub(b"\r\n", raw)
    if not sender:
        fields, _, _ = headers.split_block(raw, 0, len(raw))
        found = headers.addresses_of(fields, "From")
        if not found:
            raise InputError("The message has no From address; give --from.")
        sender = found[0].address
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_starttls_port, timeout=120) as client:
            client.starttls(context=_context(settings))
            client.login(account.username, account.secret)
            return _transaction(client, raw, sender, recipients)
    except smtplib.SMTPResponseException as error:
        reply = f"{error.smtp_code} {error.smtp_error.decode('utf-8', 'replace').rstrip('.')}"  # type: ignore[union-attr]
        kind = TemporaryError if 400 <= error.smtp_code < 500 else PermanentError
        advice = (
            " `acuse key list` and `acuse key create` look after credentials." if error.smtp_code == _BAD_LOGIN else ""
        )
        raise kind(f"The SMTP connector said {reply}.{advice}") from error
    except (OSError, smtplib.SMTPException) as error:
        where = f"{settings.smtp_host} port {settings.smtp_starttls_port}"
        raise TemporaryError(f"No SMTP connector answers at {where}: is `acuse serve` running? ({error})") from error


def _transaction(client: smtplib.SMTP, raw: bytes, sender: str, recipients: list[str]) -> str:
    utf8 = not all(address.isascii() for address in (sender, *recipients)) or not _header_is_ascii(raw)
    options = ["BODY=8BITMIME", *(["SMTPUTF8"] if utf8 else [])]
    if utf8:
        client.command_encoding = "utf-8"
    client.ehlo_or_helo_if_needed()
    _expect(client.mail(sender, options), 250)
    for recipient in recipients:
        _expect(client.rcpt(recipient), 250)
    code, reply = client.data(raw)
    _expect((code, reply), 250)
    return f"{code} {reply.decode('utf-8', 'replace')}"


def _header_is_ascii(raw: bytes) -> bool:
    _, body, _ = headers.split_block(raw, 0, len(raw))
    return raw[:body].isascii()


def _expect(answer: tuple[int, bytes], wanted: int) -> None:
    if answer[0] != wanted:
        raise smtplib.SMTPResponseException(*answer)


def _context(settings: Environment) -> ssl.SSLContext:
    """Trust the system's roots and, for the development certificate, the installation's own."""
    context = ssl.create_default_context()
    context.check_hostname = False  # the door is reached by address on this machine; its chain is still verified
    if settings.smtp_certificate is None:
        try:
            trust = Trust.parse(settings.trust_file.read_text("utf-8"))
        except OSError as error:
            raise ConfigurationError("This installation was never started: run `acuse serve` first.") from error
        for certificate in (*trust.seals, *trust.stamps):
            context.load_verify_locations(cadata=_der(certificate))
    return context


def _der(certificate: object) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.DER)  # type: ignore[attr-defined, no-any-return]
