"""What the demo chooses and shows: its ports, the names of its files, the links that recipients found."""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from acuse.config.cli import demo
from acuse.config.cli.demo import _configure, _file_name, _links
from acuse.config.cli.demo_directory import claimed
from acuse.embedded.mailboxes import Mailboxes
from acuse.errors import ConfigurationError
from tests.ports import free_ports
from tests.unit.mail.test_notice import LINK, made

ROOT = Path(__file__).parents[3]


def test_links_are_read_from_the_notices_and_from_nothing_else(tmp_path: Path) -> None:
    boxes = Mailboxes(tmp_path / "sandbox")
    boxes.keep("acepta.example", made(), {}, moment=datetime(2026, 11, 23, tzinfo=UTC))
    boxes.keep("acepta.example", b"Subject: x\r\n\r\nhttps://acuse.example/verify/\r\n", {}, moment=datetime.now(UTC))
    (tmp_path / "sandbox" / "published.json").write_text("{}")
    settings: Any = SimpleNamespace(data_directory=tmp_path, public_url="https://acuse.example/")
    assert _links(settings) == [LINK]


def taken(port: int) -> socket.socket:
    """Hold a port."""
    held = socket.socket()
    held.bind(("127.0.0.1", port))
    held.listen()
    return held


def test_a_port_that_was_taken_once_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (port,) = free_ports(1)
    monkeypatch.setattr(demo, "_PORTS", {"ACUSE_WEB_PORT": port})

    def chosen() -> tuple[int, str]:
        monkeypatch.setattr(os, "environ", {"ACUSE_DATA_DIRECTORY": str(tmp_path)})
        _configure(earlier=False)
        return int(os.environ["ACUSE_WEB_PORT"]), os.environ["ACUSE_PUBLIC_URL"]

    with taken(port):
        other, address = chosen()
    assert (other != port, address) == (True, f"http://127.0.0.1:{other}")
    assert capsys.readouterr().out == f"Port {port} is in use: {other} stands in for it this time (ACUSE_WEB_PORT).\n"
    assert chosen() == (port, f"http://127.0.0.1:{port}")


def test_revocation_lists_stay_where_the_certificates_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual, first = free_ports(2)
    monkeypatch.setattr(demo, "_PORTS", {"ACUSE_TRUST_SERVICES_PORT": usual})
    monkeypatch.setattr(demo, "_LEFTOVERS_SECONDS", 0)
    (tmp_path / "demo").touch()
    (tmp_path / "acuse.env").write_text(f'ACUSE_TRUST_SERVICES_PORT="{first}"\n')

    def chosen(**given: str) -> str:
        monkeypatch.setattr(os, "environ", {"ACUSE_DATA_DIRECTORY": str(tmp_path), "ACUSE_WEB_PORT": "1", **given})
        _configure(earlier=True)
        return os.environ["ACUSE_TRUST_SERVICES_PORT"]

    assert chosen() == str(first)
    assert chosen(ACUSE_TRUST_SERVICES_PORT="7") == "7"
    with taken(first), pytest.raises(ConfigurationError, match=f"Port {first} is in use"):
        chosen()


def test_a_second_demo_says_where_the_first_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from acuse.config.cli import main; main()", "demo"]
    environment = {**os.environ, "ACUSE_DATA_DIRECTORY": str(tmp_path)}
    with claimed(tmp_path, keys=tmp_path / "keys") as claim:
        assert not claim.earlier
        claim.say_address("http://127.0.0.1:8093")
        second = subprocess.run(
            command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert (second.returncode, second.stdout) == (3, "")
    assert f"A demo runs already in {tmp_path} at http://127.0.0.1:8093." in second.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo"], "it touched nothing"
    with claimed(tmp_path, keys=tmp_path / "keys") as again:
        assert again.earlier


def test_each_address_has_a_file_name_of_its_own() -> None:
    assert _file_name("josé.muñoz@acepta.example") == "josé.muñoz@acepta.example"
    addresses = ["o'hara@x.example", "o_hara@x.example", "o%27hara@x.example", "o/hara@x.example", "ñ@x.example"]
    names = [_file_name(each) for each in addresses]
    assert len({*names}) == len(addresses)
    assert not any("/" in each for each in names)
