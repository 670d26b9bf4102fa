"""The embedded database: first start, kill -9, adoption, users, roles."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from acuse.embedded import processes
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.errors import ConfigurationError, TemporaryError
from tests.integration.embedded.rows import ask, rows, write_rows

ROOT = os.geteuid() == 0
FOREGROUND = [sys.executable, "-m", "acuse.embedded.postgres", "--directory"]


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split("\n")[0])


def test_rows_survive_kill_9_of_every_process(server: EmbeddedPostgres) -> None:
    dsn = server.addresses().owner_dsn
    write_rows(dsn, 200)
    processes.signal_all(processes.working_in(server.cluster), signal.SIGKILL)
    assert not server.alive()
    assert server.start().owner_dsn == dsn
    assert rows(dsn) == 200
    assert server.alive()


def test_rows_survive_kill_9_of_the_postmaster_alone(server: EmbeddedPostgres) -> None:
    dsn = server.addresses().owner_dsn
    write_rows(dsn, 50)
    with psycopg.connect(dsn, autocommit=True):  # an open session keeps a backend
        os.kill(postmaster(server), signal.SIGKILL)
        server.start()
    assert rows(dsn) == 50


def test_pid_files_that_name_a_stranger_do_not_block(data: Path) -> None:
    server = EmbeddedPostgres(data)
    dsn = server.start().owner_dsn
    write_rows(dsn, 10)
    pid_file = server.cluster / "postmaster.pid"
    content = pid_file.read_text()
    os.kill(postmaster(server), signal.SIGKILL)
    assert server.wait(120)
    owner = server.cluster.stat()
    stranger = subprocess.Popen(["sleep", "600"], **({"user": owner.st_uid} if ROOT else {}))
    try:
        (socket_lock,) = (data / "run").glob(".s.PGSQL.*.lock")
        for path in (pid_file, socket_lock):
            path.write_text(str(stranger.pid) + content[content.index("\n") :])
            os.chown(path, owner.st_uid, owner.st_gid)
        server.start()
        assert rows(dsn) == 10
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
        server.stop()


def test_a_server_left_by_a_killed_supervisor_is_adopted(data: Path) -> None:
    child = subprocess.Popen([*FOREGROUND, data], stdout=subprocess.PIPE)
    assert child.stdout
    with child.stdout:
        assert child.stdout.readline() == b"PostgreSQL is ready.\n"
        server = EmbeddedPostgres(data)
        left = postmaster(server)
        child.kill()
        child.wait()
    dsn = server.start().owner_dsn
    assert postmaster(server) == left
    write_rows(dsn, 5)
    server.stop()
    assert not processes.working_in(server.cluster)
    assert not server.alive()


SUPERVISED = """
import sys
from pathlib import Path
from acuse.embedded.supervisor import Command, Supervisor
arguments = (sys.executable, "-m", "acuse.embedded.postgres", "--directory", sys.argv[2])
Supervisor([Command(name="database", arguments=arguments)], directory=Path(sys.argv[1]), sink=lambda *_: None).run()
"""


def test_kill_9_of_the_supervisor_stops_the_database_cleanly(folder: Path, data: Path) -> None:
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISED, folder / "tree", data])
    server = EmbeddedPostgres(data)
    deadline = time.monotonic() + 120
    try:
        while not server.alive():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        left = processes.working_in(server.cluster)
    finally:
        supervisor.kill()
        supervisor.wait()
    assert not processes.wait_gone(left, seconds=120)
    assert not (server.cluster / "postmaster.pid").exists()
    assert "database system is shut down" in server.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_foreground_command_stops_cleanly(data: Path, number: signal.Signals) -> None:
    child = subprocess.Popen([*FOREGROUND, data], stdout=subprocess.PIPE)
    assert child.stdout
    with child.stdout:
        assert child.stdout.readline() == b"PostgreSQL is ready.\n"
        child.send_signal(number)
        assert child.wait(120) == 0
    server = EmbeddedPostgres(data)
    assert "database system is shut down" in server.log.read_text()
    assert not (server.cluster / "postmaster.pid").exists()


def test_the_foreground_command_ends_with_its_server(data: Path) -> None:
    child = subprocess.Popen([*FOREGROUND, data], stdout=subprocess.PIPE)
    assert child.stdout
    with child.stdout:
        assert child.stdout.readline() == b"PostgreSQL is ready.\n"
        os.kill(postmaster(EmbeddedPostgres(data)), signal.SIGKILL)
        assert child.wait(120) == 1


def test_a_second_user_of_the_directory_does_not_stop_the_server(server: EmbeddedPostgres, data: Path) -> None:
    second = EmbeddedPostgres(data)
    second.start()
    second.stop()
    assert server.alive()


def test_stop_can_be_repeated_and_start_again_keeps_everything(data: Path) -> None:
    server = EmbeddedPostgres(data)
    dsn = server.start().owner_dsn
    write_rows(dsn, 3)
    server.stop()
    server.stop()
    assert not server.alive()
    assert server.start().owner_dsn == dsn
    assert rows(dsn) == 3
    server.stop()


def test_a_first_start_that_was_cut_short_is_begun_again(folder: Path) -> None:
    data = folder / "data"
    (data / "cluster.new" / "base").mkdir(parents=True)
    (data / "cluster.new" / "PG_VERSION").write_text("18")
    server = EmbeddedPostgres(data)
    assert ask(server.start().application_dsn, "SELECT 1") == 1
    assert not (data / "cluster.new").exists()
    server.stop()


def test_roles_are_kept_apart(shared: EmbeddedPostgres) -> None:
    addresses = shared.addresses()
    query = "SELECT string_agg(rolname, ' ' ORDER BY 1) FROM pg_roles WHERE rolname ~ '^acuse' AND {}"
    assert ask(addresses.owner_dsn, query.format("rolsuper")) == "acuse_superuser"
    assert ask(addresses.owner_dsn, query.format("NOT rolcanlogin")) == "acuse_eraser"
    assert ask(addresses.owner_dsn, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'acuse'") == (
        "acuse_owner"
    )
    member = "SELECT pg_has_role('acuse_eraser', 'MEMBER')"
    assert ask(addresses.owner_dsn, member) is True
    assert ask(addresses.application_dsn, member) is False
    with psycopg.connect(addresses.application_dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (n integer)")
    with psycopg.connect(addresses.application_dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SET ROLE acuse_eraser")


def test_the_application_uses_the_owners_tables(shared: EmbeddedPostgres) -> None:
    addresses = shared.create_database("shared_tables")
    with psycopg.connect(addresses.owner_dsn) as connection:
        connection.execute("CREATE TABLE thing (id integer GENERATED ALWAYS AS IDENTITY, name text)")
    with psycopg.connect(addresses.application_dsn) as connection:
        connection.execute("INSERT INTO thing (name) VALUES ('ñ')")
    with psycopg.connect(addresses.application_dsn) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("TRUNCATE thing")


def test_a_template_is_copied_with_its_rows(shared: EmbeddedPostgres) -> None:
    template = shared.create_database("template_of_tests")
    write_rows(template.owner_dsn, 7)
    copy = shared.create_database("copy_of_template", template="template_of_tests")
    assert rows(copy.application_dsn) == 7
    with psycopg.connect(copy.owner_dsn) as connection:
        shared.drop_database("copy_of_template")
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    shared.drop_database("copy_of_template")


def test_nobody_enters_without_a_password(shared: EmbeddedPostgres) -> None:
    dsn = shared.addresses().owner_dsn
    password = dsn.split(":", 2)[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(dsn.replace(password, "0" * 40))
    assert ask(dsn, "SHOW listen_addresses") == ""
    assert ask(dsn, "SHOW data_checksums") == "on"
    assert ask(dsn, "SHOW server_encoding") == "UTF8"
    rules = [line for line in (shared.cluster / "pg_hba.conf").read_text().splitlines() if not line.startswith("#")]
    assert rules == ["local all all scram-sha-256"]


def test_secrets_are_closed_to_others_and_never_shown(shared: EmbeddedPostgres) -> None:
    kept = shared.cluster.parent / "passwords.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    password = shared.addresses().owner_dsn.split(":", 2)[2].split("@")[0]
    assert password not in repr(shared.addresses())
    assert password not in shared.log.read_text()
    assert not (shared.cluster.parent / "initdb.password").exists()


def test_lost_passwords_are_named(data: Path) -> None:
    server = EmbeddedPostgres(data)
    server.start()
    server.stop()
    kept = data / "passwords.json"
    content = kept.read_text()
    kept.write_text(content.replace('"superuser": "', '"superuser": "x'))
    with pytest.raises(ConfigurationError, match="does not open this database"):
        server.start()
    server.stop()
    kept.unlink()
    with pytest.raises(ConfigurationError, match="is missing"):
        server.start()
    server.stop()


def test_addresses_before_the_first_start_are_an_error_and_make_nothing(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="never started here"):
        EmbeddedPostgres(folder / "data").addresses()
    assert not (folder / "data").exists()


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    server = EmbeddedPostgres(folder / ("d" * 60) / ("e" * 60))
    dsn = server.start().owner_dsn
    sockets = Path(str(conninfo_to_dict(dsn)["host"]))
    assert folder not in sockets.parents
    assert ask(dsn, "SELECT 1") == 1
    server.stop()
    assert not sockets.exists()


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    server = EmbeddedPostgres(data, settings={"max_connections": "-1"})
    with pytest.raises(TemporaryError, match="max_connections"):
        server.start()
    server.stop()
