"""Cost of sealing one certificate at B-LTA: Acuse's signer beside pyHanko as it comes.

Both seal the same PDF with the same key, the same time stamping authority in memory and the same revocation lists, in
turn, in one process. Counted is the processor time of the sealing side; what the authority spends is taken off.

    python -m bench.certificate [--rounds N] [--key rsa3072]
"""

import argparse
import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto import cms, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from tests.pki import PASSPHRASE, Pki
from tests.sealed import unsigned_pdf

from acuse.pdf.sign import Seal


class Authority:
    """Tokens of the tests' authority, with the processor time they took."""

    def __init__(self, pki: Pki) -> None:
        self.pki = pki
        self.spent = 0.0

    def token(self, imprint: bytes) -> bytes:
        begun = time.process_time()
        token = self.pki.tsa.token(imprint)
        self.spent += time.process_time() - begun
        return token


class StockTimeStamper(TimeStamper):
    """pyHanko's own time stamper over that authority."""

    def __init__(self, authority: Authority) -> None:
        super().__init__()
        self.authority = authority

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return cms.ContentInfo.load(self.authority.token(message_digest))


def stock(pki: Pki, authority: Authority, lists: list[bytes]) -> Callable[[], bytes]:
    """pyHanko's documented B-LTA sequence, with its defaults."""
    signer = SimpleSigner.load_pkcs12_data(pki.pkcs12, [], PASSPHRASE)
    stamper = StockTimeStamper(authority)

    def seal() -> bytes:
        context = ValidationContext(
            trust_roots=[x509.Certificate.load(pki.root.der)], crls=lists, revocation_mode="hard-fail"
        )
        metadata = PdfSignatureMetadata(
            field_name="Seal",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            use_pades_lta=True,
            embed_validation_info=True,
            validation_context=context,
        )
        writer = IncrementalPdfFileWriter(BytesIO(unsigned_pdf()))
        output = asyncio.run(PdfSigner(metadata, signer, timestamper=stamper).async_sign_pdf(writer))
        return output.getvalue()

    return seal


def ours(pki: Pki, authority: Authority, lists: list[bytes]) -> Callable[[], bytes]:
    """What the product does."""
    seal = Seal.load(pki.pkcs12, PASSPHRASE)

    def sign() -> bytes:
        return seal.sign_pdf(
            unsigned_pdf(),
            level="B-LTA",
            signed_at=datetime.now(UTC),
            request_token=authority.token,
            trust_roots=[pki.root.der],
            revocation_lists=lambda _: lists,
        ).content

    return sign


def cost(once: Callable[[], bytes], authority: Authority, rounds: int) -> float:
    """Processor milliseconds of one round, without the authority's."""
    authority.spent = 0.0
    begun = time.process_time()
    for _ in range(rounds):
        once()
    return (time.process_time() - begun - authority.spent) / rounds * 1000


def main() -> None:
    """Print a table: key, stock, ours, ratio."""
    logging.getLogger("pyhanko").setLevel(logging.ERROR)
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--key", action="append", choices=["p256", "rsa2048", "rsa3072"])
    given = options.parse_args()
    print(f"{'key':>8} {'pyHanko':>10} {'Acuse':>10} {'ratio':>7}   (processor ms per B-LTA seal)")
    for key in given.key or ["rsa3072", "p256"]:
        pki = Pki(datetime.now(UTC), seal_key=key)
        lists, authority = pki.lists(), Authority(pki)
        contenders = [stock(pki, authority, lists), ours(pki, authority, lists)]
        for once in contenders:
            once()
        slow, fast = (cost(once, authority, given.rounds) for once in contenders)
        print(f"{key:>8} {slow:10.1f} {fast:10.1f} {slow / fast:6.1f}x")


if __name__ == "__main__":
    main()
