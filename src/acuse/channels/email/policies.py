"""TLS towards other mail servers: what is asked for, and what is known of the peer afterwards (RFC 3207, RFC 7435)."""

import hashlib
import ssl
import warnings
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import verification

from acuse import clock
from acuse.channels.base import Json
from acuse.channels.dns import Tlsa
from acuse.channels.email import dane

_BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
_MAX_NAMES = 100
_UNREADABLE = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class Tls(StrEnum):
    """OPPORTUNISTIC: use it where offered, whoever the peer is, else go on in plain (RFC 7435).

    REQUIRED: nothing is sent without TLS, whoever the peer is. VERIFIED: nor without a valid certificate.
    """

    OPPORTUNISTIC = "opportunistic"
    REQUIRED = "required"
    VERIFIED = "verified"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What a recipient's domain asks of a connection to one of its hosts, and where that is written.

    Args:
        kind: "dane" or "mta-sts".
        mode: "enforce"; "testing", where nothing is asked and what was found is recorded (RFC 8461 5); or "encrypt",
            where there are TLSA records and none that can be used: under TLS, whoever the peer is (RFC 7672 2.2).
        source: the TLSA records, or the lines of the policy.
        records: the TLSA records that can be used; empty where roots judge.
        names: that the peer's certificate may have; the first is asked for (SNI).
        barred: why this host must not be contacted; "" where it may.
    """

    kind: str
    mode: str
    source: tuple[str, ...]
    names: tuple[str, ...]
    records: tuple[Tlsa, ...] = ()
    barred: str = ""

    @property
    def binding(self) -> bool:
        """Whether nothing may be sent over a connection that is not as asked."""
        return self.mode != "testing"

    def doubt(self, chain: list[bytes], doubt: str) -> str:
        """Return what the connection lacks, or "".

        Args:
            chain: that the peer showed. doubt: what is wrong with it by the rules of the web, "" if nothing.
        """
        if self.mode == "encrypt":
            return ""
        found = dane.doubt(chain, self.records, self.names) if self.kind == "dane" else doubt
        return self.barred or found


def applied(tls: Tls, policy: Policy | None, finding: str | None) -> Json:
    """Return which policy applied to a connection and what was found, as facts record it.

    Args:
        finding: what the connection lacked, "" where nothing; None where it never came to that.
    """
    return {
        "kind": policy.kind if policy else tls.value,
        "mode": policy.mode if policy else None,
        "source": list(policy.source) if policy else [],
        "result": "unreached" if finding is None else "unmet" if finding else "met",
        "finding": finding or None,
    }


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Root certificates against which peers are judged; under OPPORTUNISTIC the judgement is recorded, no more."""

    roots: tuple[x509.Certificate, ...]

    @classmethod
    def of_system(cls) -> "Trust":
        """Return the roots of the operating system, or none where it has no bundle."""
        candidates = [ssl.get_default_verify_paths().cafile, *_BUNDLES]
        for path in candidates:
            if path and Path(path).is_file():
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # systems ship some roots older than the rules of RFC 5280
                    return cls(roots=tuple(x509.load_pem_x509_certificates(Path(path).read_bytes())))
        return cls(roots=())


def context_for(tls: Tls, trust: Trust) -> ssl.SSLContext:
    """Return the client context of a policy. TLS 1.2 at least; below that plain text is no worse."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls is not Tls.VERIFIED:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    for root in trust.roots:
        context.load_verify_locations(cadata=root.public_bytes(Encoding.DER))
    return context


def facts_of(
    connection: ssl.SSLSocket, chain: list[bytes], host: str, trust: Trust, *, at: datetime | None = None
) -> tuple[Json, str]:
    """Return what is known of a TLS connection, as facts record it, and why the peer is not verified ("" if it is).

    Args:
        chain: as `chain_of` returns it.

    `verified` means: the chain leads to a root of `trust` and the certificate names `host` (RFC 9525).
    """
    cipher = connection.cipher()
    leaf = connection.getpeercert(binary_form=True)
    certificate = None if leaf is None else describe(leaf)
    doubt = "the peer showed no certificate" if leaf is None else _doubt(leaf, chain, host, trust, at)
    described = {
        "version": connection.version() or "",
        "cipher": cipher[0] if cipher else "",
        "certificate": certificate,
        "verified": doubt == "",
    }
    return described, doubt


def describe(certificate: bytes) -> Json:
    """Return subject, issuer, names, not_after and SHA-256 of a DER certificate; foreign values may be empty."""
    described: Json = {"sha256": hashlib.sha256(certificate).hexdigest()}
    try:
        parsed = x509.load_der_x509_certificate(certificate)
        described["subject"] = parsed.subject.rfc4514_string()
        described["issuer"] = parsed.issuer.rfc4514_string()
        described["not_after"] = clock.to_rfc3339(parsed.not_valid_after_utc)
        described["names"] = _names(parsed)
    except _UNREADABLE:  # certificates in the wild break rules; TLS worked all the same
        described = {"subject": "", "issuer": "", "not_after": None, "names": []} | described
    return described


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return []
    return names.get_values_for_type(x509.DNSName)[:_MAX_NAMES]


def chain_of(connection: ssl.SSLSocket) -> list[bytes]:
    """Return the certificates the peer sent; public in Python 3.13, before that on the connection's inner object."""
    source = connection if hasattr(connection, "get_unverified_chain") else getattr(connection, "_sslobj", None)
    sent = source.get_unverified_chain() if source is not None else None
    return [one if isinstance(one, bytes) else ssl.PEM_cert_to_DER_cert(one.public_bytes()) for one in sent or []]


def _doubt(leaf: bytes, chain: list[bytes], host: str, trust: Trust, at: datetime | None) -> str:
    if not trust.roots:
        return "no root certificates are configured"
    try:
        intermediates = [x509.load_der_x509_certificate(one) for one in chain[1:10]]
        builder = verification.PolicyBuilder().store(verification.Store(list(trust.roots))).time(at or clock.now())
        verifier = builder.build_server_verifier(x509.DNSName(host))
        verifier.verify(x509.load_der_x509_certificate(leaf), intermediates)
    except (verification.VerificationError, *_UNREADABLE) as error:
        return str(error)[:300] or type(error).__name__
    return ""
