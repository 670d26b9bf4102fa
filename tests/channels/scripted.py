"""A server that says what a test tells it to, and remembers what it was told. Loopback, free port, one thread."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Script = Callable[["Conversation"], None]
EHLO = "250-mx.example\r\n250-SIZE 100000\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8\r\n"


class Conversation:
    """One accepted connection."""

    def __init__(self, connection: socket.socket, log: list[bytes]) -> None:
        self.connection = connection
        self.log = log
        self.stream = connection.makefile("rb")

    def say(self, text: str | bytes) -> None:
        self.connection.sendall(text.encode() if isinstance(text, str) else text)

    def hear(self) -> bytes:
        line = self.stream.readline()
        self.log.append(line)
        return line

    def exchange(self, *pairs: tuple[str, str | bytes]) -> None:
        """Expect a command that begins with each first member, answer with the second."""
        for expected, answer in pairs:
            line = self.hear()
            if not line.upper().startswith(expected.encode()):
                raise AssertionError(f"expected {expected}, got {line!r}")
            self.say(answer)

    def content(self) -> bytes:
        """Read DATA up to the final dot, as it came."""
        lines: list[bytes] = []
        while (line := self.stream.readline()) and line != b".\r\n":
            lines.append(line)
        self.log.append(b"".join(lines))
        return b"".join(lines)

    def secure(self, context: ssl.SSLContext) -> None:
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.stream = self.connection.makefile("rb")

    def drop(self) -> None:
        self.stream.close()
        self.connection.close()


class Server:
    """Plays one script a connection, in order; the last one again and again."""

    def __init__(self, scripts: tuple[Script, ...]) -> None:
        self.scripts = scripts
        self.log: list[bytes] = []
        self.connections = 0
        self.errors: list[BaseException] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.open: list[Conversation] = []

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(60)
            script = self.scripts[min(self.connections, len(self.scripts) - 1)]
            self.connections += 1
            conversation = Conversation(connection, self.log)
            self.open.append(conversation)
            threading.Thread(target=self._play, args=(script, conversation), daemon=True).start()

    def _play(self, script: Script, conversation: Conversation) -> None:
        try:
            script(conversation)
        except (OSError, ValueError):
            pass  # the client went away, or the test ended: what it saw is what is checked
        except AssertionError as error:
            self.errors.append(error)
        finally:
            conversation.drop()


@contextmanager
def serving(*scripts: Script) -> Iterator[Server]:
    """Run a server; a command that no script expected fails the test."""
    server = Server(scripts)
    server.thread.start()
    try:
        yield server
    finally:
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()
        for conversation in server.open:
            conversation.drop()
        server.thread.join(60)
    assert server.errors == []


def greeted(conversation: Conversation, ehlo: str = EHLO) -> Conversation:
    conversation.say("220 mx.example ESMTP\r\n")
    conversation.exchange(("EHLO", ehlo))
    return conversation


def taking(answer: str = "250 2.0.0 Ok: queued as 4ZQ\r\n", ehlo: str = EHLO) -> Script:
    """Take messages until QUIT, each answered with `answer`."""

    def script(conversation: Conversation) -> None:
        greeted(conversation, ehlo)
        while line := conversation.hear():
            command = line[:4].upper()
            if command == b"QUIT":
                conversation.say("221 bye\r\n")
                return
            conversation.say("354 go\r\n" if command == b"DATA" else "250 2.1.0 Ok\r\n")
            if command == b"DATA":
                conversation.content()
                conversation.say(answer)

    return script
