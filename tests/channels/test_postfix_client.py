"""The Postfix peer as a submitting client, with AUTH over verified TLS: what a company's own mail server does."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.channels.scripted import Conversation, greeted, serving
from tests.peers.certificates import authority, server_certificate
from tests.peers.postfix import Relay, postfix


@pytest.mark.parametrize("implicit", [False, True])
def test_submits_with_auth_over_verified_tls(tmp_path: Path, implicit: bool) -> None:
    root = authority()
    tmp_path.chmod(0o755)
    trusted = tmp_path / "root.pem"
    trusted.write_bytes(root.certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*server_certificate(root, "localhost", folder=tmp_path))

    def submission(conversation: Conversation) -> None:
        if implicit:
            conversation.secure(context)
        else:
            greeted(conversation, "250-x\r\n250 STARTTLS\r\n").exchange(("STARTTLS", "220 go\r\n"))
            conversation.secure(context)
        if implicit:
            conversation.say("220 x\r\n")
        conversation.exchange(("EHLO", "250-x\r\n250 AUTH PLAIN\r\n"), ("AUTH PLAIN", "235 2.7.0 Ok\r\n"))
        conversation.exchange(("MAIL", "250 Ok\r\n"), ("RCPT", "250 Ok\r\n"), ("DATA", "354 go\r\n"))
        conversation.content()
        conversation.say("250 2.0.0 taken\r\n")
        conversation.hear()

    with serving(submission) as server:
        relay = Relay(
            host="localhost", port=server.port, username="u1", password="s1", authority=trusted, implicit_tls=implicit
        )
        with postfix(relay=relay, hostname="crm.ribera.example") as client:
            client.submit("avisos@ribera.example", ["ana@recibe.example"], b"Subject: hola\r\n\r\nuno\r\n")
            assert "status=sent (250 2.0.0 taken)" in client.wait_for_log("status=")
    assert any(b"\r\n\r\nuno\r\n" in line for line in server.log)
    assert b"AHUxAHMx" in b"".join(server.log)
