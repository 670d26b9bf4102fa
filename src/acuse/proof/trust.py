"""What a verifier starts from: certificates and log keys that the person trusts, from one text file.

Whoever may vouch for the time need not be able to vouch for an operator: a public root issues thousands of
certificates, for e-mail too, and any of them could seal. So a certificate stands after a line `# seals` or
`# time stamps`, and one that may vouch for both stands twice; before such a line it is refused.
"""

import re
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
_SEALS, _STAMPS = "# seals", "# time stamps"
_LIKE_A_HEADING = re.compile(r"#+\s*(seals?|time[ -]?stamps?)\b", re.IGNORECASE)
_UNSECTIONED = (
    "Say what the certificate may vouch for: write the line `# seals` or `# time stamps` before it "
    "(one that may vouch for both stands after each)."
)


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Trust anchors.

    Attributes:
        log_keys: C2SP verifier keys, `name+hash+base64`.
        seals: what a seal, or its signature over a log's key, may lead to.
        stamps: what a time stamp may lead to.
    """

    log_keys: tuple[str, ...] = ()
    seals: tuple[x509.Certificate, ...] = ()
    stamps: tuple[x509.Certificate, ...] = ()

    def __or__(self, other: "Trust") -> "Trust":
        """Return both together, each anchor once."""
        return Trust(
            log_keys=tuple(dict.fromkeys((*self.log_keys, *other.log_keys))),
            seals=tuple(dict.fromkeys((*self.seals, *other.seals))),
            stamps=tuple(dict.fromkeys((*self.stamps, *other.stamps))),
        )

    def to_text(self) -> str:
        """Return the content of a `trust.pem` file."""
        written = [f"{key}\n" for key in self.log_keys]
        if self.seals:
            written += [f"{_SEALS}\n", *_blocks(self.seals)]
        if self.stamps:
            written += [f"{_STAMPS}\n", *_blocks(self.stamps)]
        return "".join(written)

    @classmethod
    def parse(cls, text: str) -> "Trust":
        """Read PEM certificates, in their sections, and verifier keys.

        Blank lines and other lines that begin with `#` are skipped; one that only resembles a section's ends the
        section before it.

        Raises:
            InputError: any other line, or a certificate that is not readable or stands in no section.
        """
        if len(text) > MAX_TRUST:
            raise InputError("Too long: a file of trust anchors has at most %(limit)s characters.", limit=MAX_TRUST)
        sections: dict[str, list[x509.Certificate]] = {_SEALS: [], _STAMPS: []}
        section: list[x509.Certificate] | None = None
        keys: list[str] = []
        lines = iter(text.splitlines())
        for line in map(str.strip, lines):
            if line == _BEGIN:
                if section is None:
                    raise InputError(_UNSECTIONED)
                section.append(_certificate(lines))
            elif line.lower() in sections:
                section = sections[line.lower()]
            elif _LIKE_A_HEADING.match(line):
                # Misspelled, it must not leave what follows in the section before: a time stamp's root could then seal.
                section = None
            elif line and not line.startswith("#"):
                keys.append(_log_key(line))
        seals, stamps = (tuple(dict.fromkeys(each)) for each in sections.values())
        return cls(log_keys=tuple(dict.fromkeys(keys)), seals=seals, stamps=stamps)


def _blocks(certificates: Iterable[x509.Certificate]) -> list[str]:
    return [each.public_bytes(Encoding.PEM).decode("ascii") for each in certificates]


def _log_key(line: str) -> str:
    try:
        return VerifierKey.parse(line).line()
    except InputError as error:
        raise InputError(
            "Neither a PEM certificate nor a verifier key (name+hash+base64): %(line)r.", line=line[:60]
        ) from error


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
