"""The development authority: made once, found again, closed to others, honest about its worth."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from acuse.embedded.authority import Authority
from acuse.errors import ConfigurationError, InputError

URL = "http://127.0.0.1:8318/ca.crl"
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment


def everything(folder: Path) -> dict[str, bytes]:
    authority = Authority(folder, crl_url=URL)
    authority.timestamping()
    authority.seal("Talleres Ribera, S.L.")
    authority.server(["mx.acepta.example", "127.0.0.2"])
    authority.crl()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    assert everything(tmp_path) == everything(tmp_path)


def test_secrets_are_closed_to_others(tmp_path: Path) -> None:
    everything(tmp_path / "ca")
    assert (tmp_path / "ca").stat().st_mode & 0o777 == 0o700
    closed = {path.name for path in (tmp_path / "ca").iterdir() if path.stat().st_mode & 0o777 == 0o600}
    (server,) = (path.name for path in (tmp_path / "ca").glob("server-*.key"))
    assert closed == {"ca.key", "tsa.key", "seal.p12", "seal.passphrase", server, "lock"}


def test_every_subject_says_that_it_has_no_legal_value(tmp_path: Path) -> None:
    everything(tmp_path)
    for path in tmp_path.glob("*.pem"):
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert str(name.value).endswith("no legal value")


def test_the_seal_is_for_documents(tmp_path: Path) -> None:
    files = Authority(tmp_path, crl_url=URL).seal("Talleres Ribera, S.L.")
    key, certificate, others = pkcs12.load_key_and_certificates(
        files.pkcs12.read_bytes(), files.passphrase.read_bytes()
    )
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 3072
    assert others == []
    assert certificate
    (organisation,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert organisation.value == "Talleres Ribera, S.L."
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign


def test_a_long_name_is_cut_to_what_a_certificate_takes(tmp_path: Path) -> None:
    files = Authority(tmp_path, crl_url=URL).seal("Ñ" * 120)
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    (organisation,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    assert organisation.value == "Ñ" * 64


def test_the_revocation_list_is_refreshed_and_counts_up(tmp_path: Path) -> None:
    clock = Clock()
    authority = Authority(tmp_path, crl_url=URL, now=clock)
    first = authority.crl()
    clock.moment += timedelta(hours=11)
    assert authority.crl() == first
    clock.moment += timedelta(hours=2)
    second = x509.load_der_x509_crl(authority.crl())
    assert second.last_update_utc == clock.moment
    assert second.next_update_utc - clock.moment == timedelta(days=90)
    assert second.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 2
    clock.moment -= timedelta(days=1)  # a clock set back: a list from the future is replaced
    assert x509.load_der_x509_crl(authority.crl()).last_update_utc == clock.moment


def test_revocation_is_listed_at_once_and_for_good(tmp_path: Path) -> None:
    authority = Authority(tmp_path, crl_url=URL)
    authority.crl()
    authority.revoke(12345)
    again = x509.load_der_x509_crl(Authority(tmp_path, crl_url=URL).crl())
    assert again.get_revoked_certificate_by_serial_number(12345) is not None
    assert again.is_signature_valid(authority.root.public_key())


def test_a_server_certificate_is_renewed_before_it_ends(tmp_path: Path) -> None:
    clock = Clock()
    authority = Authority(tmp_path, crl_url=URL, now=clock)
    first = authority.server(["mx.acepta.example"]).certificate.read_bytes()
    clock.moment += timedelta(days=330)
    assert authority.server(["mx.acepta.example"]).certificate.read_bytes() == first
    clock.moment += timedelta(days=20)
    assert authority.server(["mx.acepta.example"]).certificate.read_bytes() != first


def test_tls_accepts_the_server_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path, crl_url=URL)
    files = authority.server(["localhost", "127.0.0.1"])
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cadata=authority.root_pem.decode())
    here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = client.wrap_bio(there, here, server_hostname="localhost")
    other = serving.wrap_bio(here, there, server_side=True)
    for _ in range(5):
        for side in (one, other):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert one.version() == "TLSv1.3"


@pytest.mark.parametrize("names", [[], ["x.example"] * 101])
def test_the_number_of_names_is_limited(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(InputError, match="1 to 100"):
        Authority(tmp_path, crl_url=URL).server(names)


def test_a_crash_between_key_and_certificate_is_mended(tmp_path: Path) -> None:
    Authority(tmp_path, crl_url=URL).timestamping()
    key = (tmp_path / "tsa.key").read_bytes()
    (tmp_path / "tsa.pem").unlink()
    Authority(tmp_path, crl_url=URL).timestamping()
    assert (tmp_path / "tsa.key").read_bytes() == key


@pytest.mark.parametrize("name", ["ca", "tsa"])
def test_lost_and_damaged_files_are_named(tmp_path: Path, name: str) -> None:
    def start() -> None:
        Authority(tmp_path, crl_url=URL).timestamping()

    start()
    key, certificate = tmp_path / f"{name}.key", tmp_path / f"{name}.pem"
    kept = key.read_bytes()
    for damage in (b"", b"-----BEGIN", kept[:100]):
        key.write_bytes(damage)
        with pytest.raises(ConfigurationError, match=f"{name}.key is damaged"):
            start()
    key.unlink()
    with pytest.raises(ConfigurationError, match=f"{name}.key is lost"):
        start()
    other = tmp_path / "other"
    Authority(other, crl_url=URL).timestamping()
    key.write_bytes((other / f"{name}.key").read_bytes())
    with pytest.raises(ConfigurationError, match="do not belong together"):
        start()
    key.write_bytes(kept)
    certificate.write_bytes(b"rubbish")
    with pytest.raises(ConfigurationError, match=f"{name}.pem is damaged"):
        start()


def test_a_lost_passphrase_is_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path, crl_url=URL)
    authority.seal("Talleres Ribera, S.L.").passphrase.unlink()
    with pytest.raises(ConfigurationError, match="passphrase is lost"):
        authority.seal("Talleres Ribera, S.L.")


def test_several_at_once_find_the_same_authority(tmp_path: Path) -> None:
    found: list[bytes] = []

    def start() -> None:
        authority = Authority(tmp_path, crl_url=URL)
        found.append(authority.root_pem + authority.timestamping().certificate.tbs_certificate_bytes)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
