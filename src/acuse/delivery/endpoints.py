"""Which channel, with which settings, speaks for this installation. The sole importer of the adapters."""

from datetime import timedelta

from django.conf import settings

from acuse.channels.base import EmailDispatch, Outcome
from acuse.channels.dns import Resolver
from acuse.channels.email.exchangers import Smarthost
from acuse.channels.email.session import Login
from acuse.channels.email.send import EmailChannel
from acuse.channels.email.wire import Timeouts
from acuse.delivery import rules
from acuse.delivery.services.attempts import OpenedAttempt
from acuse.errors import ConfigurationError
from acuse.evidence import custody
from acuse.mail.tokens import encode_address

BOUNCE = "bounce"


class EmailEndpoint:
    """The e-mail channel with this installation's settings."""

    def __init__(self) -> None:
        environment = settings.ACUSE
        nameservers = environment.dns_servers
        if environment.sandbox:
            nameservers = (f"127.0.0.1:{environment.sandbox_dns_port}",)
        self.helo: str = environment.mail_hostname
        self._domain: str = environment.verp_domain
        self._smarthost = _smarthost()
        self._channel = EmailChannel(
            Resolver(nameservers or None, allow_private=environment.email_private_targets or environment.sandbox),
            helo=self.helo,
            port=environment.sandbox_smtp_port if environment.sandbox else environment.email_port,
            smarthost=self._smarthost,
            per_domain=environment.domain_concurrency,
            timeouts=Timeouts(total=rules.SMTP_TOTAL / timedelta(seconds=1)),
        )

    def target(self, domain: str) -> str:
        """Return what will be contacted for a recipient domain."""
        return self._smarthost.host if self._smarthost else domain

    def send(self, opened: OpenedAttempt) -> Outcome:
        """Send one attempt's message, with an envelope sender that names its communication (VERP)."""
        return self._channel.send(
            EmailDispatch(
                envelope_sender=encode_address(
                    key=settings.ACUSE_KEYS.address,
                    purpose=BOUNCE,
                    identifier=opened.communication,
                    domain=self._domain,
                ),
                recipient=opened.recipient,
                message=custody.open_object(organisation=opened.organisation, sha256=opened.message_sha256),
                smtputf8=opened.smtputf8,
                eight_bit=opened.body_8bit,
                notify=opened.notify,
                ret=opened.ret,
                envid=opened.envid,
                orcpt=opened.orcpt,
            )
        )

    def send_own(self, *, recipient: str, message: bytes) -> Outcome:
        """Send a notice of our own, under the null sender, so that it can never loop (RFC 5321 4.5.5)."""
        eight_bit = any(byte > 127 for byte in message)
        return self._channel.send(
            EmailDispatch(
                envelope_sender="",
                recipient=recipient,
                message=message,
                smtputf8=not recipient.isascii(),
                eight_bit=eight_bit,
                notify=("NEVER",),
            )
        )

    def close(self) -> None:
        """Close the kept connections."""
        self._channel.close()


def _smarthost() -> Smarthost | None:
    environment = settings.ACUSE
    if environment.smarthost is None:
        return None
    host, separator, port = environment.smarthost.rpartition(":")
    if not separator or not port.isdigit():
        raise ConfigurationError("Write ACUSE_SMARTHOST as host:port, for example relay.example:587.")
    login = None
    if environment.smarthost_user is not None and environment.smarthost_password is not None:
        login = Login(username=environment.smarthost_user, password=environment.smarthost_password.get_secret_value())
    return Smarthost(host=host, port=int(port), login=login, implicit_tls=int(port) == 465)
