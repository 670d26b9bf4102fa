"""Reading replies: any bytes, in any pieces."""

import json
import socket
import threading
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acuse.channels.email.transcript import Transcript
from acuse.channels.email.wire import MAX_LINES, Broken, Timeouts, Wire, parse_lines

PATIENT = Timeouts(command=60, total=60)


def read(content: bytes, cuts: tuple[int, ...] = ()) -> tuple[Wire, Exception | None]:
    """Feed bytes in pieces, then close; returns the wire and what reading one reply raised."""
    ours, theirs = socket.socketpair()
    edges = [0, *sorted(cut % (len(content) + 1) for cut in cuts), len(content)]

    def feed() -> None:
        with theirs:
            for start, end in pairwise(edges):
                try:
                    theirs.sendall(content[start:end])
                except OSError:
                    return

    feeder = threading.Thread(target=feed)
    feeder.start()
    wire = Wire(ours, PATIENT, time.monotonic() + 60)
    try:
        wire.last = wire.reply("data", 60)  # type: ignore[attr-defined]
    except Broken as error:
        return wire, error
    finally:
        ours.close()
        feeder.join()
    return wire, None


TEXT = st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b"").replace(b"\r", b""))


@given(st.integers(200, 599), st.lists(TEXT, min_size=1, max_size=8), st.lists(st.integers(0, 500), max_size=4))
@settings(deadline=None, max_examples=100)
def test_every_well_formed_reply_is_kept_verbatim(code: int, texts: list[bytes], cuts: list[int]) -> None:
    lines = [b"%d-%s\r\n" % (code, text) for text in texts[:-1]] + [b"%d %s\r\n" % (code, texts[-1])]
    content = b"".join(lines)
    wire, error = read(content, tuple(cuts))
    assert error is None
    reply = wire.last  # type: ignore[attr-defined]
    assert (reply.code, reply.text) == (code, content)


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_a_reply_or_broken(content: bytes) -> None:
    _, error = read(content)
    assert error is None or isinstance(error, Broken)


@pytest.mark.parametrize(
    ("lines", "code", "enhanced"),
    [
        ([b"550 5.1.1 no\r\n"], 550, "5.1.1"),
        ([b"550-first\r\n", b"550 5.7.26 second\r\n"], 550, "5.7.26"),
        ([b"250\r\n"], 250, None),
        ([b"250 2.0.0\r\n"], 250, "2.0.0"),
        ([b"354 3.0.0 go\r\n"], 354, None),
        ([b"550 5.1.1234 no\r\n"], 550, None),
        ([b"250-x\n", b"250 y\n"], 250, None),
    ],
)
def test_codes(lines: list[bytes], code: int, enhanced: str | None) -> None:
    reply = parse_lines(lines, "rcpt")
    assert (reply.code, reply.enhanced) == (code, enhanced)


@pytest.mark.parametrize("content", [b"150 x\r\n", b"25 x\r\n", b"2500 x\r\n", b"abc\r\n", b"\r\n", b"250_x\r\n"])
def test_what_is_not_smtp_is_broken(content: bytes) -> None:
    wire, error = read(content)
    assert isinstance(error, Broken)
    assert wire.transcript.to_bytes() != b""


def test_long_replies_are_bounded() -> None:
    assert isinstance(read(b"250-x\r\n" * (MAX_LINES + 5))[1], Broken)
    assert isinstance(read(b"250 " + b"x" * 10_000 + b"\r\n")[1], Broken)


def test_the_transcript_keeps_any_bytes() -> None:
    transcript = Transcript()
    transcript.add_bytes("server", b"250 \xff\r\n")
    transcript.add_bytes("client", "ñ\u2028\r\n".encode())
    first, second = (json.loads(line) for line in transcript.to_bytes().decode().split("\n")[:2])
    assert (first["base64"], second["text"]) == ("MjUwIP8NCg==", "ñ\u2028\r\n")
