"""Which channel, with which settings, speaks for this installation. The sole importer of the adapters."""

import hashlib
from datetime import timedelta

from django.conf import settings

from acuse.channels.base import EmailDispatch, Outcome
from acuse.channels.dns import Resolver
from acuse.channels.email.exchangers import Smarthost
from acuse.channels.email.send import EmailChannel
from acuse.channels.email.session import Login, check_dispatch
from acuse.channels.email.wire import Timeouts
from acuse.delivery import copies, rules
from acuse.delivery.copies import copy_of_before
from acuse.delivery.services.access import compose_notice
from acuse.delivery.services.attempts import SentCopy
from acuse.delivery.services.policies import PolicyTable
from acuse.delivery.services.signers import Signers
from acuse.delivery.services.work import Work
from acuse.errors import ConfigurationError
from acuse.evidence import custody
from acuse.mail.rewrite import Trace, message_id_of, needs_of, sent_copy
from acuse.mail.sending_domain import ascii_domain
from acuse.mail.tokens import BOUNCE, encode_address


class EmailEndpoint:
    """The e-mail channel with this installation's settings.

    Args:
        per_domain: connections to one domain at once, of this process.
    """

    def __init__(self, *, per_domain: int) -> None:
        environment = settings.ACUSE
        nameservers = environment.dns_servers
        if environment.sandbox:
            nameservers = (f"127.0.0.1:{environment.sandbox_dns_port}",)
        self.helo: str = environment.mail_hostname
        self._domain: str = environment.verp_domain
        self._smarthost = _smarthost()
        self._signers = Signers(ascii_domain(self.helo))
        self._channel = EmailChannel(
            Resolver(
                nameservers or None,
                allow_private=environment.email_private_targets or environment.sandbox,
                validating=environment.dns_validating,
            ),
            helo=self.helo,
            port=environment.sandbox_smtp_port if environment.sandbox else environment.email_port,
            policies=PolicyTable(),
            smarthost=self._smarthost,
            per_domain=per_domain,
            timeouts=Timeouts(total=rules.SEND_TOTAL / timedelta(seconds=1)),
        )

    def target(self, domain: str) -> str:
        """Return what will be contacted for a recipient domain."""
        return self._smarthost.host if self._smarthost else domain

    def compose(self, work: Work) -> tuple[bytes, SentCopy]:
        """Return what is sent, the same at each try: the message, or in notice mode the notice of it."""
        return self._compose_notice(work) if work.mode == "notice" else self._compose_copy(work)

    def _compose_notice(self, work: Work) -> tuple[bytes, SentCopy]:
        """Return the notice, kept in custody: it cannot be made again from the message."""
        message_id = f"<{work.communication}@{self._domain}>"
        before = copy_of_before(work)
        if before is None:
            content = compose_notice(work, message_id=message_id)
            content = self._signers.signature(work.organisation, content, at=work.accepted_at) + content
        else:
            content = custody.open_object(organisation=work.organisation, sha256=before.details["digest"])
        kept = custody.keep(organisation=work.organisation, content=content, media_type="message/rfc822")
        return content, SentCopy(prepended="", sha256=kept.sha256, message_id=message_id, kept=kept)

    def _compose_copy(self, work: Work) -> tuple[bytes, SentCopy]:
        """Return what is sent: our trace lines, then the message without its `Acuse-*` fields, with its additions."""
        message = custody.open_object(organisation=work.organisation, sha256=work.message_sha256)
        trace = Trace(
            helo=work.client_helo,
            client_ip=work.client_ip,
            host=self.helo,
            protocol="ESMTPSA",
            identifier=str(work.communication),
            received_at=work.accepted_at,
        )
        message_id = f"<{work.communication}@{self._domain}>"
        copy = sent_copy(message, trace=trace, message_id=message_id)
        submitted = copy.content[len(copy.prepended) :]
        before = copy_of_before(work)
        if before is None:
            rest = copies.make_rest(work, submitted)
            signed = copy.prepended + rest.content
            signature = self._signers.signature(work.organisation, signed, at=work.accepted_at)
            prepended = signature + copy.prepended
        else:
            rest = copies.rest_of_before(work, before, submitted)
            prepended = before.details["prepended"].encode("ascii")
        content = prepended + rest.content
        kept, links = copies.keep_amended(work, rest, content)
        return content, SentCopy(
            prepended=prepended.decode("ascii"),
            removed=copy.removed,
            sha256=hashlib.sha256(content).hexdigest(),
            message_id=message_id if message_id_of(content) == message_id else None,
            kept=kept,
            additions=rest.additions,
            links=links,
        )

    def check(self, work: Work, copy: bytes) -> None:
        """Refuse an envelope that can never be sent, before anything says that it is.

        Raises:
            InputError: what is wrong with it.
        """
        check_dispatch(self._dispatch(work, copy))

    def send(self, work: Work, copy: bytes) -> Outcome:
        """Send a message, with an envelope sender that names its communication (VERP)."""
        return self._channel.send(self._dispatch(work, copy))

    def _dispatch(self, work: Work, copy: bytes) -> EmailDispatch:
        needs = needs_of(copy, work.recipient)
        return EmailDispatch(
            envelope_sender=encode_address(
                key=settings.ACUSE_KEYS.address,
                purpose=BOUNCE,
                identifier=work.communication,
                domain=self._domain,
            ),
            recipient=work.recipient,
            message=copy,
            smtputf8=needs.smtputf8,
            eight_bit=needs.eight_bit,
            notify=work.notify,
            # A report with the whole notice would bring the recipient's link to the sender (RFC 3461 section 4.3).
            ret="HDRS" if work.mode == "notice" else work.ret,
            envid=work.envid,
            orcpt=work.orcpt,
        )

    def send_own(self, *, recipient: str, message: bytes) -> Outcome:
        """Send a notice of our own, under the null sender, so that it can never loop (RFC 5321 4.5.5)."""
        needs = needs_of(message, recipient)
        return self._channel.send(
            EmailDispatch(
                envelope_sender="",
                recipient=recipient,
                message=message,
                smtputf8=needs.smtputf8,
                eight_bit=needs.eight_bit,
                notify=("NEVER",),
            )
        )

    def sweep(self) -> None:
        """Close the kept connections that have been idle too long."""
        self._channel.sweep()

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
