"""What a verifier starts from: certificates and log keys that the person trusts, from one text file."""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from acuse.errors import InputError
from acuse.proof.chain import load_certificate
from acuse.proof.checkpoint import VerifierKey

MAX_TRUST = 1 << 22
_BEGIN = "-----BEGIN CERTIFICATE-----"
_END = "-----END CERTIFICATE-----"


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Trust anchors.

    Attributes:
        certificates: anchors for time stamps and seals.
        log_keys: C2SP verifier keys, `name+hash+base64`.
    """

    certificates: tuple[x509.Certificate, ...] = ()
    log_keys: tuple[str, ...] = ()

    def __or__(self, other: "Trust") -> "Trust":
        """Return both together, each anchor once."""
        return Trust(
            certificates=tuple(dict.fromkeys((*self.certificates, *other.certificates))),
            log_keys=tuple(dict.fromkeys((*self.log_keys, *other.log_keys))),
        )

    def to_text(self) -> str:
        """Return the content of a `trust.pem` file."""
        blocks = [each.public_bytes(Encoding.PEM).decode("ascii") for each in self.certificates]
        return "".join([*blocks, *(f"{key}\n" for key in self.log_keys)])

    @classmethod
    def parse(cls, text: str) -> "Trust":
        """Read PEM certificates and verifier keys; blank lines and lines that begin with `#` are skipped.

        Raises:
            InputError: any other line, or a certificate that is not readable.
        """
        if len(text) > MAX_TRUST:
            raise InputError(f"Too long: a file of trust anchors has at most {MAX_TRUST} characters.")
        certificates: list[x509.Certificate] = []
        keys: list[str] = []
        lines = iter(text.splitlines())
        for line in map(str.strip, lines):
            if line == _BEGIN:
                certificates.append(_certificate(lines))
            elif line and not line.startswith("#"):
                keys.append(_log_key(line))
        return cls(certificates=tuple(dict.fromkeys(certificates)), log_keys=tuple(dict.fromkeys(keys)))


def _log_key(line: str) -> str:
    try:
        return VerifierKey.parse(line).line()
    except InputError as error:
        raise InputError(f"Neither a PEM certificate nor a verifier key (name+hash+base64): {line[:60]!r}.") from error


def _certificate(lines: Iterable[str]) -> x509.Certificate:
    block = [_BEGIN]
    for line in lines:
        block.append(line.strip())
        if block[-1] == _END:
            break
    try:
        parsed = x509.load_pem_x509_certificate("\n".join(block).encode("utf-8"))
    except (ValueError, UnicodeError) as error:
        raise InputError("A certificate of the trust anchors is not readable PEM.") from error
    return load_certificate(parsed.public_bytes(Encoding.DER))
