"""The CMS that we write is the one that pyHanko writes."""

import asyncio
import hashlib
from datetime import UTC, datetime

import pytest
from asn1crypto import cms
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from acuse.pdf.sign.key import load_seal_key
from tests.pki import PASSPHRASE, Pki

DIGEST = hashlib.sha256(b"document").digest()


def theirs(pki: Pki) -> bytes:
    signer = load_seal_key(pki.pkcs12, PASSPHRASE, at=pki.moment)
    signed = asyncio.run(
        signer.async_sign(DIGEST, "sha256", use_pades=True, signed_attr_settings=PdfCMSSignedAttributes())
    )
    return bytes(signed.dump())


def ours(pki: Pki) -> bytes:
    return load_seal_key(pki.pkcs12, PASSPHRASE, at=pki.moment).sign_digest(DIGEST)


@pytest.mark.parametrize("key", ["rsa2048", "rsa3072"])
def test_with_rsa_every_byte_is_the_same(key: str) -> None:
    pki = Pki(datetime.now(UTC), seal_key=key)
    assert ours(pki) == theirs(pki)


def test_with_ecdsa_all_but_the_signature_value_is_the_same() -> None:
    pki = Pki(datetime.now(UTC), seal_key="p256")

    def without_value(der: bytes) -> bytes:
        read = cms.ContentInfo.load(der, strict=True)
        read["content"]["signer_infos"][0]["signature"] = b""
        return bytes(read.dump(force=True))

    assert without_value(ours(pki)) == without_value(theirs(pki))
    assert ours(pki) != ours(pki)
