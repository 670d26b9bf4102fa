"""The sandbox's domains over real SMTP and DNS."""

import contextlib
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dns.resolver
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acuse.embedded.authority import Authority
from acuse.embedded.domains import plan
from acuse.embedded.mail_domains import Background, MailDomains, Ports, main
from acuse.embedded.mailboxes import messages
from acuse.errors import ConfigurationError

MESSAGE = b"From: a@ribera.example\r\nMessage-ID: <one@ribera.example>\r\nSubject: x\r\n\r\n..dots\r\n.\r\n\xff\x00\r\n"
ATTACHED = (
    b"From: a@ribera.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: application/pdf\r\nContent-Disposition:\r\n attachment; filename=a.pdf\r\n\r\nJVBERg==\r\n--x--\r\n"
)
SENDER = "bounces+1@ribera.example"


@dataclass
class Sandbox:
    """The running sandbox and how to speak to it."""

    ports: Ports
    folder: Path
    root: str

    def address(self, domain: str) -> str:
        """Find the server as a sender does."""
        try:
            host = str(self.resolver().resolve(domain, "MX")[0].exchange)
        except dns.resolver.NoAnswer:
            host = domain
        return str(self.resolver().resolve(host, "A")[0])

    def resolver(self) -> dns.resolver.Resolver:
        found = dns.resolver.Resolver(configure=False)
        found.nameservers = ["127.0.0.1"]
        found.port = self.ports.dns
        return found

    @contextlib.contextmanager
    def client(self, domain: str) -> Iterator[smtplib.SMTP]:
        connection = smtplib.SMTP(self.address(domain), self.ports.smtp, "client.example", timeout=120)
        try:
            yield connection
        finally:
            connection.close()

    def send(self, recipient: str, content: bytes = MESSAGE, sender: str = SENDER) -> tuple[int, str]:
        """Send one message; return the last reply."""
        with self.client(recipient.rpartition("@")[2]) as client:
            client.ehlo()
            for code, text in (
                client.mail(sender, [f"SIZE={len(content)}"] if client.has_extn("size") else []),
                client.rcpt(recipient),
            ):
                if code >= 400:
                    return code, text.decode()
            code, text = client.docmd("DATA")
            stuffed = content.replace(b"\r\n.", b"\r\n..")
            client.send(stuffed + b".\r\n")
            code, text = client.getreply()
            return code, text.decode()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Return the running sandbox, with a greylist of no time at all after the first try."""
    folder = tmp_path_factory.mktemp("sandbox")
    authority = Authority(folder / "ca", crl_url="http://127.0.0.1/ca.crl")
    domains = MailDomains(
        folder / "mail",
        certificate=authority.server(plan().host_names()),
        greylist_seconds=0,
        accepting=["ribera.example"],
    )
    with Background(domains) as ports:
        yield Sandbox(ports=ports, folder=folder / "mail", root=authority.root_pem.decode())


def test_an_accepted_message_is_kept_byte_for_byte(sandbox: Sandbox) -> None:
    assert sandbox.send("ana@acepta.example")[0] == 250
    kept = messages(sandbox.folder, "acepta.example")[-1]
    assert kept.content == MESSAGE
    assert kept.envelope["sender"] == SENDER
    assert kept.envelope["recipients"] == ["ana@acepta.example"]
    assert kept.envelope["tls"] is None


def test_a_further_domain_accepts(sandbox: Sandbox) -> None:
    assert sandbox.send("ana@ribera.example", sender="")[0] == 250
    assert messages(sandbox.folder, "ribera.example")[-1].envelope["sender"] == ""


@pytest.mark.parametrize(
    ("recipient", "content", "expected"),
    [
        ("Inexistente@acepta.example", MESSAGE, "550 5.1.1"),
        ("ana@sinbuzon.example", MESSAGE, "550 5.1.1"),
        ("ana@llena.example", MESSAGE, "552 5.2.2"),
        ("temporal@llena.example", MESSAGE, "452 4.2.2"),
        ("ana@politica.example", MESSAGE, "554 5.7.1"),
        ("ana@averiada.example", MESSAGE, "451 4.3.0"),
        ("ana@sinadjuntos.example", ATTACHED, "554 5.7.1"),
        ("ana@sinadjuntos.example", MESSAGE, "250 2.0.0"),
        ("ana@acepta.example", ATTACHED, "250 2.0.0"),
        ("ana@sinmx.example", MESSAGE, "250 2.0.0"),
        ("ana@antigua.example", MESSAGE, "250 2.0.0"),
        ("ana@pequena.example", MESSAGE, "250 2.0.0"),
        ("ana@pequena.example", MESSAGE + b"x" * 100_000 + b"\r\n", "552 5.3.4"),
        ("ana@acepta.example", b"x" * 65_000 + b"\r\n", "250 2.0.0"),
    ],
)
def test_what_each_domain_answers(sandbox: Sandbox, recipient: str, content: bytes, expected: str) -> None:
    code, text = sandbox.send(recipient, content)
    assert f"{code} {text}".startswith(expected)


def test_the_size_is_checked_again_where_it_was_not_announced(sandbox: Sandbox) -> None:
    with sandbox.client("pequena.example") as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "100000"
        client.mail(SENDER)
        client.rcpt("ana@pequena.example")
        assert client.data(b"x\r\n" * 40_000)[0] == 552
        assert client.noop()[0] == 250


@pytest.mark.parametrize(("domain", "expected"), [("listagris.example", 451), ("saturada.example", 450)])
def test_the_second_try_is_accepted(sandbox: Sandbox, domain: str, expected: int) -> None:
    assert sandbox.send(f"ana@{domain}")[0] == expected
    assert sandbox.send(f"ana@{domain}", sender="bounces+2@ribera.example")[0] == 250
    assert sandbox.send(f"eva@{domain}")[0] == expected


def test_the_connection_is_cut_after_the_final_dot(sandbox: Sandbox) -> None:
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        sandbox.send("ana@corta.example")
    assert sandbox.send("ana@corta.example")[0] == 250  # the same Message-ID
    assert [each.content for each in messages(sandbox.folder, "corta.example")] == [MESSAGE, MESSAGE]
    for _ in range(2):
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
            sandbox.send("ana@cortasiempre.example")


def test_starttls_with_a_certificate_of_the_development_ca(sandbox: Sandbox) -> None:
    context = ssl.create_default_context(cadata=sandbox.root)
    with sandbox.client("acepta.example") as client:
        client._host = "mx.acepta.example"  # the name to verify; smtplib connected by address
        assert client.starttls(context=context)[0] == 220
        client.ehlo()
        assert not client.has_extn("starttls")
        client.sendmail(SENDER, ["tls@acepta.example"], MESSAGE)
    kept = messages(sandbox.folder, "acepta.example")[-1]
    assert kept.envelope["tls"]
    assert kept.content == MESSAGE


@pytest.mark.parametrize(
    ("domain", "extensions"),
    [
        ("acepta.example", {"8bitmime", "smtputf8", "starttls"}),
        ("confirma.example", {"8bitmime", "smtputf8", "starttls", "dsn"}),
        ("corta.example", {"8bitmime"}),
        ("antigua.example", set()),
    ],
)
def test_extensions_differ(sandbox: Sandbox, domain: str, extensions: set[str]) -> None:
    with sandbox.client(domain) as client:
        client.ehlo()
        assert set(client.esmtp_features) == extensions | {"size", "enhancedstatuscodes"}


def test_dsn_parameters_are_taken_on_one_domain_and_refused_on_others(sandbox: Sandbox) -> None:
    with sandbox.client("confirma.example") as client:
        client.ehlo()
        assert client.mail(SENDER, ["RET=HDRS", "ENVID=Abc+3D1"])[0] == 250
        assert client.rcpt("ana@confirma.example", ["NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;Ana@x.example"])[0] == 250
        assert client.data(MESSAGE)[0] == 250
    options = messages(sandbox.folder, "confirma.example")[-1].envelope["options"]
    assert options == ["RET=HDRS", "ENVID=Abc+3D1", "NOTIFY=SUCCESS,FAILURE", "ORCPT=rfc822;Ana@x.example"]
    with sandbox.client("acepta.example") as client:
        client.ehlo()
        assert client.mail(SENDER, ["RET=HDRS"])[0] == 555


def test_internationalised_addresses(sandbox: Sandbox) -> None:
    with sandbox.client("acepta.example") as client:
        client.ehlo()
        client.command_encoding = "utf-8"
        assert client.mail(SENDER, ["SMTPUTF8"])[0] == 250
        assert client.rcpt("peña@acepta.example")[0] == 250
        assert client.data(MESSAGE)[0] == 250
    assert messages(sandbox.folder, "acepta.example")[-1].envelope["recipients"] == ["peña@acepta.example"]


def test_mail_for_others_is_not_relayed(sandbox: Sandbox) -> None:
    with sandbox.client("acepta.example") as client:
        client.ehlo()
        client.mail(SENDER)
        assert client.rcpt("ana@confirma.example")[0] == 554
        assert client.rcpt("ana@acepta.example")[0] == 250


def test_recipients_are_limited(sandbox: Sandbox) -> None:
    with sandbox.client("acepta.example") as client:
        client.ehlo()
        client.mail(SENDER)
        replies = [client.rcpt(f"n{number}@acepta.example")[0] for number in range(1001)]
    assert replies == [250] * 1000 + [452]


def test_nobody_listens_at_the_unreachable_domain(sandbox: Sandbox) -> None:
    with pytest.raises(ConnectionRefusedError):
        sandbox.send("ana@inalcanzable.example")
    assert [str(each) for each in sandbox.resolver().resolve("nullmx.example", "MX")] == ["0 ."]
    with pytest.raises(dns.resolver.NXDOMAIN):
        sandbox.resolver().resolve("noexiste.example", "MX")


def test_the_name_server_speaks_tcp_too(sandbox: Sandbox) -> None:
    answer = sandbox.resolver().resolve("respaldo.example", "MX", tcp=True)
    assert sorted(str(each) for each in answer) == ["10 mx1.respaldo.example.", "20 mx2.respaldo.example."]
    with socket.create_connection(("127.0.0.1", sandbox.ports.dns), timeout=120) as connection:
        connection.sendall(b"\x00\x03abc")
        assert connection.recv(10) == b""


LINES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [b"EHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<c@acepta.example>", b"DATA", b".", b"RSET", b"STARTTLS"]
    ),
    st.binary(max_size=60).map(lambda rest: b"MAIL FROM:" + rest),
    st.binary(max_size=60).map(lambda rest: b"RCPT TO:<" + rest),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINES, max_size=12), ending=st.sampled_from([b"\r\n", b"\n", b"\r"]))
def test_any_dialogue_leaves_the_server_standing(sandbox: Sandbox, lines: list[bytes], ending: bytes) -> None:
    with socket.create_connection((sandbox.address("acepta.example"), sandbox.ports.smtp), timeout=120) as raw:
        assert raw.recv(512).startswith(b"220 mx.acepta.example ESMTP")
        with contextlib.suppress(ConnectionError):
            raw.sendall(ending.join(lines) + ending)
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(65536):
                pass
    with sandbox.client("acepta.example") as client:
        assert client.ehlo()[0] == 250


def test_the_program_starts_serves_and_stops(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        arguments = ["--directory", tmp_path / "mail", "--dns-port", "0", "--smtp-port", "0"]
        program = subprocess.Popen(
            [sys.executable, "-m", "acuse.embedded.mail_domains", *arguments, "--authority", tmp_path / "ca"],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert program.stdout
            with program.stdout:
                line = program.stdout.readline()
            port = int(line.rsplit(" ", 1)[1].rstrip(".\n"))
            with smtplib.SMTP("127.0.0.11", port, "client.example", timeout=120) as client:
                client.ehlo()
                assert client.has_extn("starttls")
            program.send_signal(number)
            assert program.wait(120) == 0
        finally:
            program.kill()
            program.wait()


def test_a_taken_port_is_one_sentence(sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--directory", str(tmp_path), "--dns-port", str(sandbox.ports.dns), "--smtp-port", "0"]
    assert main(arguments) == 1
    assert f"cannot listen on port {sandbox.ports.dns}" in capsys.readouterr().err
    with pytest.raises(ConfigurationError), Background(MailDomains(tmp_path, smtp_port=sandbox.ports.smtp)):
        pass


def test_stopping_does_not_wait_for_open_connections(tmp_path: Path) -> None:
    with Background(MailDomains(tmp_path)) as ports:
        connection = socket.create_connection(("127.0.0.11", ports.smtp), timeout=120)
        assert connection.recv(3) == b"220"
    # Not to end within its time would have been an error.
    connection.close()
