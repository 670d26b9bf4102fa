"""A greylist: Postfix's policy service (its SMTPD_POLICY_README), which puts off whoever writes for the first time."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.ports import free_port

#: as the greylist most in use says it
PUT_OFF = b"action=DEFER_IF_PERMIT Greylisted, see http://greylist.example/help/recibe.example.html\n\n"


class _Greylist(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Question)
        self.seen: set[tuple[str, str]] = set()


class _Question(socketserver.StreamRequestHandler):
    server: _Greylist

    def handle(self) -> None:
        asked: dict[str, str] = {}
        for line in self.rfile:
            name, _, value = line.decode().rstrip("\n").partition("=")
            if name:
                asked[name] = value
                continue
            pair = (asked["sender"], asked["recipient"])
            self.wfile.write(b"action=DUNNO\n\n" if pair in self.server.seen else PUT_OFF)
            self.server.seen.add(pair)


@contextmanager
def greylist() -> Iterator[int]:
    """Run one until the block ends; yields its port."""
    with _Greylist(free_port()) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(10)
