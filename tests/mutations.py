"""Alters sealed files byte by byte; run in processes of their own, so that two cores share the work."""

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from acuse.errors import VerificationError
from acuse.proof.pdf import examine
from acuse.proof.trust import Trust

WORKERS = 2


def survivors(raw: bytes, trust_text: str, changes: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the changes (offset, bits to turn over) after which the file still verified."""
    trust = Trust.parse(trust_text)
    still = []
    for offset, bits in changes:
        altered = bytearray(raw)
        altered[offset] ^= bits
        try:
            examine(bytes(altered), trust=trust)
        except VerificationError:
            continue
        still.append((offset, bits))
    return still


def survivors_in_parallel(raw: bytes, trust: Trust, changes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same in `WORKERS` spawned processes (the typesetter must not be forked)."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        parts = [changes[start::WORKERS] for start in range(WORKERS)]
        done = pool.map(survivors, [raw] * WORKERS, [trust.to_text()] * WORKERS, parts)
        return [each for part in done for each in part]
