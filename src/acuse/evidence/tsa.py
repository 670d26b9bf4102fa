"""Time stamps from a list of RFC 3161 authorities in order of preference, each token verified before it is used.

An authority that fails, lies or hangs costs a wait, never a fact: the next one is asked, and when none answers the
caller gets `TemporaryError` and goes on with a lower level.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import cms
from cryptography import x509

from acuse.errors import AcuseError, ConfigurationError, InputError, TemporaryError
from acuse.evidence.exchange import Address, Idle, exchange
from acuse.proof.timestamp import Sha256, build_query, parse_reply, verify_token

REPLY_LIMIT = 1 << 16
"""Largest reply, in bytes."""

_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"

log = logging.getLogger("acuse.evidence.tsa")

RevocationLists = Callable[[Sequence[bytes]], Sequence[bytes]]
"""DER certificates -> DER revocation lists that cover them (`RevocationSource.lists_for`)."""


@dataclass(frozen=True, kw_only=True)
class Authority:
    """A time stamping authority as configured.

    Attributes:
        address: where it is.
        policy: OID of the policy to ask for, or None for its default.
    """

    address: Address
    policy: str | None = None

    @classmethod
    def parse(cls, url: str, policy: str | None = None) -> "Authority":
        """Read a URL, with `user:password@` where the authority wants Basic authentication."""
        return cls(address=Address.parse(url), policy=policy)


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A token that was verified on receipt, with what verifies it later.

    Attributes:
        token: DER.
        chain: DER certificates of its path that it does not carry; none, because the request asks for all.
        crls: DER revocation lists of its path.
        service: the authority's name, as its certificate states it.
        address: where it was obtained, without credentials.
        generated_at: the time it states, aware.
        development: it has no legal value.
    """

    token: bytes
    chain: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    service: str
    address: str
    generated_at: datetime
    development: bool


class TimestampClient:
    """Asks for time stamps. Thread-safe; keeps connections a few seconds.

    Args:
        authorities: in order of preference, at least one.
        trust: roots of the authorities.
        revocation_lists: source of the lists of a token's path.
        timeout: for one request to one authority.
    """

    def __init__(
        self,
        *,
        authorities: Sequence[Authority],
        trust: Sequence[x509.Certificate],
        revocation_lists: RevocationLists,
        timeout: timedelta = timedelta(seconds=10),
    ) -> None:
        if not authorities:
            raise ConfigurationError("No time stamping authority is configured.")
        self._authorities = tuple(authorities)
        self._trust = tuple(trust)
        self._revocation_lists = revocation_lists
        self._timeout = timeout
        self._idle = Idle()

    def stamp(self, content: bytes | Sha256) -> Stamp:
        """Obtain a verified token over `content` (or over content of that digest).

        Raises:
            TemporaryError: no authority gave a token that holds; says of each why.
        """
        failures: list[AcuseError] = []
        for authority in self._authorities:
            try:
                return self._ask(authority, content)
            except AcuseError as error:
                log.warning("A time stamping authority failed.", extra={"authority": authority.address.name})
                failures.append(AcuseError("%(authority)s: %(error)s", authority=authority.address.name, error=error))
        raise TemporaryError("No time stamp could be obtained. %(failures)s", failures=tuple(failures))

    def request_token(self, imprint: bytes) -> bytes:
        """Obtain the DER of a verified token over a SHA-256 imprint: what `acuse.pdf.sign.Seal.sign_pdf` takes.

        Raises:
            TemporaryError: see `stamp`.
        """
        return self.stamp(Sha256(imprint)).token

    def _ask(self, authority: Authority, content: bytes | Sha256) -> Stamp:
        query = build_query(content, policy=authority.policy)
        reply = exchange(
            authority.address,
            body=query.der,
            media_types=(_QUERY, _REPLY),
            timeout=self._timeout,
            limit=REPLY_LIMIT,
            idle=self._idle,
        )
        token = parse_reply(reply)
        crls = tuple(self._revocation_lists(_certificates(token)))
        verified = verify_token(
            token, imprint_of=content, trust=self._trust, crls=crls, nonce=query.nonce, policy=authority.policy
        )
        return Stamp(
            token=token,
            chain=(),
            crls=crls,
            service=verified.tsa_name,
            address=authority.address.name,
            generated_at=verified.gen_time,
            development=verified.development,
        )


def _certificates(token: bytes) -> list[bytes]:
    """DER of the certificates that a token carries; nothing of them is trusted before `verify_token`."""
    try:
        choices = cms.ContentInfo.load(token, strict=True)["content"]["certificates"]
        return [bytes(choice.chosen.dump()) for choice in choices if choice.name == "certificate"]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError("The token is not readable.") from error
