"""Ready checks for the process tree: each makes a real connection."""

import http.client
import socket
from collections.abc import Callable


def accepts(host: str, port: int) -> Callable[[], bool]:
    """Return a check: does somebody accept TCP connections at `host`:`port`?"""

    def check() -> bool:
        with socket.create_connection((host, port), timeout=2):
            return True

    return check


def greets(host: str, port: int, greeting: bytes = b"220") -> Callable[[], bool]:
    """Return a check: does the server at `host`:`port` speak first and begin with `greeting`, as SMTP does?"""

    def check() -> bool:
        with socket.create_connection((host, port), timeout=2) as connection:
            return connection.recv(512).startswith(greeting)

    return check


def answers(host: str, port: int, path: str) -> Callable[[], bool]:
    """Return a check: does `http://host:port/path` answer with a status below 400?"""

    def check() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status < 400
        except http.client.HTTPException:
            return False
        finally:
            connection.close()

    return check
