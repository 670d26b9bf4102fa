"""Postfix on both sides of a whole installation: it submits, it receives, it relays."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.flows.installation import SENDER, Installation, installation, message, until
from tests.flows.test_message import extracted
from tests.peers.certificates import authority, server_certificate
from tests.peers.dovecot import SASL, dovecot
from tests.peers.names import name_server
from tests.peers.postfix import Postfix, Relay, postfix

ANA = "ana@recibe.example"
ZONE = {
    ("recibe.example", "MX"): ["10 mx.recibe.example."],
    ("talleres-ribera.example", "MX"): ["10 mx.recibe.example."],
    ("mx.recibe.example", "A"): ["127.0.0.1"],
    ("relay.sale.example", "A"): ["127.0.0.1"],
}
LOGIN = ("acuse", "clave-del-relay")


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A root, and a certificate of the exchanger and of the smarthost under it."""
    folder, root = tmp_path_factory.mktemp("tls"), authority()
    (folder / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    found = {"root": folder / "root.pem"}
    for name in ("mx.recibe.example", "relay.sale.example"):
        found[name], found[f"{name} key"] = server_certificate(root, name, folder=folder)
    return found


@pytest.fixture(scope="module")
def exchanger(tls: dict[str, Path]) -> Iterator[Postfix]:
    """The mail exchanger of the recipients and of the sender."""
    pair = (tls["mx.recibe.example"], tls["mx.recibe.example key"])
    limits = {"message_size_limit": "200000", "mailbox_size_limit": "0", "virtual_mailbox_limit": "0"}
    with postfix(mailboxes=(ANA, SENDER), settings=limits, certificate=pair) as peer:
        yield peer


def real(names: str, port: int, tls: dict[str, Path], **settings: str) -> dict[str, str]:
    """Settings of an installation that delivers to the world; the world is this machine."""
    return {
        "ACUSE_SANDBOX": "0",
        "ACUSE_DNS_SERVERS": names,
        "ACUSE_EMAIL_PORT": str(port),
        "ACUSE_EMAIL_PRIVATE_TARGETS": "1",
        "SSL_CERT_FILE": str(tls["root"]),
        **settings,
    }


@pytest.fixture(scope="module")
def running(exchanger: Postfix, tls: dict[str, Path]) -> Iterator[Installation]:
    with name_server(ZONE) as names, installation(**real(names.address, exchanger.port, tls)) as started:
        yield started


def proof(document: bytes, folder: Path) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Details of the last attempt's fact, the statement, and the dialogues, as a certificate carries them."""
    files = extracted(document, folder)
    facts = [item["fact"] for item in json.loads(files["proof.json"])["facts"]]
    attempts = [one for one in facts if one["type"].startswith("attempt.") and one["type"] != "attempt.opened"]
    dialogue = "".join(content.decode() for name, content in files.items() if name.endswith(".jsonl"))
    return attempts[-1]["details"], json.loads(files["statement.json"]), dialogue


def test_the_certificate_holds_the_queue_id_that_the_recipients_server_gave(
    running: Installation, exchanger: Postfix, tmp_path: Path
) -> None:
    (document,) = running.documents(running.submit(message("peer"), ANA))
    details, statement, dialogue = proof(document, tmp_path)
    assert (statement["outcome"], statement["grade"]) == ("relayed", 1)
    found = re.search(r"250 2\.0\.0 Ok: queued as (\w+)", details["reply"]["text"])
    assert found
    assert found[0] in dialogue
    exchanger.wait_for_log(f"{found[1]}: to=<{ANA}>")
    assert f"{found[1]}: message-id=<peer@talleres-ribera.example>" in exchanger.log()
    assert (details["host"], details["address"]) == ("mx.recibe.example", f"127.0.0.1:{exchanger.port}")
    assert details["tls"]["version"] == "TLSv1.3"
    assert details["tls"]["verified"] is True
    assert details["tls"]["certificate"]["names"] == ["mx.recibe.example"]
    assert details["dns"]["mx"] == [{"preference": 10, "host": "mx.recibe.example", "addresses": ["127.0.0.1"]}]
    stored = exchanger.wait_for_message(ANA, b"<peer@")
    assert stored.endswith(message("peer").replace(b"\r\n", b"\n"))


@pytest.mark.parametrize(
    ("recipient", "text", "failure_class", "said"),
    [
        ("nadie@recibe.example", "Texto.", "mailbox_not_found", "550 5.1.1 <nadie@recibe.example>"),
        (ANA, "Texto que no cabe.\r\n" * 15_000, "too_big", None),
    ],
)
def test_what_it_refuses_is_certified_and_told_to_the_sender(
    running: Installation,
    exchanger: Postfix,
    tmp_path: Path,
    recipient: str,
    text: str,
    failure_class: str,
    said: str | None,
) -> None:
    (document,) = running.documents(running.submit(message(failure_class, text), recipient))
    details, statement, dialogue = proof(document, tmp_path)
    assert (statement["outcome"], statement["failure_class"]) == ("failed", failure_class)
    if said is not None:
        assert details["reply"]["text"].startswith(said)
        assert said in dialogue
    else:
        assert "SIZE 200000" in dialogue
    notice = exchanger.wait_for_message(SENDER, f"<{failure_class}@".encode())
    assert b"report-type=delivery-status" in notice.replace(b'"', b"")
    assert recipient.encode() in notice


def test_it_submits_with_auth_over_tls_and_the_message_goes_all_the_way(
    running: Installation, exchanger: Postfix, tmp_path: Path
) -> None:
    assert running.account is not None
    relay = Relay(
        host="localhost",
        port=running.settings.smtp_tls_port,
        username=running.account.username,
        password=running.account.secret,
        authority=running.data / "authority" / "ca.pem",
        implicit_tls=True,
    )
    with postfix(relay=relay, hostname="correo.talleres-ribera.example") as client:
        client.submit(SENDER, [ANA], message("client"))
        log = client.wait_for_log("status=sent")
    found = re.search(r"accepted, reference ([0-9a-f-]{36})", log)
    assert found
    (document,) = running.documents(found[1])
    _, statement, _ = proof(document, tmp_path)
    assert statement["outcome"] == "relayed"
    exchanger.wait_for_message(ANA, b"<client@")
    (facts,) = [json.loads(extracted(document, tmp_path)["proof.json"])["facts"]]
    client_seen = facts[0]["fact"]["details"]["client"]
    assert client_seen["helo"] == "correo.talleres-ribera.example"
    assert client_seen["tls"]


def test_a_smarthost_with_login_relays_everything(tls: dict[str, Path], tmp_path: Path) -> None:
    pair = (tls["relay.sale.example"], tls["relay.sale.example key"])
    smarthost = postfix(mailboxes=(ANA, SENDER), settings=SASL, certificate=pair, hostname="relay.sale.example")
    with smarthost as peer, dovecot(peer.folder, username=LOGIN[0], password=LOGIN[1]), name_server(ZONE) as names:
        settings = real(
            names.address,
            25,
            tls,
            ACUSE_SMARTHOST=f"relay.sale.example:{peer.port}",
            ACUSE_SMARTHOST_USER=LOGIN[0],
            ACUSE_SMARTHOST_PASSWORD=LOGIN[1],
        )
        with installation(**settings) as running:
            (document,) = running.documents(running.submit(message("smart"), ANA))
            details, statement, dialogue = proof(document, tmp_path)
            assert (statement["outcome"], statement["grade"], details["via"]) == ("handed", 0, "smarthost")
            assert details["host"] == "relay.sale.example"
            assert details["tls"]["verified"] is True
            assert "sasl_method=PLAIN, sasl_username=acuse" in peer.wait_for_log("sasl_username=")
            assert LOGIN[1] not in dialogue
            (stored,) = peer.wait_for_messages(ANA)
            assert stored.endswith(message("smart").replace(b"\r\n", b"\n"))
            until(lambda: running.command("check", check=False).returncode == 0, "nothing is wrong")
