"""The web server of a domain's MTA-STS policy, over TLS on a free loopback port. What it answers can be changed."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Reply = bytes | list[bytes]


def policy(mode: str, *mx: str, max_age: int = 86400) -> bytes:
    """A policy's text."""
    hosts = "".join(f"mx: {one}\r\n" for one in mx)
    return f"version: STSv1\r\nmode: {mode}\r\n{hosts}max_age: {max_age}\r\n".encode()


def answered(body: bytes, *, status: str = "200 OK", kind: str = "text/plain", more: str = "") -> bytes:
    """An HTTP answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


@dataclass(kw_only=True)
class PolicyHost:
    """`reply` is the whole answer, or parts sent until the client hangs up; `asked` the requests so far.

    `closing` says whether TLS is closed as it should be, rather than the connection alone.
    """

    port: int
    reply: Reply
    closing: bool = False
    asked: list[bytes] = field(default_factory=list)

    def serve(self, listener: socket.socket, context: ssl.SSLContext) -> None:
        """Answer one client after the other until the listener is closed."""
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            plain.settimeout(60)
            with suppress(OSError), context.wrap_socket(plain, server_side=True) as client:
                request = client.recv(65536)
                self.asked.append(request)
                parts = [self.reply] if isinstance(self.reply, bytes) else self.reply
                for part in parts:
                    client.sendall(part)
                if self.closing:
                    client.unwrap()
            plain.close()


@contextmanager
def policy_host(reply: Reply, certificate: tuple[Path, Path]) -> Iterator[PolicyHost]:
    """Run a server with this certificate (PEM chain, key) until the block ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    listener = socket.create_server(("127.0.0.1", 0))
    host = PolicyHost(port=listener.getsockname()[1], reply=reply)
    thread = threading.Thread(target=host.serve, args=(listener, context), daemon=True)
    thread.start()
    try:
        yield host
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(60)
