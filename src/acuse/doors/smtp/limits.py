"""What the connector takes at most. Every bound has a reply that says what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one listening process. Sizes in octets, times in seconds.

    Attributes:
        message: one message, after dot-unstuffing; announced by SIZE (RFC 1870).
        recipients: RCPT TO per transaction (RFC 5321 section 4.5.3.1.8 asks for at least 100).
        copies: recipients times size, so that one transaction cannot ask for a mountain of evidence.
        line: one line of content, with its CRLF. RFC 5321 allows 1,000; programs write more.
        command: one command line, with its CRLF; room for AUTH's initial response (RFC 4954 section 4).
        received: Received headers; more is a loop (RFC 5321 section 6.3).
        in_flight: content being received over all connections, so that memory is bounded.
        connections, connections_per_ip: at the same time.
        errors: refused commands per connection before it is closed.
        failed_logins: refused AUTH commands per connection before it is closed.
        idle: without a single octet.
        login: from the connection to a successful AUTH.
        data: one DATA, from 354 to the final dot.
        total: one connection.
        permission: how long it is remembered that a credential may send as an address, at most.
    """

    message: int = 50 * 2**20
    recipients: int = 1000
    copies: int = 2**30
    line: int = 64 * 1024
    command: int = 12_288
    received: int = 30
    in_flight: int = 2**30
    connections: int = 500
    connections_per_ip: int = 50
    errors: int = 20
    failed_logins: int = 3
    idle: float = 300.0
    login: float = 60.0
    data: float = 1800.0
    total: float = 86_400.0
    permission: float = 10.0
