"""Fetching a policy from a host that breaks off, or from one that somebody on the way cuts off."""

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from acuse.channels.email.fetch import FetchFailed, fetch_policy
from tests.peers.certificates import authority, server_certificate
from tests.peers.policies import policy, policy_host

HOST = "mta-sts.recibe.example"
BODY = policy("enforce", "mx.recibe.example", "mx2.recibe.example")
CUT = policy("enforce", "mx.recibe.example")[:-18]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
SIZED = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BODY)
END = b"\r\n0\r\n\r\n"


def fetched(reply: bytes, folder: Path, *, closing: bool) -> bytes:
    root = authority()
    trust = ssl.create_default_context(cadata=root.certificate.public_bytes(Encoding.PEM).decode())
    trust.options |= ssl.OP_IGNORE_UNEXPECTED_EOF  # as Debian's Python has it from the start
    with policy_host(reply, server_certificate(root, HOST, folder=folder)) as host:
        host.closing = closing
        return fetch_policy(HOST, ["127.0.0.1"], port=host.port, context=trust, seconds=60)


@pytest.mark.parametrize(
    ("reply", "closing"),
    [
        (SIZED + BODY, True),
        (SIZED + BODY, False),
        (CHUNKED + BODY + END, True),
        (CHUNKED + BODY + END, False),
        (HEAD + b"\r\n" + BODY, True),
    ],
    ids=["sized", "sized-broken-off", "chunked", "chunked-broken-off", "closed"],
)
def test_a_whole_policy_is_taken(reply: bytes, closing: bool, tmp_path: Path) -> None:
    assert fetched(reply, tmp_path, closing=closing) == BODY


@pytest.mark.parametrize("closing", [False, True])
@pytest.mark.parametrize("reply", [SIZED + CUT, CHUNKED + CUT, CHUNKED + BODY], ids=["sized", "chunked", "no-end"])
def test_a_part_of_a_policy_is_none(reply: bytes, closing: bool, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed):
        fetched(reply, tmp_path, closing=closing)


@pytest.mark.parametrize("reply", [HEAD + b"\r\n" + BODY, HEAD + b"\r\n" + CUT, HEAD, SIZED[:-20]], ids=range(4))
def test_what_breaks_off_and_has_no_length_may_be_a_part(reply: bytes, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="broke off"):
        fetched(reply, tmp_path, closing=False)
