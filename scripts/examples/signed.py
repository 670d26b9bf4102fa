"""The S/MIME-signed sample. Its key is made for one signature and thrown away: the file is committed, not remade."""

from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from examples.parts import b64, crlf, words

_BOUNDARY = "------------ms030507090604020108070503"


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Marta Soler"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Talleres Ribera, S. L."),
        ]
    )
    mailbox = x509.RFC822Name("marta.soler@talleres-ribera.example")
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2036, 1, 1, tzinfo=UTC)
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName([mailbox]), critical=False)
    return builder.sign(key, hashes.SHA256())


def thunderbird_signed() -> tuple[bytes, bytes]:
    """Return (message, certificate in PEM): multipart/signed (RFC 8551) as Thunderbird writes it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = _certificate(key)
    part = crlf("""
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: quoted-printable

Estimado Sr. Bravo:

Le confirmamos que la reparaci=C3=B3n de la caja de cambios queda cubierta por
la garant=C3=ADa. Este mensaje va firmado electr=C3=B3nicamente.

--=20
Marta Soler
Talleres Ribera
""")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(part).add_signer(certificate, key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    signature = builder.sign(serialization.Encoding.DER, options)
    head = crlf(f"""
Message-ID: <e90f74d1-2a1c-4f0e-8d57-7c62b4e0a915@talleres-ribera.example>
Date: Fri, 13 Nov 2026 09:05:27 +0100
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Language: es-ES
To: raul.bravo@acepta.example
From: Marta Soler <marta.soler@talleres-ribera.example>
{words("Subject", "Garantía aceptada: caja de cambios (mensaje firmado)")}
Content-Type: multipart/signed; protocol="application/pkcs7-signature";
 micalg=sha-256; boundary="{_BOUNDARY}"

This is a cryptographically signed message in MIME format.

--{_BOUNDARY}
""")
    tail = crlf(f"""
--{_BOUNDARY}
Content-Type: application/pkcs7-signature; name="smime.p7s"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="smime.p7s"
Content-Description: S/MIME Cryptographic Signature

{b64(signature, 64)}

--{_BOUNDARY}--
""")
    return head + part + b"\r\n" + tail, certificate.public_bytes(serialization.Encoding.PEM)
