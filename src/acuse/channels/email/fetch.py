"""Fetching the policy of a domain over HTTPS (RFC 8461 3.3): verified, bounded in bytes and time, no redirects."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Sequence

from acuse.channels.email.mta_sts import MAX_POLICY
from acuse.errors import TemporaryError

_PATH = "/.well-known/mta-sts.txt"
_MAX_ANSWER = MAX_POLICY + 16 * 1024  # with its header
_CHUNK = 16 * 1024
_MAX_ADDRESSES = 2


class FetchFailed(TemporaryError):
    """No policy could be had, so that what is known already goes on holding."""


class _Received:
    """What `http.client` reads an answer from once all of it is here: it could not bound the time of a slow one."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, mode: str) -> io.BytesIO:
        """Return the answer as a file; `mode` is "rb"."""
        return io.BytesIO(self._content)


def fetch_policy(host: str, addresses: Sequence[str], *, port: int, context: ssl.SSLContext, seconds: float) -> bytes:
    """Return the policy that a host serves.

    Args:
        host: "mta-sts." and the domain, ASCII; its certificate must name it.
        addresses: of it, checked by the caller: whoever controls a domain's DNS must not reach our own network.
        context: verifies certificates; it is told to take no end of TLS for one that was not said, as some builds of
            Python let it.
        seconds: in all.

    Raises:
        FetchFailed: why there is none.
    """
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    until = time.monotonic() + seconds
    trouble = FetchFailed(f"{host} has no address.")
    for address in addresses[:_MAX_ADDRESSES]:
        try:
            return _body(*_answer(host, address, port, context, until), host)
        except FetchFailed as error:
            trouble = error
        except (OSError, ValueError, http.client.HTTPException) as error:
            trouble = FetchFailed(f"{host} gave no policy ({str(error)[:200] or type(error).__name__}).")
            trouble.__cause__ = error
    raise trouble


def _answer(host: str, address: str, port: int, context: ssl.SSLContext, until: float) -> tuple[bytes, bool]:
    """Return what the host sent, and whether it said that this is all: else somebody on the way may have cut it off."""
    with (
        socket.create_connection((address, port), timeout=_left(until)) as plain,
        context.wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=False) as secured,
    ):
        request = f"GET {_PATH} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Acuse\r\nConnection: close\r\n\r\n"
        secured.settimeout(_left(until))
        secured.sendall(request.encode("ascii"))
        received = bytearray()
        while True:
            secured.settimeout(_left(until))
            try:
                chunk = secured.recv(_CHUNK)
            except ssl.SSLError as error:
                # Python 3.11.2, which Debian 12 has, makes no SSLEOFError of it.
                if isinstance(error, ssl.SSLEOFError) or error.reason == "UNEXPECTED_EOF_WHILE_READING":
                    return bytes(received), False
                raise
            if not chunk:
                return bytes(received), True
            received += chunk
            if len(received) > _MAX_ANSWER:
                raise FetchFailed(f"{host} answered with more than a policy may have.")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _body(answer: bytes, ended: bool, host: str) -> bytes:
    response = http.client.HTTPResponse(_Received(answer))  # type: ignore[arg-type]
    response.begin()
    if response.status != 200:  # RFC 8461 3.3: redirects are not followed
        raise FetchFailed(f"{host} answered {response.status}.")
    if response.headers.get_content_type() != "text/plain":
        raise FetchFailed(f"{host} answered with something that is not plain text.")
    if not ended and response.length is None and not response.chunked:  # RFC 9112 9.8; these two are checked by `read`
        raise FetchFailed(f"{host} broke off, and its answer does not say how long it is.")
    body = response.read()
    if len(body) > MAX_POLICY:
        raise FetchFailed(f"{host} answered with more than a policy may have.")
    return body
