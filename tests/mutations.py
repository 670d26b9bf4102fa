"""Alters sealed files byte by byte and says what nobody noticed."""

from collections.abc import Callable, Iterable

from acuse.errors import VerificationError
from acuse.proof.pdf import examine
from acuse.proof.pdf.cms import anchor_of, open_token
from acuse.proof.pdf.container import last_container
from acuse.proof.trust import Trust

Check = Callable[[bytes, Trust], object]


def whole_file(raw: bytes, trust: Trust) -> None:
    """Verify a sealed file completely."""
    examine(raw, trust=trust)


def last_time_stamp(raw: bytes, trust: Trust) -> None:
    """Verify the time stamp that a file ends with as `examine` does, and nothing else: a hundredth of the time."""
    last = last_container(raw)
    token = open_token(last.der, content=raw[: last.start] + raw[last.end :])
    anchor_of(token.signed, anchors=trust.stamps, at=token.at)


def survivors(
    raw: bytes, trust: Trust, changes: Iterable[tuple[int, int]], check: Check = whole_file
) -> list[tuple[int, int]]:
    """Return the changes (offset, bits to turn over) after which the file still passed."""
    still = []
    for offset, bits in changes:
        altered = bytearray(raw)
        altered[offset] ^= bits
        try:
            check(bytes(altered), trust)
        except VerificationError:
            continue
        still.append((offset, bits))
    return still
