"""The development CA and TSA, judged by OpenSSL over real HTTP."""

import http.client
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from asn1crypto import core, tsp

from acuse.embedded.trust_services import TrustServices, main

POLICY = "2.25.181162039133338239944758515655283954132"
PROGRAM = [sys.executable, "-m", "acuse.embedded.trust_services"]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[TrustServices]:
    """Return the running services."""
    with TrustServices(tmp_path / "ca", policy=POLICY) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def openssl(*arguments: str | Path, status: int = 0) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def request(services: TrustServices, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    host, port = services.address.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=120)
    try:
        connection.request(method, path, body or None, {key.replace("_", "-"): value for key, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def stamp(services: TrustServices, query: bytes) -> bytes:
    status, answer = request(services, "POST", "/tsa", query, Content_Type="application/timestamp-query")
    assert status == 200
    return answer


@pytest.mark.parametrize("digest", ["-sha256", "-sha384", "-sha512"])
@pytest.mark.parametrize("options", [["-cert"], ["-cert", "-no_nonce"]])
def test_openssl_verifies_the_token(services: TrustServices, tmp_path: Path, digest: str, options: list[str]) -> None:
    document = tmp_path / "document"
    document.write_bytes(b"what was said\n" * 1000)
    query, reply, root = tmp_path / "q.tsq", tmp_path / "r.tsr", tmp_path / "ca.pem"
    openssl("ts", "-query", "-data", document, digest, *options, "-out", query)
    reply.write_bytes(stamp(services, query.read_bytes()))
    root.write_bytes(request(services, "GET", "/ca.pem")[1])
    verify = ["ts", "-verify", "-in", reply, "-CAfile", root]
    assert "Verification: OK" in openssl(*verify, "-queryfile", query)
    assert "Verification: OK" in openssl(*verify, "-data", document)
    document.write_bytes(b"something else")
    assert "Verification: FAILED" in openssl(*verify, "-data", document, status=1)
    shown = openssl("ts", "-reply", "-in", reply, "-text")
    assert "Status: Granted." in shown
    assert "Accuracy: 0x01 seconds" in shown
    assert f"Policy OID: {POLICY}" in shown


def test_a_token_without_certificate_needs_it_from_elsewhere(services: TrustServices, tmp_path: Path) -> None:
    query, reply = tmp_path / "q.tsq", tmp_path / "r.tsr"
    openssl("ts", "-query", "-digest", "00" * 32, "-sha256", "-out", query)
    reply.write_bytes(stamp(services, query.read_bytes()))
    verify = ["ts", "-verify", "-in", reply, "-queryfile", query, "-CAfile", tmp_path / "ca" / "ca.pem"]
    openssl(*verify, status=1)
    assert "Verification: OK" in openssl(*verify, "-untrusted", tmp_path / "ca" / "tsa.pem")


@pytest.mark.parametrize(
    ("options", "failure"),
    [
        (["-sha1", "-digest", "00" * 20], "unrecognized or unsupported algorithm"),
        (["-sha3-256", "-digest", "00" * 32], "unrecognized or unsupported algorithm"),
        (["-sha256", "-digest", "00" * 32, "-tspolicy", "1.2.3.4"], "policy is not supported by the TSA"),
    ],
)
def test_openssl_reads_the_rejection(services: TrustServices, tmp_path: Path, options: list[str], failure: str) -> None:
    query, reply = tmp_path / "q.tsq", tmp_path / "r.tsr"
    openssl("ts", "-query", *options, "-out", query)
    reply.write_bytes(stamp(services, query.read_bytes()))
    shown = openssl("ts", "-reply", "-in", reply, "-text")
    assert "Status: Rejected." in shown
    assert failure in shown


def test_openssl_reads_the_revocation_list_and_the_chain(services: TrustServices, tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    seal = services.authority.seal("Talleres Ribera, S.L.")
    status, content = request(services, "GET", "/ca.crl")
    assert status == 200
    (tmp_path / "list").write_bytes(content)
    openssl("crl", "-inform", "DER", "-in", tmp_path / "list", "-out", tmp_path / "list.pem")
    assert "verify OK" in openssl("crl", "-in", tmp_path / "list.pem", "-CAfile", folder / "ca.pem", "-noout")
    check = ["verify", "-crl_check", "-CAfile", folder / "ca.pem", "-CRLfile", tmp_path / "list.pem"]
    assert "OK" in openssl(*check, "-purpose", "timestampsign", folder / "tsa.pem")
    assert "OK" in openssl(*check, seal.certificate)
    assert services.address + "/ca.crl" in openssl("x509", "-in", seal.certificate, "-noout", "-text")
    subject = openssl("x509", "-in", seal.certificate, "-noout", "-subject")
    assert "no legal value" in subject
    assert "Talleres Ribera" in subject


def test_a_revoked_certificate_is_refused_by_openssl(services: TrustServices, tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    request(services, "GET", "/ca.crl")
    services.authority.revoke(services.authority.timestamping().certificate.serial_number)
    (tmp_path / "list").write_bytes(request(services, "GET", "/ca.crl")[1])
    openssl("crl", "-inform", "DER", "-in", tmp_path / "list", "-out", tmp_path / "list.pem")
    check = ["verify", "-crl_check", "-CAfile", folder / "ca.pem", "-CRLfile", tmp_path / "list.pem"]
    assert "certificate revoked" in openssl(*check, folder / "tsa.pem", status=2)


def test_openssl_opens_the_seal(services: TrustServices) -> None:
    seal = services.authority.seal("Talleres Ribera, S.L.")
    shown = openssl("pkcs12", "-in", seal.pkcs12, "-passin", f"file:{seal.passphrase}", "-nokeys", "-info")
    assert shown.count("BEGIN CERTIFICATE") == 1  # no root
    assert "Mac verify error" in openssl("pkcs12", "-in", seal.pkcs12, "-passin", "pass:wrong", "-nokeys", status=1)


def test_http_refusals(services: TrustServices) -> None:
    kind = {"Content_Type": "application/timestamp-query"}
    assert request(services, "GET", "/other")[0] == 404
    assert request(services, "GET", "/tsa")[0] == 404
    assert request(services, "POST", "/other", b"x", **kind)[0] == 404
    assert request(services, "POST", "/tsa", b"x", Content_Type="text/plain")[0] == 415
    assert request(services, "POST", "/tsa", b"x" * 17_000, **kind)[0] == 413
    assert request(services, "POST", "/tsa", b"", Content_Length="-5", **kind)[0] == 411
    assert request(services, "PUT", "/tsa", b"x")[0] == 501
    answer = tsp.PKIStatusInfo.load(core.Sequence.load(stamp(services, b"rubbish"))[0].dump()).native
    assert answer["status"] == "rejection"
    assert answer["fail_info"] == {"bad_data_format"}


@pytest.fixture
def programs() -> Iterator[list[subprocess.Popen[str]]]:
    """Return where a test notes the programs that have to be gone at its end."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for program in started:
        program.kill()
        program.wait()


def test_the_program_serves_stops_and_keeps_its_serial_numbers_apart(
    tmp_path: Path, programs: list[subprocess.Popen[str]]
) -> None:
    query = tmp_path / "q.tsq"
    openssl("ts", "-query", "-digest", "00" * 32, "-sha256", "-cert", "-out", query)
    serials = set()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
        program = subprocess.Popen(
            [*PROGRAM, "--directory", tmp_path / "ca", "--port", "0", "--policy", POLICY],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout
        programs.append(program)
        with program.stdout:
            address = program.stdout.readline().split(" at ")[1].split(" ")[0]
        host, port = address.removeprefix("http://").split(":")
        for _ in range(5):
            connection = http.client.HTTPConnection(host, int(port), timeout=120)
            connection.request("POST", "/tsa", query.read_bytes(), {"Content-Type": "application/timestamp-query"})
            response = tsp.TimeStampResp.load(connection.getresponse().read())
            connection.close()
            content = response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
            serials.add(content["serial_number"].native)
        program.send_signal(number)
        assert program.wait(120) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
    assert len(serials) == 20


def test_a_taken_port_is_one_sentence(
    services: TrustServices, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = services.address.rsplit(":", 1)[1]
    assert main(["--directory", str(tmp_path / "other"), "--port", port, "--policy", POLICY]) == 1
    assert capsys.readouterr().err.startswith("The trust services cannot start: ")
