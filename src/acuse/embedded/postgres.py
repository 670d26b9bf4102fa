"""Our own supervisor of one PostgreSQL server, over any binaries from version 15 on.

Layout of the data directory: `cluster/` (PostgreSQL's own), `run/` (the socket), `passwords.json` (0600), `lock`,
`postgres.log`. The server listens on a Unix socket only and asks for SCRAM passwords. It lives in a session of its
own: when its supervisor is killed it stays up, and the next start adopts it.
"""

import argparse
import fcntl
import hashlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from acuse.embedded import binaries as programs
from acuse.embedded import processes, roles
from acuse.embedded.files import make_folder, sync_folder, write_durably
from acuse.embedded.roles import Addresses
from acuse.errors import ConfigurationError, TemporaryError

PORT = 5432  # only a part of the socket's file name
LONGEST_SOCKET_PATH = 100  # bytes, of the 107 that the kernel allows
LOG_LIMIT = 20_000_000  # bytes; one older file is kept
START_SECONDS = 120.0  # crash recovery included
STOP_SECONDS = 60.0
_HBA = b"# Written at every start. Passwords on the socket; no other way in.\nlocal all all scram-sha-256\n"
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "150",
    "shared_buffers": "256MB",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_lock_waits": "on",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
}


class EmbeddedPostgres:
    """One PostgreSQL server in a data directory of its own.

    Args:
        data_directory: where everything is kept; created when missing. As root it must be reachable by `run_as`.
        binaries: folder with `postgres` and `initdb` (or its parent); None: the wheel's, then Debian's.
        run_as: existing user that runs the server when we are root; None: the cluster's owner, else `nobody`.
        settings: server settings that override `SETTINGS`.
    """

    def __init__(
        self,
        data_directory: Path,
        *,
        binaries: Path | None = None,
        run_as: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._top = data_directory.absolute()
        self._configured = binaries
        self._run_as = run_as
        self._settings = {**SETTINGS, **(settings or {})}
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._user: programs.Account | None = None

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self._top / "cluster"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._top / "postgres.log"

    def start(self) -> Addresses:
        """Start the server, or adopt the one that already runs here, and return where to connect.

        Repeatable; recovers from any crash of the server, of a previous supervisor or of a previous first start.
        When another live supervisor holds the directory its server is used and `stop` leaves it alone.

        Raises:
            ConfigurationError: directory, user or binaries are wrong; says what to change.
            TemporaryError: the server did not come up; holds the last line of its log.
        """
        user = self._prepare()
        while True:
            launched = self._take_lock() and self._start_owned(user)
            if self._await_ready():
                break
            if launched:
                raise TemporaryError(f"PostgreSQL ended while starting: {self._last_words()}")
            # What we found alive was ending: now there is room for our own.
        with self._superuser("postgres") as connection:
            roles.ensure_roles(connection, self._passwords())
            roles.ensure_database(connection, roles.DATABASE)
        with self._superuser(roles.DATABASE) as connection:
            roles.ensure_grants(connection, roles.DATABASE)
        return self.addresses()

    def addresses(self, database: str = roles.DATABASE) -> Addresses:
        """Return the connection URLs of a database of this server, running or not.

        Raises:
            ConfigurationError: the server was never started here, or its passwords are lost.
        """
        chosen = self._passwords()
        return Addresses(
            owner_dsn=self._url(roles.OWNER, chosen.owner, database),
            application_dsn=self._url(roles.APPLICATION, chosen.application, database),
        )

    def alive(self) -> bool:
        """Say whether the server answers a query now."""
        try:
            with self._superuser("postgres", seconds=2) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except (psycopg.Error, ConfigurationError):
            return False

    def stop(self) -> None:
        """Stop the server (fast shutdown), wait until it is gone, and let the directory go."""
        if self._lock is None:
            return
        pid = self._child.pid if self._child else self._postmaster()
        if pid is not None:
            self._shut_down(pid)
        if self._child:
            self._child.wait()
            self._child = None
        if self._sockets().parent != self._top:
            with suppress(OSError):
                self._sockets().rmdir()
        os.close(self._lock)
        self._lock = None

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the server ends by itself; say whether it did within `seconds`."""
        pid = self._child.pid if self._child else self._postmaster()
        if pid is None:
            return True
        return not processes.wait_gone([pid], seconds=31_536_000 if seconds is None else seconds)

    def create_database(self, name: str, *, template: str | None = None) -> Addresses:
        """Create a database, as a copy of `template` when given, and return where to connect.

        A copy keeps the template's tables, rows and grants; nobody may be connected to the template.
        """
        with self._superuser("postgres") as connection:
            roles.ensure_database(connection, name, template=template)
        with self._superuser(name) as connection:
            roles.ensure_grants(connection, name)
        return self.addresses(name)

    def drop_database(self, name: str) -> None:
        """Drop a database and cut whoever is connected to it; a missing one is no error."""
        with self._superuser("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    # -- before the server runs ------------------------------------------------------------------------------------

    def _prepare(self) -> programs.Account:
        """Make the folders and decide who runs the server."""
        make_folder(self._top, 0o711 if os.geteuid() == 0 else 0o700)
        owner = self.cluster.stat().st_uid if self.cluster.exists() else None
        user = programs.account(self._run_as, cluster_owner=owner)
        barrier = programs.first_unreachable(self._top, user)
        if barrier is not None:
            raise ConfigurationError(
                f"The user {user.name!r}, who runs PostgreSQL, may not enter {barrier}; "
                f"choose a data directory elsewhere, such as /var/lib/acuse, or run `chmod o+x {barrier}`."
            )
        self._user = user
        sockets = self._sockets()
        sockets.mkdir(mode=0o755, exist_ok=True)
        if user.switch and sockets.stat().st_uid == 0:
            os.chown(sockets, user.uid, user.gid)
        if sockets.is_symlink() or sockets.stat().st_uid != user.uid:
            raise ConfigurationError(f"The socket folder {sockets} belongs to somebody else; remove it.")
        return user

    def _sockets(self) -> Path:
        inside = self._top / "run"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) < LONGEST_SOCKET_PATH:
            return inside
        return Path("/tmp") / f"acuse-{hashlib.sha256(os.fsencode(self._top)).hexdigest()[:16]}"  # noqa: S108  owner is checked

    def _take_lock(self) -> bool:
        if self._lock is not None:
            return True
        descriptor = os.open(self._top / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def _passwords(self, *, new_cluster: bool = False) -> roles.Passwords:
        return roles.passwords(self._top / "passwords.json", new_cluster=new_cluster)

    # -- starting ----------------------------------------------------------------------------------------------------

    def _start_owned(self, user: programs.Account) -> bool:
        """Start the server unless it runs already; say whether it was started."""
        if self._child and self._child.poll() is None:
            return False
        self._child = None
        if self._postmaster() is not None:
            return False  # left by a supervisor that was killed: adopted
        version = self.cluster / "PG_VERSION"
        chosen = programs.choose(
            configured=self._configured,
            major=int(version.read_text()) if version.exists() else None,
        )
        chosen = programs.reachable_for(user, chosen, fallback=self._top / "binaries")
        if not self.cluster.exists():
            self._create_cluster(user, chosen)
        self._clear_remains()
        self._launch(user, chosen)
        return True

    def _create_cluster(self, user: programs.Account, chosen: programs.Binaries) -> None:
        """Run initdb beside the final name; a crash leaves `cluster.new`, which the next start throws away."""
        new = self._top / "cluster.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        secret = self._top / "initdb.password"
        write_durably(secret, self._passwords(new_cluster=True).superuser.encode())
        if user.switch:
            os.chown(new, user.uid, user.gid)
            os.chown(secret, user.uid, user.gid)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if chosen.major >= 17
            else ["--locale=C.UTF-8"]
        )
        arguments = ["-D", new, "-k", "-E", "UTF8", "-U", roles.SUPERUSER, *locale]
        authentication = ["--auth=scram-sha-256", f"--pwfile={secret}"]
        try:
            result = subprocess.run(
                [chosen.folder / "initdb", *arguments, *authentication],
                env=chosen.environment(),
                cwd="/",
                umask=0o077,
                capture_output=True,
                timeout=300,
                check=False,
                **user.process_options(),  # type: ignore[call-overload]
            )
        finally:
            secret.unlink(missing_ok=True)
        if result.returncode != 0:
            said = result.stderr.decode(errors="replace").strip()[-400:]
            raise ConfigurationError(f"PostgreSQL could not create its database in {new}: {said}")
        new.rename(self.cluster)
        sync_folder(self._top)

    def _clear_remains(self) -> None:
        """End what a killed postmaster left and remove its pid file, its socket and the socket's lock.

        PostgreSQL trusts the pid in such a file as soon as any process has it, be it one of another program after a
        reboot or in a container, or the dead postmaster itself that nobody has taken leave of yet. We know better,
        because nobody works in the cluster any more, and the socket's folder belongs to this cluster alone.
        """
        processes.end(processes.working_in(self.cluster), seconds=10, first=signal.SIGQUIT)
        socket = self._sockets() / f".s.PGSQL.{PORT}"
        for path in (self.cluster / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
            path.unlink(missing_ok=True)

    def _launch(self, user: programs.Account, chosen: programs.Binaries) -> None:
        write_durably(self.cluster / "pg_hba.conf", _HBA)
        if user.switch:
            os.chown(self.cluster / "pg_hba.conf", user.uid, user.gid)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        wanted = {**self._settings, "unix_socket_directories": str(self._sockets())}
        arguments = [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
            self._child = subprocess.Popen(
                [chosen.folder / "postgres", "-D", self.cluster, *arguments],
                env=chosen.environment(),
                cwd="/",
                umask=0o077,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **user.process_options(),  # type: ignore[call-overload]
            )

    def _await_ready(self) -> bool:
        """Wait until the superuser really gets in; False when the server ended instead."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._superuser("postgres", seconds=5).close()
                return True
            except psycopg.OperationalError as error:
                if "authentication failed" in str(error):
                    raise ConfigurationError(
                        f"{self._top / 'passwords.json'} does not open this database; restore the right one."
                    ) from error
                gone = self._child.poll() is not None if self._child else self._postmaster() is None
                if gone and (self._lock is not None or self._take_lock()):
                    return False
                if time.monotonic() > deadline:
                    raise TemporaryError(f"PostgreSQL does not answer: {error}".strip()) from error
            time.sleep(0.02)

    def _last_words(self) -> str:
        try:
            lines = self.log.read_bytes()[-4000:].decode(errors="replace").splitlines()
        except OSError:
            return "it said nothing."
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines
        return telling[-1] if telling else "it said nothing."

    # -- the running server ------------------------------------------------------------------------------------------

    def _postmaster(self) -> int | None:
        """Return the pid of the live server of this cluster, or None."""
        try:
            first = (self.cluster / "postmaster.pid").read_text().split("\n", 1)[0]
            pid = int(first)
        except (OSError, ValueError):
            return None
        return pid if pid in processes.working_in(self.cluster) else None

    def _shut_down(self, pid: int) -> None:
        for number, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            processes.signal_all([pid], number)
            if not processes.wait_gone([pid], seconds=seconds):
                return

    def _url(self, role: str, password: str, database: str) -> str:
        return roles.url(role=role, password=password, database=database, sockets=self._sockets(), port=PORT)

    def _superuser(self, database: str, *, seconds: int = 10) -> psycopg.Connection:
        address = self._url(roles.SUPERUSER, self._passwords().superuser, database)
        return psycopg.connect(address, autocommit=True, connect_timeout=seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server in the foreground until SIGINT or SIGTERM, as one command of a process tree.

    Returns:
        0 after a signal, 1 when the server ended by itself.
    """
    parser = argparse.ArgumentParser(prog="python -m acuse.embedded.postgres", description=main.__doc__)
    parser.add_argument("--directory", type=Path, required=True, help="data directory")
    parser.add_argument("--binaries", type=Path, help="folder with postgres and initdb")
    parser.add_argument("--run-as", help="user that runs the server when started as root")
    chosen = parser.parse_args(arguments)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    server = EmbeddedPostgres(chosen.directory, binaries=chosen.binaries, run_as=chosen.run_as)
    try:
        server.start()
        sys.stdout.write("PostgreSQL is ready.\n")
        sys.stdout.flush()
        while not select.select([reader], [], [], 1.0)[0]:
            if server.wait(0):
                sys.stdout.write("PostgreSQL ended by itself.\n")
                return 1
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
