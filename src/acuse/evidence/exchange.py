"""One HTTP exchange with a trust service: bounded in time and size, no redirects, credentials never in a message."""

import base64
import http.client
import ssl
import time
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from acuse.errors import ConfigurationError, TemporaryError

_CHUNK = 1 << 14


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


def exchange(
    address: Address, *, body: bytes | None, media_types: tuple[str, str | None], timeout: timedelta, limit: int
) -> bytes:
    """POST `body`, or GET without one, and return the reply's body.

    Args:
        address: the service.
        body: at most a few kB.
        media_types: of the request's body, and the one the reply must have (None: any).
        timeout: for the whole exchange once connected, and for connecting.
        limit: largest body accepted, in bytes.

    Raises:
        TemporaryError: no connection, not in time, another status than 200, too large, or another media type.
    """
    deadline = time.monotonic() + timeout.total_seconds()
    headers = {"Accept": media_types[1] or "*/*", "Connection": "close"}
    if body is not None:
        headers["Content-Type"] = media_types[0]
    if address.authorization:
        headers["Authorization"] = address.authorization
    connection = _connection(address, timeout)
    try:
        connection.request("POST" if body is not None else "GET", address.target, body=body, headers=headers)
        reply = connection.getresponse()
        if reply.status != 200:
            raise TemporaryError("%(name)s answered with status %(status)s.", name=address.name, status=reply.status)
        kind = (reply.headers.get_content_type() or "").lower()
        if media_types[1] is not None and kind != media_types[1]:
            raise TemporaryError(
                "%(name)s answered with %(kind)s, not %(wanted)s.",
                name=address.name,
                kind=kind[:80],
                wanted=media_types[1],
            )
        return _read(reply, address, connection, deadline=deadline, limit=limit)
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = f"{type(error).__name__} {error}".rstrip()
        raise TemporaryError("%(name)s could not be asked: %(cause)s", name=address.name, cause=cause) from error
    finally:
        connection.close()


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
