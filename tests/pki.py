"""A small public key infrastructure for tests: root, issuing authority, seal, time stamps, revocation lists.

Everything is made at construction from the given moment, so a test can live in any year. The time stamping authority
can be told to lie; each lie is one named argument.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

PASSPHRASE = b"correct horse battery staple"
TSA_POLICY = "1.3.6.1.4.1.99999.1.1"
DAY = timedelta(days=1)


@lru_cache(maxsize=32)
def rsa_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """An RSA key, made once per test run and number."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def new_key(kind: str = "p256", number: int = 0) -> Key:
    """A P-256 key (always new), or the RSA key of that number."""
    if kind == "p256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa_key(number, int(kind.removeprefix("rsa")))


@dataclass
class Entity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def issue(
    common_name: str,
    *,
    issuer: Entity | None,
    not_before: datetime,
    not_after: datetime,
    key: Key | None = None,
    authority: bool = False,
    usage: tuple[str, ...] = ("digital_signature",),
    extended: tuple[x509.ObjectIdentifier, ...] = (),
    organisation: str = "Pruebas Example",
) -> Entity:
    """Issue a certificate; without an issuer, a self-signed root."""
    key = key or new_key()
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    above = issuer.certificate.subject if issuer else subject
    signer = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(_key_usage(("key_cert_sign", "crl_sign") if authority else usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(extended)), critical=True)
    if issuer:
        distribution = x509.DistributionPoint(
            full_name=[x509.UniformResourceIdentifier(f"http://crl.example/{issuer.certificate.serial_number}.crl")],
            relative_name=None,
            reasons=None,
            crl_issuer=None,
        )
        builder = builder.add_extension(x509.CRLDistributionPoints([distribution]), critical=False)
    return Entity(builder.sign(signer, hashes.SHA256()), key)


def _key_usage(bits: tuple[str, ...]) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in bits for name in names})


def revocation_list(
    issuer: Entity, *, at: datetime, lasts: timedelta = 7 * DAY, revoked: tuple[tuple[Entity, datetime], ...] = ()
) -> bytes:
    """DER of a list signed by `issuer`, naming each revoked entity with its moment."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + lasts)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for entity, moment in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(entity.certificate.serial_number).revocation_date(moment)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def pkcs12(entity: Entity, *others: Entity, passphrase: bytes = PASSPHRASE) -> bytes:
    """The entity with its chain, encrypted."""
    return serialize_key_and_certificates(
        b"seal",
        entity.key,
        entity.certificate,
        [each.certificate for each in others] or None,
        BestAvailableEncryption(passphrase),
    )


@dataclass
class TimeStampingAuthority:
    """An RFC 3161 authority in memory.

    Attributes:
        clock: moment of the next token, or None to refuse by failing.
        chain: further certificates put into each token.
    """

    entity: Entity
    clock: datetime
    chain: tuple[Entity, ...] = ()
    policy: str = TSA_POLICY
    issued: list[bytes] = field(default_factory=list)

    def reply(self, query: bytes, **lies: Any) -> bytes:
        """Answer a DER TimeStampReq with a DER TimeStampResp (RFC 3161, 2.4)."""
        request = tsp.TimeStampReq.load(query, strict=True)
        token = self.token(
            request["message_imprint"]["hashed_message"].native,
            nonce=lies.pop("nonce", request["nonce"].native),
            with_certificates=request["cert_req"].native,
            **lies,
        )
        status = tsp.PKIStatusInfo({"status": "granted"})
        # Not through TimeStampResp, which copies the whole token value by value (200 ms).
        content = status.dump() + token
        return b"\x30\x82" + len(content).to_bytes(2, "big") + content

    def refusal(self) -> bytes:
        """A reply that grants nothing."""
        status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["closed"], "fail_info": {"bad_request"}})
        return tsp.TimeStampResp({"status": status}).dump()

    def token(
        self,
        imprint: bytes,
        *,
        nonce: int | None = None,
        with_certificates: bool = True,
        extra: tuple[Entity, ...] = (),
        policy: str | None = None,
        algorithm: str = "sha256",
        certificate_hash: bytes | None = None,
        spoil_signature: bool = False,
        unsigned: tuple[cms.CMSAttribute, ...] = (),
        at: datetime | None = None,
    ) -> bytes:
        """DER of a token over `imprint`; each keyword departs from the truth in one way."""
        fields: dict[str, Any] = {
            "version": "v1",
            "policy": policy or self.policy,
            "message_imprint": {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": imprint},
            "serial_number": len(self.issued) + 1,
            "gen_time": (at or self.clock).replace(microsecond=0),
            "accuracy": {"seconds": 1},
        }
        if nonce is not None:
            fields["nonce"] = nonce
        body = tsp.TSTInfo(fields).dump()
        signed = _signed_attributes(body, self.entity, certificate_hash)
        signature = _sign(self.entity.key, signed.dump())
        if spoil_signature:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        certificate = asn1_x509.Certificate.load(self.entity.der)
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": signed,
            "signature_algorithm": _mechanism(self.entity.key),
            "signature": signature,
        }
        if unsigned:
            signer["unsigned_attrs"] = cms.CMSAttributes(unsigned)
        content: dict[str, Any] = {
            "version": "v3",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(body)},
            "signer_infos": [cms.SignerInfo(signer)],
        }
        if with_certificates:
            ours = (self.entity, *self.chain, *extra)
            content["certificates"] = cms.CertificateSet(
                [cms.CertificateChoices("certificate", asn1_x509.Certificate.load(each.der)) for each in ours]
            )
        token = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)}).dump()
        self.issued.append(token)
        return token


def _signed_attributes(body: bytes, entity: Entity, certificate_hash: bytes | None) -> cms.CMSAttributes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(body)
    certificate = asn1_x509.Certificate.load(entity.der)
    identity = tsp.ESSCertIDv2(
        {
            "hash_algorithm": {"algorithm": "sha256"},
            "cert_hash": certificate_hash or entity.certificate.fingerprint(hashes.SHA256()),
            "issuer_serial": {
                "issuer": [asn1_x509.GeneralName("directory_name", certificate.issuer)],
                "serial_number": certificate.serial_number,
            },
        }
    )
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [digest.finalize()]}),
            cms.CMSAttribute(
                {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [identity]})]}
            ),
        ]
    )


def _mechanism(key: Key) -> algos.SignedDigestAlgorithm:
    name = "sha256_rsa" if isinstance(key, rsa.RSAPrivateKey) else "sha256_ecdsa"
    return algos.SignedDigestAlgorithm({"algorithm": name})


def _sign(key: Key, content: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(content, ec.ECDSA(hashes.SHA256()))


class Pki:
    """Root > issuing authority > seal and time stamping authority, all alive at `moment`.

    Args:
        moment: aware; certificates begin a day before it.
        seal_key: "p256", "rsa2048" or "rsa3072".
        tsa_key: the same.
    """

    def __init__(self, moment: datetime, *, seal_key: str = "p256", tsa_key: str = "p256") -> None:
        self.moment = moment
        start = moment - DAY
        self.root = issue("Root", issuer=None, not_before=start, not_after=start + 7300 * DAY, authority=True)
        self.issuing = issue(
            "Issuing", issuer=self.root, not_before=start, not_after=start + 3650 * DAY, authority=True
        )
        self.seal = issue(
            "Seal",
            issuer=self.issuing,
            not_before=start,
            not_after=start + 730 * DAY,
            key=new_key(seal_key, 1),
            usage=("digital_signature", "content_commitment"),
        )
        self.tsa_entity = self.issue_tsa("Time stamps", key=new_key(tsa_key, 2))
        self.tsa = TimeStampingAuthority(self.tsa_entity, moment, chain=(self.issuing,))

    def issue_tsa(self, name: str, *, key: Key | None = None, days: int = 1095, starts: int = -1) -> Entity:
        """A further time stamping certificate under the same issuing authority."""
        return issue(
            name,
            issuer=self.issuing,
            not_before=self.moment + starts * DAY,
            not_after=self.moment + (starts + days) * DAY,
            key=key,
            extended=(ExtendedKeyUsageOID.TIME_STAMPING,),
        )

    @property
    def pkcs12(self) -> bytes:
        """The seal, its key and its chain under `PASSPHRASE`."""
        return pkcs12(self.seal, self.issuing, self.root)

    def lists(self, *, at: datetime | None = None, revoked: tuple[tuple[Entity, datetime], ...] = ()) -> list[bytes]:
        """The revocation lists of the root and of the issuing authority, made an hour before `at`."""
        moment = (at or self.moment) - timedelta(hours=1)
        return [revocation_list(self.root, at=moment), revocation_list(self.issuing, at=moment, revoked=revoked)]
