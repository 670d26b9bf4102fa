"""Whole processes: several on one port, and SIGTERM."""

import multiprocessing
import os
import signal
import smtplib
import socket
import ssl
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.envelope import Envelope
from acuse.doors.smtp.connector import Listening, serve, tls_context
from acuse.doors.smtp.service import Verbs
from tests.flows.smtp.client import MESSAGE, PATIENCE

SENDER, RECIPIENT = "avisos@talleres-ribera.example", "cliente@acepta.example"


def authenticate(username: str, secret: str, ip: str) -> SmtpCredentialValue:
    return SmtpCredentialValue(id=UUID(int=1), organisation=UUID(int=os.getpid()), name=username)


def keep(credential: SmtpCredentialValue, envelope: Envelope, _raw: bytes) -> Envelope:
    assert credential.organisation == UUID(int=os.getpid())
    return envelope


def accept(envelopes: Sequence[Envelope]) -> list[list[UUID]]:
    return [[uuid4() for _ in envelope.recipients] for envelope in envelopes]


def run(port: int, certificate: Path, key: Path, told: Connection) -> None:
    """One process of the service, as the supervisor would run it."""
    serve(
        listening=Listening(hostname="localhost", starttls_port=None, tls_port=port, threads=2, grace=10),
        context=tls_context(certificate, key),
        verbs=Verbs(
            authenticate=authenticate, may_send_as=lambda _credential, _address: True, keep=keep, accept=accept
        ),
        ready=lambda ports: told.send(ports.tls),
    )


def submit(port: int, trust: ssl.SSLContext) -> None:
    with smtplib.SMTP_SSL("localhost", port, timeout=PATIENCE, context=trust) as client:
        client.login("crm", "clave")
        assert client.sendmail(SENDER, RECIPIENT, MESSAGE) == {}


def test_processes_share_a_port_and_end_on_sigterm(identity: tuple[Path, Path]) -> None:
    spawn, trust = multiprocessing.get_context("spawn"), ssl.create_default_context(cafile=str(identity[0]))
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as reserved:
        port = reserved.getsockname()[1]
        ends = [spawn.Pipe(duplex=False) for _ in range(2)]
        processes = [spawn.Process(target=run, args=(port, *identity, end[1])) for end in ends]
        for process in processes:
            process.start()
        try:
            for told, _ in ends:
                assert told.poll(PATIENCE)
                assert told.recv() == port
            reserved.close()
            for _ in range(10):
                submit(port, trust)
            first, second = processes
            assert first.pid is not None
            os.kill(first.pid, signal.SIGTERM)
            first.join(PATIENCE)
            assert first.exitcode == 0
            for _ in range(5):
                submit(port, trust)
            second.terminate()
            second.join(PATIENCE)
            assert second.exitcode == 0
        finally:
            for process in processes:
                process.kill()
                process.join(PATIENCE)
                process.close()
            for told, tell in ends:
                told.close()
                tell.close()
