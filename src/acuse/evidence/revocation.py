"""Revocation lists of seals and time stamping authorities, fetched from where their certificates say."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from acuse import clock
from acuse.errors import AcuseError, InputError, TemporaryError
from acuse.evidence.exchange import Address, exchange
from acuse.proof.chain import load_certificate

LIST_LIMIT = 1 << 23
"""Largest revocation list, in bytes (as in proof bundles)."""

_MOST_KEPT = 64


@dataclass(frozen=True, kw_only=True)
class _Kept:
    content: bytes
    fetched_at: datetime
    next_update_at: datetime


class RevocationSource:
    """Fetches lists by the distribution points of certificates (RFC 5280, 4.2.1.13) over HTTP. Thread-safe.

    Args:
        timeout: for one list.
        keep: how long a list is used before it is asked for again. A list that cannot be had again is used until its
            `nextUpdate`.
    """

    def __init__(self, *, timeout: timedelta = timedelta(seconds=10), keep: timedelta = timedelta(hours=1)) -> None:
        self._timeout = timeout
        self._keep = keep
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def lists_for(self, certificates: Sequence[bytes]) -> list[bytes]:
        """Return one list for each certificate that names a distribution point, each list once.

        A certificate without one gets none: whoever judges the path says so.

        Args:
            certificates: DER.

        Raises:
            TemporaryError: a list cannot be had, or is not current.
            InputError: not a certificate.
        """
        found: dict[bytes, None] = {}
        for der in certificates:
            urls = _distribution_urls(load_certificate(der))
            if urls:
                found[self._first_of(urls)] = None
        return list(found)

    def _first_of(self, urls: Sequence[str]) -> bytes:
        failure: AcuseError = TemporaryError("No revocation list could be fetched.")
        for url in urls:
            try:
                return self._list_at(url)
            except AcuseError as error:
                failure = error
        raise TemporaryError("A revocation list is missing: %(error)s", error=failure) from failure

    def _list_at(self, url: str) -> bytes:
        now = clock.now()
        with self._lock:
            kept = self._kept.get(url)
        if kept is not None and now < min(kept.fetched_at + self._keep, kept.next_update_at):
            return kept.content
        try:
            fresh = self._fetch(url, now)
        except TemporaryError:
            if kept is not None and now < kept.next_update_at:
                return kept.content
            raise
        with self._lock:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[url] = fresh
        return fresh.content

    def _fetch(self, url: str, now: datetime) -> _Kept:
        address = Address.parse(url)
        content = exchange(address, body=None, media_types=("", None), timeout=self._timeout, limit=LIST_LIMIT)
        try:
            next_update = x509.load_der_x509_crl(content).next_update_utc
        except ValueError as error:
            raise TemporaryError("%(name)s did not answer with a revocation list.", name=address.name) from error
        if next_update is None or next_update <= now:
            raise TemporaryError("The revocation list at %(name)s is not current.", name=address.name)
        return _Kept(content=content, fetched_at=now, next_update_at=next_update)


def _distribution_urls(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    names = [name.value for point in points for name in point.full_name or () if hasattr(name, "value")]
    urls = [name for name in names if isinstance(name, str) and name.startswith(("http://", "https://"))]
    if names and not urls:
        raise InputError("A certificate names its revocation list by other means than HTTP, which is not supported.")
    return urls
