"""What is recorded of a peer's certificate, however broken it is."""

import warnings
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.channels.email.policies import Trust, describe
from tests.peers.certificates import authority, server_certificate

ROOT = authority()
DER = ROOT.certificate.public_bytes(Encoding.DER)


def test_the_facts_of_a_certificate(tmp_path: Path) -> None:
    path, _ = server_certificate(ROOT, "mx.d.example", "mx2.d.example", folder=tmp_path)
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    described = describe(certificate.public_bytes(Encoding.DER))
    assert (described["subject"], described["issuer"]) == ("CN=mx.d.example", "CN=Test root")
    assert described["names"] == ["mx.d.example", "mx2.d.example"]
    assert described["not_after"].endswith(".000000Z")


@given(st.lists(st.tuples(st.integers(0, len(DER) - 1), st.integers(0, 255)), max_size=4), st.integers(0, len(DER)))
@settings(deadline=None, max_examples=300)
def test_a_broken_certificate_is_described_all_the_same(changes: list[tuple[int, int]], length: int) -> None:
    broken = bytearray(DER)
    for position, octet in changes:
        broken[position] = octet
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        described = describe(bytes(broken[:length] if length % 7 == 0 else broken))
    assert set(described) >= {"subject", "issuer", "names", "not_after", "sha256"}


def test_the_roots_of_the_system_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tmp_path / "roots.pem"
    bundle.write_bytes(ROOT.certificate.public_bytes(Encoding.PEM) * 2)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert Trust.of_system().roots == (ROOT.certificate, ROOT.certificate)
