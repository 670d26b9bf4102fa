"""Who signs a message that leaves: its organisation's key, else the operator's, else nobody.

Keys are parsed once and remembered for a short while. That a new one is noticed late does no harm: which lines stand
before a message is decided at its first attempt, and kept.
"""

import logging
import threading
import time
from uuid import UUID

from acuse.delivery.services.signing_keys import private_key
from acuse.errors import AcuseError
from acuse.evidence.statements import execute
from acuse.mail.dkim import Signer

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
