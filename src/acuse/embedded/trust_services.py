"""The development trust services over HTTP: time stamps at /tsa, revocation list at /ca.crl, root at /ca.pem.

Runs as a program of its own: `python -m acuse.embedded.trust_services --directory DIR --port PORT`.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import ClassVar

from acuse import clock
from acuse.embedded.authority import Authority
from acuse.embedded.tsa import REQUEST_LIMIT, TimestampAuthority
from acuse.errors import AcuseError

MOST_REQUESTS = 64  # at once; further ones wait
QUERY = "application/timestamp-query"


class TrustServices(ThreadingHTTPServer):
    """An HTTP server over one authority.

    Args:
        directory: folder of the authority.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        policy: policy identifier of the time stamps, dotted.
        now: the clock.

    Raises:
        OSError: the address is taken.
        ConfigurationError: the authority's folder is damaged.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        directory: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        policy: str,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        super().__init__((host, port), _Answer)
        self.address = f"http://{host}:{self.server_address[1]}"
        self.authority = Authority(directory, crl_url=crl_url(self.address), now=now)
        self.timestamps = TimestampAuthority(self.authority.timestamping(), policy=policy, now=now)
        self.room = threading.BoundedSemaphore(MOST_REQUESTS)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say one line for what went wrong with a connection; a peer that left is nothing to speak of."""
        error = sys.exception()
        if not isinstance(error, OSError):
            sys.stderr.write(f"A request from {client_address} failed: {error!r}\n")


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "DevelopmentTrustServices"
    sys_version = ""
    timeout = 30  # seconds an idle connection stays open
    server: TrustServices
    _pages: ClassVar[dict[str, tuple[str, Callable[[Authority], bytes]]]] = {
        "/ca.crl": ("application/pkix-crl", lambda authority: authority.crl()),
        "/ca.pem": ("application/x-pem-file", lambda authority: authority.root_pem),
    }

    def do_GET(self) -> None:
        """Serve the revocation list or the root."""
        page = self._pages.get(self.path)
        if page is None:
            self._reply(HTTPStatus.NOT_FOUND, "text/plain", b"There are /tsa (POST), /ca.crl and /ca.pem.\n")
            return
        with self.server.room:
            self._reply(HTTPStatus.OK, page[0], page[1](self.server.authority))

    def do_POST(self) -> None:
        """Answer a time stamp request (RFC 3161 section 3.4)."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/tsa":
            self._refuse(HTTPStatus.NOT_FOUND, b"Time stamps are at /tsa.\n")
        elif not (length.isascii() and length.isdigit() and len(length) <= 10):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, b"Say the length of the request.\n")
        elif int(length) > REQUEST_LIMIT:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {REQUEST_LIMIT} bytes.\n".encode())
        elif self.headers.get_content_type() != QUERY:
            self._refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {QUERY}.\n".encode())
        else:
            raw = self.rfile.read(int(length))
            with self.server.room:
                answer = self.server.timestamps.respond(raw)
            self._reply(HTTPStatus.OK, "application/timestamp-reply", answer)

    def _refuse(self, status: HTTPStatus, reason: bytes) -> None:
        """Refuse without reading the body; the connection cannot be used again."""
        self.close_connection = True
        self._reply(status, "text/plain", reason)

    def _reply(self, status: HTTPStatus, media_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a line for each time stamp helps nobody."""


def crl_url(address: str) -> str:
    """Return where the revocation list is, given the server's `http://host:port`."""
    return f"{address}/ca.crl"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the development CA and TSA until SIGINT or SIGTERM. Nothing they issue has legal value."""
    parser = argparse.ArgumentParser(prog="python -m acuse.embedded.trust_services", description=main.__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="folder of the authority; created when missing")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, required=True, help="port to listen on; 0 takes a free one")
    parser.add_argument("--policy", required=True, help="policy of the time stamps, dotted")
    chosen = parser.parse_args(arguments)
    try:
        server = TrustServices(chosen.directory, host=chosen.host, port=chosen.port, policy=chosen.policy)
    except (OSError, AcuseError) as error:
        sys.stderr.write(f"The trust services cannot start: {error}\n")
        return 1

    def stop(_number: int, _frame: FrameType | None) -> None:
        # `shutdown` waits for the loop that this handler interrupts.
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    with server:
        sys.stdout.write(f"Development trust services at {server.address} (no legal value).\n")
        sys.stdout.flush()
        server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
