"""Who signs a message that leaves: its organisation's key, else the operator's, else nobody.

Keys are parsed once and remembered for a short while. That a new one is noticed late does no harm: which lines stand
before a message is decided at its first attempt, and kept. E-mails of our own are signed before they are kept.
"""

import logging
import threading
import time
from datetime import datetime
from functools import cache
from uuid import UUID

from django.conf import settings

from acuse.delivery.services.signing_keys import private_key
from acuse.errors import AcuseError
from acuse.evidence.statements import execute
from acuse.mail import headers
from acuse.mail.dkim import Signer, signature_field
from acuse.mail.sending_domain import ascii_domain

log = logging.getLogger(__name__)

_SECONDS = 5.0
_ACTIVE = """
SELECT id, organisation_id IS NULL, domain, selector, private_key FROM delivery_signing_keys
WHERE state = 'active' AND (organisation_id = %(organisation)s OR organisation_id IS NULL)
"""

Named = dict[str, Signer]  # domain to signer


class Signers:
    """The keys that sign now, as far as this process has used them.

    Args:
        own_domain: for which the operator's key signs, in ASCII.
    """

    def __init__(self, own_domain: str) -> None:
        self._own_domain = own_domain
        self._lock = threading.Lock()
        self._parsed: dict[UUID, Signer | None] = {}
        self._known: dict[UUID, tuple[float, Named, Named]] = {}

    def choose(self, organisation: UUID, domain: str) -> Signer | None:
        """Return who signs for an organisation's message, or None.

        Args:
            organisation: whose message.
            domain: of its From, in ASCII; the key of a domain above it signs too, which DMARC takes for aligned.
        """
        theirs, ours = self._keys(organisation)
        labels = domain.split(".")
        above = (".".join(labels[start:]) for start in range(len(labels)))
        return next((theirs[name] for name in above if name in theirs), ours.get(self._own_domain))

    def signature(self, organisation: UUID, message: bytes, *, at: datetime) -> bytes:
        """Return our DKIM-Signature of a message; nothing where nobody here has a key for it.

        Args:
            organisation: whose message. message: as it will be sent. at: the time to be stated.
        """
        fields, _, _ = headers.split_block(message, 0, len(message))
        written = headers.addresses_of(fields, "From")
        if not written:
            return b""
        signer = self.choose(organisation, ascii_domain(written[0].address.rpartition("@")[2]))
        return signature_field(message, signer=signer, at=at) if signer else b""

    def _keys(self, organisation: UUID) -> tuple[Named, Named]:
        with self._lock:
            until, theirs, ours = self._known.get(organisation, (0.0, {}, {}))
        if time.monotonic() < until:
            return theirs, ours
        theirs, ours = {}, {}
        for identity, operators, domain, selector, sealed in execute(_ACTIVE, {"organisation": organisation}):
            signer = self._signer(identity, domain, selector, bytes(sealed))
            if signer is not None:
                (ours if operators else theirs)[domain] = signer
        with self._lock:
            self._known[organisation] = (time.monotonic() + _SECONDS, theirs, ours)
        return theirs, ours

    def _signer(self, identity: UUID, domain: str, selector: str, sealed: bytes) -> Signer | None:
        """Return a key ready to sign; one that cannot be read stops no message."""
        if identity not in self._parsed:
            try:
                self._parsed[identity] = Signer(domain=domain, selector=selector, key=private_key(sealed))
            except AcuseError as error:
                log.error("mail of %s leaves without a DKIM signature: %s", domain, error)
                self._parsed[identity] = None
        return self._parsed[identity]


@cache
def installation_signers() -> Signers:
    """Return the keys that sign the e-mails of our own that this process writes."""
    return Signers(ascii_domain(settings.ACUSE.mail_hostname))


def signed(organisation: UUID, message: bytes, *, at: datetime) -> bytes:
    """Return an e-mail of our own with its DKIM-Signature, or as it is where nobody has a key for its From.

    Args:
        organisation: for which it is written. message: with CRLF line ends. at: when it is written.
    """
    return installation_signers().signature(organisation, message, at=at) + message
