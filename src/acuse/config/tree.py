"""The process tree of an installation: which programs run, in which order, and when each is ready."""

import logging
import sys
import threading
from collections.abc import Iterable, Iterator

from acuse.config.environment import Environment, Role
from acuse.config.installation import trust_services_url
from acuse.embedded import ready
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.embedded.supervisor import Command
from acuse.embedded.trust_services import crl_url
from acuse.errors import AcuseError
from acuse.proof.timestamp import DEVELOPMENT_POLICY

log = logging.getLogger(__name__)

#: Between two looks at the database; each logs in anew, which costs both sides milliseconds.
_DATABASE_SECONDS = 2.0

ROLES: tuple[Role, ...] = ("sequencer", "worker", "smtp", "web")


def commands(environment: Environment, roles: Iterable[Role]) -> list[Command]:
    """Return the programs of the tree in the order of starting: what stands for the world outside, then our own."""
    chosen = set(roles)
    return [
        *_trust_services(environment),
        *_sandbox(environment),
        *(command for role in ROLES if role in chosen for command in _role(environment, role)),
    ]


def _trust_services(environment: Environment) -> list[Command]:
    if environment.tsa_urls and environment.seal_pkcs12:
        return []
    port = environment.trust_services_port
    arguments = (
        *(sys.executable, "-m", "acuse.embedded.trust_services"),
        *("--directory", str(environment.data_directory / "authority")),
        *("--port", str(port), "--policy", DEVELOPMENT_POLICY),
    )
    answers = ready.answers("127.0.0.1", port, "/ca.pem")
    return [Command(name="trust", arguments=arguments, ready=answers, first=True)]


def _sandbox(environment: Environment) -> list[Command]:
    if not environment.sandbox:
        return []
    arguments = (
        *(sys.executable, "-m", "acuse.embedded.mail_domains"),
        *("--directory", str(environment.data_directory / "sandbox")),
        *("--smtp-port", str(environment.sandbox_smtp_port), "--dns-port", str(environment.sandbox_dns_port)),
        *("--authority", str(environment.data_directory / "authority"), "--greylist-seconds", "2"),
        *("--crl-url", crl_url(trust_services_url(environment))),
        # The sample organisation's own domain, so that notifications to its senders arrive too.
        *("--accepting", "talleres-ribera.example"),
    )
    accepts = ready.accepts("127.0.0.1", environment.sandbox_dns_port)
    return [Command(name="sandbox", arguments=arguments, ready=accepts, first=True)]


def _role(environment: Environment, role: Role) -> Iterator[Command]:
    checks = {
        "web": ready.answers(environment.web_host, environment.web_port, "/health"),
        "smtp": ready.greets(environment.smtp_host, environment.smtp_starttls_port),
    }
    arguments = (sys.executable, "-m", "acuse.config.processes", role)
    # Connectors share their ports (SO_REUSEPORT): the kernel hands each connection to one of them. Workers claim.
    count = {"smtp": environment.smtp_processes, "worker": environment.worker_processes}
    for number in range(count.get(role, 1)):
        name = role if number == 0 else f"{role}-{number + 1}"
        # Whoever sends has to finish the message under way: longer than a usual SMTP conversation takes to end.
        yield Command(name=name, arguments=arguments, ready=checks.get(role), stop_within=30.0)


class DatabaseWatch:
    """Starts the embedded PostgreSQL again when it dies; the processes reconnect by themselves.

    Args:
        postgres: the server, started.
    """

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        self._postgres = postgres
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database-watch", daemon=True)

    def __enter__(self) -> "DatabaseWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_DATABASE_SECONDS):
            if self._postgres.alive():
                continue
            try:
                self._postgres.start()
            except AcuseError as error:
                log.error("the database does not start, tried again: %s", error)
