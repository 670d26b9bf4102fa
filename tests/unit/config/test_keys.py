"""Keys and secrets: made once, private, never overwritten, and refused when damaged."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from acuse.config import secrets as module
from acuse.config.keys import Keys
from acuse.config.secrets import keep_secret, write_private
from acuse.errors import ConfigurationError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_private_and_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    made = keep_secret(path)
    assert len(made) == 32
    assert keep_secret(path) == made
    assert keep_secret(tmp_path / "keys" / "b.key") != made
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)
    assert sorted(each.name for each in path.parent.iterdir()) == ["a.key", "b.key"]


def test_an_open_umask_opens_no_secret(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keep_secret(tmp_path / "keys" / "a.key")
    finally:
        os.umask(before)
    assert mode(tmp_path / "keys" / "a.key") == 0o600
    assert mode(tmp_path / "keys") == 0o700


def test_the_first_writer_wins(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    write_private(path, b"first")
    write_private(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_processes_that_start_together_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.key"
    numbers = iter(range(100, 200))
    # Each of them a process of its own that saw no file when it looked.
    monkeypatch.setattr(module.os, "getpid", lambda: next(numbers))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write_private(path, bytes([n]) * 32), range(16)))
    assert len(set(path.read_bytes())) == 1
    assert keep_secret(path) == path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_crash_left_half_written_is_not_taken_for_the_secret(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    (tmp_path / f"a.key.{os.getpid()}.new").write_bytes(b"half")
    assert len(keep_secret(path)) == 32
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_secret_is_refused_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.key"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"a\.key is damaged.*backup"):
        keep_secret(path)
    assert path.read_bytes() == content


def test_a_secret_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.key").mkdir()
    with pytest.raises(ConfigurationError, match="Check owner and mode"):
        keep_secret(tmp_path / "a.key")


def test_a_disk_that_is_full_leaves_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "fsync", full)
        with pytest.raises(ConfigurationError, match="No space left"):
            keep_secret(tmp_path / "a.key")
    assert not (tmp_path / "a.key").exists()
    assert len(keep_secret(tmp_path / "a.key")) == 32


def test_every_key_is_its_own(tmp_path: Path) -> None:
    keys = Keys(tmp_path, origin=None)
    assert len({keys.credential, keys.address, bytes.fromhex(keys.web)}) == 3
    again = Keys(tmp_path, origin=None)
    assert (again.credential, again.address, again.web) == (keys.credential, keys.address, keys.web)
    assert keys.checkpoint.verifier().line() == again.checkpoint.verifier().line()
    assert {mode(path) for path in tmp_path.iterdir()} == {0o600}


def test_without_a_key_nothing_lasting_is_signed(tmp_path: Path) -> None:
    keys = Keys(tmp_path, origin=None)
    assert keys.web_if_made() != keys.web_if_made()
    assert list(tmp_path.iterdir()) == []
    assert keys.web == keys.web_if_made()


def test_an_origin_never_changes(tmp_path: Path) -> None:
    first = Keys(tmp_path, origin="log.talleres.example").checkpoint
    assert first.name == "log.talleres.example"
    assert Keys(tmp_path, origin=None).checkpoint.name == "log.talleres.example"
    with pytest.raises(
        ConfigurationError, match=r"ACUSE_LOG_ORIGIN is other\.example .* has been log\.talleres\.example"
    ):
        _ = Keys(tmp_path, origin="other.example").checkpoint


def test_an_origin_is_made_up_where_none_is_given(tmp_path: Path) -> None:
    assert Keys(tmp_path, origin=None).checkpoint.name.startswith("acuse.invalid/")


@pytest.mark.parametrize("origin", ["with space", "with+plus"])
def test_an_origin_that_cannot_name_a_log_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(ConfigurationError, match="ACUSE_LOG_ORIGIN"):
        _ = Keys(tmp_path, origin=origin).checkpoint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PRIVATE+KEY+", b"\xff\xfe", b"PRIVATE+KEY+a.example+00000000+AAAA"])
def test_a_damaged_checkpoint_key_is_refused_and_not_shown(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoint.key"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"checkpoint\.key is damaged") as caught:
        _ = Keys(tmp_path, origin=None).checkpoint
    assert "PRIVATE" not in str(caught.value)
    assert path.read_bytes() == content


def test_a_checkpoint_key_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.key").mkdir()
    with pytest.raises(ConfigurationError, match="Check owner and mode"):
        _ = Keys(tmp_path, origin=None).checkpoint


def test_keys_are_not_shown_by_repr(tmp_path: Path) -> None:
    keys = Keys(tmp_path, origin="a.example")
    shown = f"{keys!r} {keys.checkpoint!r} {vars(keys.checkpoint) if hasattr(keys.checkpoint, '__dict__') else ''}"
    secret = (tmp_path / "checkpoint.key").read_text().strip().split("+", 4)[4]
    assert secret not in shown
