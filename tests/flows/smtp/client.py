"""A raw SMTP client: sends exactly the octets it is given, and says what came back."""

import base64
import contextlib
import re
import socket
import ssl

MAIL = "MAIL FROM:<avisos@talleres-ribera.example>"
RCPT = "RCPT TO:<cliente@acepta.example>"
MESSAGE = b"From: avisos@talleres-ribera.example\r\nSubject: Prueba\r\n\r\nHola.\r\n"
#: Seconds for whatever a test waits for: no more than a sign that nothing comes any more.
PATIENCE = 120.0
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3} ")


def stuffed(content: bytes) -> bytes:
    """Return content as DATA carries it, with the final dot (RFC 5321 section 4.5.2)."""
    return (
        (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
        + (b"" if content.endswith(b"\r\n") or not content else b"\r\n")
        + b".\r\n"
    )


class Client:
    """One connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.sock.settimeout(PATIENCE)
        self._file = sock.makefile("rb")
        self.banner = self.reply()

    def send(self, octets: bytes) -> None:
        self.sock.sendall(octets)

    def reply(self) -> str:
        """Return one reply, its lines joined by LF; an empty string at the end of the connection.

        The kernel resets a connection that is closed before everything sent was read: that is an end too.
        """
        lines = []
        with contextlib.suppress(ConnectionError):
            while line := self._file.readline():
                text = line.decode("ascii").removesuffix("\r\n")
                lines.append(text)
                if text[3:4] != "-":
                    break
        return "\n".join(lines)

    def say(self, command: str) -> str:
        """Send one command, return its reply."""
        self.send(command.encode("utf-8", "surrogateescape") + b"\r\n")
        return self.reply()

    def hello(self) -> str:
        return self.say("EHLO cliente.example")

    def login(self, username: str = "crm", secret: str = "clave") -> str:
        return self.say("AUTH PLAIN " + base64.b64encode(f"\0{username}\0{secret}".encode()).decode())

    def start_tls(self, trust: ssl.SSLContext) -> None:
        assert self.say("STARTTLS").startswith("220 2.0.0")
        self._file.close()
        self.sock = trust.wrap_socket(self.sock, server_hostname="localhost")
        self._file = self.sock.makefile("rb")

    def submit(self, content: bytes, mail: str = MAIL, *rcpts: str) -> str:
        """Send a message; return the final reply."""
        assert self.say(mail).startswith("250 2.1.0"), mail
        for rcpt in rcpts or (RCPT,):
            assert self.say(rcpt).startswith("250 2.1.5"), rcpt
        assert self.say("DATA").startswith("354")
        self.send(stuffed(content))
        return self.reply()

    def closed(self) -> bool:
        """Whether the connector has closed the connection, nothing more being said."""
        try:
            return self._file.read(1) == b""
        except (ConnectionError, ssl.SSLError):
            return True

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.sock.close()


def has_enhanced_code(reply: str) -> bool:
    """Whether a reply has the enhanced code that its class asks for (RFC 2034 section 4)."""
    return reply[:3] in ("220", "250", "334", "354") or bool(_ENHANCED.match(reply[4:]) and reply[4] == reply[0])
