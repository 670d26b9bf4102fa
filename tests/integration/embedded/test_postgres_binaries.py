"""Who runs the embedded database, and with which binaries."""

import os
import pwd
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from acuse.embedded import binaries, processes
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.errors import ConfigurationError
from tests.integration.embedded.rows import ask, rows, write_rows

ROOT = os.geteuid() == 0


def test_root_runs_it_as_nobody_and_others_as_themselves(shared: EmbeddedPostgres) -> None:
    expected = pwd.getpwnam("nobody").pw_uid if ROOT else os.geteuid()
    for pid in processes.working_in(shared.cluster):
        assert Path(f"/proc/{pid}").stat().st_uid == expected


def test_a_folder_that_the_user_cannot_enter_is_named(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700 if ROOT else 0o600)
    with pytest.raises(ConfigurationError, match=str(closed)):
        EmbeddedPostgres(closed / "data").start()
    closed.chmod(0o700)


def test_binaries_that_the_user_cannot_reach_are_copied(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = binaries.choose(configured=None, major=None)
    hidden = folder / "hidden"
    hidden.mkdir(mode=0o700)
    binaries.copy_to(chosen, hidden / "pg")
    monkeypatch.setattr(binaries, "COPIES", folder / "copies")
    for _ in range(2):
        server = EmbeddedPostgres(folder / "data", binaries=hidden / "pg")
        assert ask(server.start().application_dsn, "SELECT 1") == 1
        (pid, *_) = processes.working_in(server.cluster)
        assert folder / ("copies" if ROOT else "hidden") in Path(f"/proc/{pid}/exe").readlink().parents
        server.stop()
    assert len(list(folder.glob("copies/*"))) == (1 if ROOT else 0)


def as_nobody(action: Callable[[], None]) -> None:
    """Run `action` in a child that has become the user nobody; fail when it fails."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            action()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


def test_an_ordinary_user_runs_it_too(folder: Path) -> None:
    chosen = binaries.choose(configured=None, major=None)
    binaries.copy_to(chosen, folder / "pg")
    (folder / "own").mkdir()

    def action() -> None:
        server = EmbeddedPostgres(folder / "own" / "data", binaries=folder / "pg")
        dsn = server.start().owner_dsn
        write_rows(dsn, 20)
        processes.signal_all(processes.working_in(server.cluster), signal.SIGKILL)
        server.start()
        assert rows(dsn) == 20
        server.stop()
        assert (folder / "own" / "data").stat().st_mode & 0o777 == 0o700
        with pytest.raises(ConfigurationError, match="Only root"):
            EmbeddedPostgres(folder / "own" / "data", run_as="daemon").start()

    if ROOT:
        (folder / "own").chmod(0o777)
        as_nobody(action)
    else:
        action()


@pytest.mark.parametrize("major", [16, 18])
def test_a_cluster_decides_its_binaries(folder: Path, major: int) -> None:
    chosen = binaries.choose(configured=None, major=major)
    server = EmbeddedPostgres(folder / "data", binaries=chosen.folder)
    assert str(ask(server.start().owner_dsn, "SHOW server_version")).startswith(f"{major}.")
    provider = "SELECT datlocprovider FROM pg_database WHERE datname = 'acuse'"
    assert ask(server.addresses().owner_dsn, provider) == ("b" if major >= 17 else "c")
    server.stop()
    again = EmbeddedPostgres(folder / "data")
    assert str(ask(again.start().owner_dsn, "SHOW server_version")).startswith(f"{major}.")
    again.stop()


def test_a_cluster_of_an_unknown_version_is_left_alone(data: Path) -> None:
    server = EmbeddedPostgres(data)
    server.start()
    server.stop()
    version = server.cluster / "PG_VERSION"
    real = version.read_text()
    version.write_text("99\n")
    with pytest.raises(ConfigurationError, match="made by PostgreSQL 99"):
        server.start()
    version.write_text(real)
    server.start()
    server.stop()


def test_a_folder_without_postgres_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="There is no PostgreSQL in"):
        EmbeddedPostgres(folder / "data", binaries=folder).start()
