"""One HTTP exchange with a trust service: bounded in time and size, no redirects, credentials never in a message."""

import base64
import http.client
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from acuse.errors import ConfigurationError, TemporaryError

_CHUNK = 1 << 14
_IDLE_SECONDS = 5.0
"""Not longer: what stands between may forget a connection without a word, and asking over it would wait in vain."""
_MOST_IDLE = 16


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a service is.

    Attributes:
        name: the URL without user and password, for messages and records.
        tls: https.
        host: name or IP address.
        port: TCP port.
        target: path and query.
        authorization: value of the header, or None; not shown by `repr`.
    """

    name: str
    tls: bool
    host: str
    port: int
    target: str
    authorization: str | None = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read an http or https URL; `user:password@` becomes Basic authentication (RFC 7617).

        Raises:
            ConfigurationError: another kind of URL; the message does not repeat its credentials.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise ConfigurationError("The address of a trust service is not a URL.") from error
        if (
            parts.scheme not in ("http", "https")
            or not host
            or not url.isascii()
            or not url.isprintable()
            or " " in url
        ):
            raise ConfigurationError(
                "The address of a trust service must be an http or https URL, at %(host)r.", host=host
            )
        tls = parts.scheme == "https"
        authorization = None
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = "Basic " + base64.b64encode(pair.encode()).decode("ascii")
        place = parts.netloc.rpartition("@")[2]
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(
            name=f"{parts.scheme}://{place}{parts.path}",
            tls=tls,
            host=host,
            port=port or (443 if tls else 80),
            target=target,
            authorization=authorization,
        )


class Idle:
    """Connections that stay open a few seconds for the next request to the same service. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[tuple[Address, float, http.client.HTTPConnection]] = []

    def __del__(self) -> None:
        for _, _, connection in self._free:
            connection.close()

    def take(self, address: Address) -> http.client.HTTPConnection | None:
        """Return an open connection to a service, which is the caller's alone now, or None."""
        with self._lock:
            while self._free:
                served, since, connection = self._free.pop()
                if served == address and time.monotonic() - since < _IDLE_SECONDS:
                    return connection
                connection.close()
        return None

    def give(self, address: Address, connection: http.client.HTTPConnection) -> None:
        """Keep a connection whose last answer was read to its end."""
        with self._lock:
            if connection.sock is not None and len(self._free) < _MOST_IDLE:
                self._free.append((address, time.monotonic(), connection))
                return
        connection.close()


def exchange(
    address: Address,
    *,
    body: bytes | None,
    media_types: tuple[str, str | None],
    timeout: timedelta,
    limit: int,
    idle: Idle | None = None,
) -> bytes:
    """POST `body`, or GET without one, and return the reply's body.

    Args:
        address: the service.
        body: at most a few kB; may be sent twice where a connection was kept.
        media_types: of the request's body, and the one the reply must have (None: any).
        timeout: for the whole exchange once connected, and for connecting.
        limit: largest body accepted, in bytes.
        idle: where connections are kept; None = nowhere.

    Raises:
        TemporaryError: no connection, not in time, another status than 200, too large, or another media type.
    """
    headers = {"Accept": media_types[1] or "*/*"}
    if idle is None:
        headers["Connection"] = "close"
    if body is not None:
        headers["Content-Type"] = media_types[0]
    if address.authorization:
        headers["Authorization"] = address.authorization
    deadline = time.monotonic() + timeout.total_seconds()

    def ask(connection: http.client.HTTPConnection) -> bytes:
        try:
            if connection.sock is not None:
                connection.sock.settimeout(timeout.total_seconds())
            connection.request("POST" if body is not None else "GET", address.target, body=body, headers=headers)
            # A service that writes head and body apart waits for the head's acknowledgement, else 40 ms late.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            reply = connection.getresponse()
            _check(reply, address, media_types[1])
            content = _read(reply, address, connection, deadline=deadline, limit=limit)
            reply.close()  # else the connection waits for more of it
        except BaseException:
            connection.close()
            raise
        if idle is None:
            connection.close()
        else:
            idle.give(address, connection)
        return content

    try:
        kept = None if idle is None else idle.take(address)
        if kept is not None:
            with suppress(ConnectionError):  # the service closed it meanwhile, which only asking shows
                return ask(kept)
        return ask(_connection(address, timeout))
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise TemporaryError("%(name)s could not be asked: %(cause)s", name=address.name, cause=cause) from error


def _check(reply: http.client.HTTPResponse, address: Address, wanted: str | None) -> None:
    if reply.status != 200:
        raise TemporaryError("%(name)s answered with status %(status)s.", name=address.name, status=reply.status)
    kind = (reply.headers.get_content_type() or "").lower()
    if wanted is not None and kind != wanted:
        raise TemporaryError(
            "%(name)s answered with %(kind)s, not %(wanted)s.", name=address.name, kind=kind[:80], wanted=wanted
        )


def _connection(address: Address, timeout: timedelta) -> http.client.HTTPConnection:
    seconds = timeout.total_seconds()
    if address.tls:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(address.host, address.port, timeout=seconds, context=context)
    return http.client.HTTPConnection(address.host, address.port, timeout=seconds)


def _read(
    reply: http.client.HTTPResponse,
    address: Address,
    connection: http.client.HTTPConnection,
    *,
    deadline: float,
    limit: int,
) -> bytes:
    """Read to the end. The socket's own time limit is for one packet, so a trickle is measured against `deadline`."""
    content = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TemporaryError("%(name)s did not answer in time.", name=address.name)
        if connection.sock is not None:
            connection.sock.settimeout(left)
        part = reply.read1(_CHUNK)
        if not part:
            break
        content += part
        if len(content) > limit:
            raise TemporaryError("%(name)s answered with more than %(limit)s bytes.", name=address.name, limit=limit)
    if reply.length:
        raise TemporaryError("%(name)s broke off its answer.", name=address.name)
    return bytes(content)
