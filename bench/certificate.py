"""Cost of one certificate: told, typeset and sealed at B-LTA by Acuse, beside pyHanko as it comes, which only signs.

Both sign with the same key, the same time stamping authority in memory and the same revocation lists, in turn, in one
run. Counted is the processor time of this process and of the typesetter's; what the authority spends is taken off.

    python -m bench.certificate [--rounds N] [--key rsa3072]
"""

import argparse
import asyncio
import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import psutil
from asn1crypto import cms, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from tests.pki import PASSPHRASE, Pki
from tests.unit.certificates import samples

from acuse.certificates import rules
from acuse.certificates.stories import communication
from acuse.certificates.stories.context import Context
from acuse.mail.read import read
from acuse.pdf.attachments import Attachment
from acuse.pdf.pool import Typesetter
from acuse.pdf.sign import Seal
from bench.report import Row, median_of, table


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


def stock(pki: Pki, authority: Authority, lists: list[bytes]) -> Callable[[bytes], bytes]:
    """pyHanko's documented B-LTA sequence, with its defaults."""
    signer = SimpleSigner.load_pkcs12_data(pki.pkcs12, [], PASSPHRASE)
    stamper = StockTimeStamper(authority)

    def seal(unsigned: bytes) -> bytes:
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
        writer = IncrementalPdfFileWriter(BytesIO(unsigned))
        output = asyncio.run(PdfSigner(metadata, signer, timestamper=stamper).async_sign_pdf(writer))
        return output.getvalue()

    return seal


def ours(pki: Pki, authority: Authority, lists: list[bytes]) -> Callable[[bytes], bytes]:
    """What the product does."""
    seal = Seal.load(pki.pkcs12, PASSPHRASE)

    def sign(unsigned: bytes) -> bytes:
        return seal.sign_pdf(
            unsigned,
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


@dataclass(frozen=True, kw_only=True)
class Case:
    """What one document is made of, before anything of it is told."""

    history: samples.History
    message: bytes
    context: Context


def case(number: int) -> Case:
    """Return a relayed message; from one to the next all differs that differs in real work."""
    start = samples.START + timedelta(seconds=37.113 * number)
    recipient, subject = f"cliente{1000 + number}@example.com", f"Expediente {number} y plazo de aceptación"
    message = samples.message(f"{samples.LETTER}\nExpediente {number}.", subject=subject)
    history = samples.History(
        position=48211 + 7 * number, start=start, recipient=recipient, subject=subject,
        message_id=f"<{number}@talleres-ribera.example>", size=len(message),
    )  # fmt: skip
    history.opened(0.9).answered("attempt.relayed", 3.1, 250, f"250 2.0.0 Ok: queued as 4XkT2n{number:06d}\r\n")
    digest, code = hashlib.sha256(str(number).encode()).hexdigest(), rules.new_code()
    usual = samples.context(code=code, verification_url=f"https://acuse.example.org/v/{code}")
    assert usual.checkpoint is not None
    stamped = start + timedelta(hours=1, seconds=32)
    context = replace(
        usual,
        issued_at=start + timedelta(hours=1, seconds=42),
        checkpoint=replace(
            usual.checkpoint,
            size=48240 + 7 * number,
            root=digest,
            note=usual.checkpoint.note.replace("SBNJ", digest[:4]),
        ),
        time_stamps=tuple(replace(one, time=stamped, serial=digest[:16]) for one in usual.time_stamps),
        files=tuple(replace(one, sha256=one.sha256[8:] + digest[:8], size=one.size + number) for one in usual.files),
    )
    return Case(history=history, message=message, context=context)


class Document:
    """The certificates of relayed messages, each of another one. The cases are made before they are measured."""

    def __init__(self, typesetter: Typesetter, *, documents: int) -> None:
        self._typesetter = typesetter
        self._cases = iter([case(number) for number in range(documents)])

    def typeset(self) -> bytes:
        """Read a message, tell its story, typeset it in the typesetter's process, with the message embedded."""
        one = next(self._cases)
        told = communication.tell(one.history.facts, read(one.message), one.context)
        original = Attachment(
            name="mensaje-original.eml", media_type="message/rfc822", content=one.message,
            relationship="source", description="Mensaje original",
        )  # fmt: skip
        return self._typesetter.typeset(samples.CERTIFICATE, told, (original,), date=one.context.issued_at)


def children_seconds() -> float:
    """Processor seconds of the processes that this one has started and that still run."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(one.user + one.system for one in times)


def whole_cost(once: Callable[[], bytes], authority: Authority, rounds: int) -> float:
    """As `cost`, with what the typesetter's processes spent."""
    before = children_seconds()
    own = cost(once, authority, rounds)
    return own + (children_seconds() - before) / rounds * 1000


def rows(*, rounds: int, repeats: int, key: str = "rsa3072") -> list[Row]:
    """Measure our whole certificate against stock pyHanko's signature alone of the same PDF."""
    logging.getLogger("pyhanko").setLevel(logging.ERROR)
    pki = Pki(datetime.now(UTC), seal_key=key)
    lists, authority = pki.lists(), Authority(pki)
    with Typesetter(processes=1) as typesetter:
        document = Document(typesetter, documents=rounds * repeats + 2)
        fixed = document.typeset()
        sign, rival = ours(pki, authority, lists), stock(pki, authority, lists)
        contenders = (lambda: sign(document.typeset()), lambda: sign(fixed), lambda: rival(fixed))
        for once in contenders:
            once()
        whole, seal, slow = zip(
            *([whole_cost(once, authority, rounds) for once in contenders] for _ in range(repeats)), strict=True
        )
    mine, other, ratio, spread = median_of(list(zip(whole, slow, strict=True)))
    return [
        Row(
            what=f"Certificate: told, typeset and sealed B-LTA, {key}",
            ours=mine, rival=other, unit="CPU ms", against="stock pyHanko, which only signs that PDF B-LTA",
            ratio=ratio, aim="<= 0.2", spread=spread,
            note=f"Of ours, {sorted(seal)[(repeats - 1) // 2]:.0f} ms is the seal.",
        )
    ]  # fmt: skip


def main() -> None:
    """Print the cost of the seal alone and of the whole certificate."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--key", choices=["p256", "rsa2048", "rsa3072"], default="rsa3072")
    given = options.parse_args()
    print(table(rows(rounds=given.rounds, repeats=given.repeats, key=given.key)))


if __name__ == "__main__":
    main()
