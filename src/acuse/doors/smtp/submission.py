"""A client that hands in mail to be certified (RFC 6409): it logs in, and sends as who it may."""

import asyncio
import base64
import binascii
import logging
import ssl

from acuse.accounts.values import SmtpCredentialValue
from acuse.doors.smtp import replies
from acuse.doors.smtp.connection import Connection
from acuse.doors.smtp.content import check_content
from acuse.doors.smtp.gathering import Gathering
from acuse.doors.smtp.replies import Refused, Reply
from acuse.doors.smtp.service import SubmissionService
from acuse.doors.smtp.session import Conversation
from acuse.errors import AccessDenied, TemporaryError
from acuse.mail.choices import BadChoice

log = logging.getLogger(__name__)


class Submission(Connection):
    """One client of the connector.

    Args:
        service: what all connections share.
        gathering: accepts the messages of all connections.
        context, implicit, loop: see `Connection`.
    """

    _talk: Conversation
    _service: SubmissionService

    def __init__(
        self,
        service: SubmissionService,
        gathering: Gathering,
        context: ssl.SSLContext,
        implicit: bool,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(service, Conversation(limits=service.limits, ip=""), context, implicit, loop)
        self._gathering = gathering
        self._failed_logins = 0

    async def smtp_AUTH(self, argument: str) -> Reply:  # noqa: N802
        """RFC 4954, with PLAIN (RFC 4616) and LOGIN."""
        self._talk.check_auth()
        mechanism, _, initial = argument.partition(" ")
        if not mechanism:
            return replies.AUTH_SYNTAX
        reader = {"PLAIN": self._read_plain, "LOGIN": self._read_login}.get(mechanism.upper())
        if reader is None:
            return replies.AUTH_UNKNOWN
        username, secret = await reader(initial)
        try:
            self._talk.credential = await self._call(self._service.verbs.authenticate, username, secret, self._ip)
        except AccessDenied:
            self._failed_logins += 1
            late = self._failed_logins >= self._service.limits.failed_logins
            return replies.AUTH_TOO_OFTEN if late else replies.AUTH_REFUSED
        except TemporaryError as error:
            log.warning("smtp login from %s put off: %s", self._ip, error)
            return replies.AUTH_LATER
        except Exception as error:
            self._failed(error, "login")
            return replies.AUTH_LATER
        self._wire.deadline = None
        return replies.AUTH_OK

    async def _read_plain(self, initial: str) -> tuple[str, str]:
        words = (await self._respond(initial, "")).split("\0")
        # An authorisation identity other than the authenticated one would be acting for somebody else: not offered.
        if len(words) != 3 or not words[1] or words[0] not in ("", words[1]):
            raise Refused(replies.AUTH_GARBLED)
        return words[1], words[2]

    async def _read_login(self, initial: str) -> tuple[str, str]:
        return await self._respond(initial, "VXNlcm5hbWU6"), await self._respond("", "UGFzc3dvcmQ6")

    async def _respond(self, initial: str, challenge: str) -> str:
        """Return the decoded initial response, or that to a challenge (base64)."""
        if not initial:
            self._wire.put(f"334 {challenge}")
            initial = await self._wire.line(self._service.limits.command, replies.COMMAND_TOO_LONG)
        if initial == "*":
            raise Refused(replies.AUTH_CANCELLED)
        try:
            return base64.b64decode("" if initial == "=" else initial, validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise Refused(replies.AUTH_GARBLED) from error

    async def smtp_MAIL(self, argument: str) -> Reply:  # noqa: N802
        """RFC 5321 section 4.1.1.2."""
        sender = self._talk.mail(argument)
        if not await self._may_send_as(sender.address):
            return replies.NOT_YOURS
        return self._talk.begin(sender)

    async def _take(self, raw: bytes) -> Reply:
        self._talk.check_copies(len(raw))
        try:
            senders = check_content(raw, self._service.limits)
            for address in dict.fromkeys(senders):
                if not await self._may_send_as(address):
                    return replies.FROM_NOT_YOURS
            envelope = self._talk.envelope(raw, senders[0])
            # A crash from here to the 250 leaves at most an accepted message that the client sends again; `accept`
            # knows it by its key.
            ids = await self._gathering.accept(self._credential, envelope, raw)
        except Refused:
            raise
        except BadChoice as error:
            return replies.malformed(replies.printable(str(error), 400))
        except Exception as error:
            return self._failed(error, "submission")
        return replies.accepted(len(ids), str(ids[0]))

    async def _may_send_as(self, address: str) -> bool:
        """Ask the verb; a yes is remembered for seconds, so that a client with many messages does not always ask."""
        permitted = self._service.permitted(self._loop.time())
        if (self._credential.id, address) in permitted:
            return True
        allowed = await self._call(self._service.verbs.may_send_as, self._credential, address)
        if allowed:
            permitted.add((self._credential.id, address))
        return allowed

    @property
    def _credential(self) -> SmtpCredentialValue:
        assert self._talk.credential is not None
        return self._talk.credential
