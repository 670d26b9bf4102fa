"""A small certificate, and seals on it, for tests of seals and of their verification."""

from collections.abc import Sequence
from functools import lru_cache

import typst

from acuse.pdf.sign import Level, Seal
from acuse.proof.trust import Trust
from tests.pki import PASSPHRASE, Entity, Pki

MESSAGE = b"From: a@sender.example\r\nTo: b@recipient.example\r\nSubject: Prueba\r\n\r\nHola.\r\n"
PROOF = b'{"format":"acuse-proof","v":1}'

_SOURCE = """
#set document(title: "Certificado", date: datetime(year: 2026, month: 11, day: 21))
#set text(lang: "es")
#pdf.attach("message.eml", bytes(sys.inputs.message), relationship: "source", mime-type: "message/rfc822",
  description: "Mensaje original")
#pdf.attach("proof.json", bytes(sys.inputs.proof), relationship: "data", mime-type: "application/json",
  description: "Pruebas")
= Certificado
Aceptado por el servidor de correo.
"""


@lru_cache(maxsize=4)
def unsigned_pdf(message: bytes = MESSAGE) -> bytes:
    """A tagged PDF/A-3 with two attachments."""
    inputs = {"message": message.decode(), "proof": PROOF.decode()}
    return bytes(typst.compile(_SOURCE.encode(), format="pdf", pdf_standards=["a-3a"], sys_inputs=inputs))


@lru_cache(maxsize=4)
def opened_seal(pkcs12: bytes) -> Seal:
    """The seal of a PKCS #12 file under the tests' passphrase."""
    return Seal.load(pkcs12, PASSPHRASE)


def sealed(
    pki: Pki,
    level: Level,
    *,
    unsigned: bytes | None = None,
    lists: Sequence[bytes] | None = None,
    roots: Sequence[Entity] = (),
) -> bytes:
    """Seal with everything taken from one infrastructure, at its moment."""
    known = pki.lists() if lists is None else lists
    result = opened_seal(pki.pkcs12).sign_pdf(
        unsigned or unsigned_pdf(),
        level=level,
        signed_at=pki.moment,
        request_token=pki.tsa.token,
        trust_roots=[root.der for root in roots or (pki.root,)],
        revocation_lists=lambda _: known,
        reason="Certificado",
    )
    return result.content


def trust_in(*roots: Entity) -> Trust:
    """Trust in some roots, for seals and time stamps alike."""
    certificates = tuple(root.certificate for root in roots)
    return Trust(seals=certificates, stamps=certificates)
