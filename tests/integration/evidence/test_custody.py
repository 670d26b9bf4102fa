"""Custody: durable, write-once, separate for each organisation, and nothing half-written, whatever the disk does."""

import errno
import hashlib
import os
import resource
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from acuse.errors import ConflictError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.custody import DamagedObject, LocalStore, MissingObject

ORGANISATION = uuid4()
CONTENT = b"From: a@b.example\r\n\r\nHola.\r\n"
KEY = "objects/a/b/c"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of a custody of its own."""
    monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"data_directory": tmp_path}))
    return tmp_path / "custody"


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_what_is_kept_can_be_opened_and_lies_under_its_digest(root: Path) -> None:
    kept = custody.keep(organisation=ORGANISATION, content=CONTENT, media_type="message/rfc822")
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert (kept.sha256, kept.size, kept.media_type) == (digest, len(CONTENT), "message/rfc822")
    assert custody.open_object(organisation=ORGANISATION, sha256=digest) == CONTENT
    (path,) = files(root)
    assert path == root / "objects" / str(ORGANISATION) / digest[:2] / digest
    assert path.read_bytes() == CONTENT


def test_nobody_else_on_the_machine_can_look_in(root: Path) -> None:
    before = os.umask(0)
    try:
        custody.keep(organisation=ORGANISATION, content=CONTENT, media_type="message/rfc822")
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (root, *root.rglob("*")) if path.is_dir()} == {0o700}


def test_keeping_again_writes_nothing(root: Path) -> None:
    for _ in range(2):
        custody.keep(organisation=ORGANISATION, content=CONTENT, media_type="message/rfc822")
        (path,) = files(root)
        written = path.stat().st_ino, path.stat().st_mtime_ns
    custody.keep(organisation=ORGANISATION, content=CONTENT, media_type="text/plain")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == written


def test_a_store_never_replaces(root: Path) -> None:
    store = LocalStore(root)
    store.put(KEY, b"first")
    store.put(KEY, b"second")
    assert store.get(KEY) == b"first"


def test_the_same_content_of_another_organisation_is_another_object(root: Path) -> None:
    kept = custody.keep(organisation=ORGANISATION, content=CONTENT, media_type="message/rfc822")
    other = uuid4()
    with pytest.raises(MissingObject):
        custody.open_object(organisation=other, sha256=kept.sha256)
    custody.keep(organisation=other, content=CONTENT, media_type="message/rfc822")
    assert len(files(root)) == 2
    custody.store().delete(custody.object_key(other, kept.sha256))
    assert custody.open_object(organisation=ORGANISATION, sha256=kept.sha256) == CONTENT


@pytest.mark.parametrize("damaged", [b"", CONTENT[:-1], CONTENT.replace(b"Hola", b"Hole"), CONTENT + b"\n"])
def test_damage_is_seen_at_reading(root: Path, damaged: bytes) -> None:
    kept = custody.keep(organisation=ORGANISATION, content=CONTENT, media_type="message/rfc822")
    (path,) = files(root)
    path.write_bytes(damaged)
    with pytest.raises(DamagedObject, match=kept.sha256):
        custody.open_object(organisation=ORGANISATION, sha256=kept.sha256)


def test_what_is_missing_is_said(root: Path) -> None:
    with pytest.raises(MissingObject):
        custody.open_object(organisation=ORGANISATION, sha256="0" * 64)


def test_an_empty_object_can_be_kept(root: Path) -> None:
    kept = custody.keep(organisation=ORGANISATION, content=b"", media_type="text/plain")
    assert custody.open_object(organisation=ORGANISATION, sha256=kept.sha256) == b""


def test_keys_are_listed_and_deleted(root: Path) -> None:
    store = LocalStore(root)
    assert list(store.keys("objects")) == []
    for key in ("objects/b/2", "objects/a/1", "checkpoints/3"):
        store.put(key, b"x")
    assert list(store.keys("objects")) == ["objects/a/1", "objects/b/2"]
    for _ in range(2):
        store.delete("objects/a/1")
    assert list(store.keys("objects")) == ["objects/b/2"]


class Disk:
    """The calls that make an object durable, of which one is told to fail.

    Args:
        step: number of the call that fails, from 0; all later ones work.
        persisted: the call does its work and fails all the same.
        number: the error.
    """

    def __init__(self, step: int, *, persisted: bool, number: int) -> None:
        self.calls: list[str] = []
        self._step, self._persisted, self._number = step, persisted, number

    def wrap(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.calls.append(name)
            failing = len(self.calls) - 1 == self._step
            if failing and not self._persisted:
                raise OSError(self._number, os.strerror(self._number))
            result = real(*arguments, **named)
            if failing:
                if name == "open":
                    os.close(result)
                raise OSError(self._number, os.strerror(self._number))
            return result

        return call

    def install(self, patch: pytest.MonkeyPatch) -> None:
        for owner, attribute, name in (
            (Path, "mkdir", "mkdir"),
            (os, "open", "open"),
            (os, "write", "write"),
            (os, "fsync", "fsync"),
            (os, "rename", "rename"),
        ):
            patch.setattr(owner, attribute, self.wrap(name, getattr(owner, attribute)))


def steps() -> Iterator[tuple[int, str]]:
    """Every call of the first put into a new custody."""
    disk = Disk(-1, persisted=False, number=0)
    with tempfile.TemporaryDirectory() as directory:
        with pytest.MonkeyPatch.context() as patch:
            disk.install(patch)
            LocalStore(Path(directory) / "custody").put(KEY, CONTENT)
    yield from enumerate(disk.calls)


STEPS = list(steps())


def test_a_put_syncs_the_file_and_every_new_name() -> None:
    names = [name for _, name in STEPS]
    assert names.count("mkdir") == 4  # custody, objects, a, b
    assert names[-6:] == ["open", "write", "fsync", "rename", "open", "fsync"]
    assert names.count("fsync") == 6


SYNCS = sum(name == "fsync" for _, name in STEPS)


@pytest.mark.parametrize("persisted", [False, True], ids=["not-persisted", "persisted"])
@pytest.mark.parametrize(("step", "name"), STEPS, ids=[f"{step}-{name}" for step, name in STEPS])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO], ids=["ENOSPC", "EIO"])
def test_whatever_step_fails_nothing_half_written_is_seen_and_a_retry_works(
    tmp_path: Path, step: int, name: str, persisted: bool, number: int
) -> None:
    store = LocalStore(tmp_path / "custody")
    disk = Disk(step, persisted=persisted, number=number)
    with pytest.MonkeyPatch.context() as patch:
        disk.install(patch)
        with pytest.raises(TemporaryError, match=os.strerror(number)):
            store.put(KEY, CONTENT)
    assert disk.calls[step] == name
    # Whole or not there, and no temporary file is left behind by a fault that is no crash.
    left = [path.read_bytes() for path in files(tmp_path)]
    if left:
        assert left == [CONTENT]
        assert store.get(KEY) == CONTENT
    else:
        with pytest.raises(MissingObject):
            store.get(KEY)
    # The same process tries again, and must not take for durable what was not: every sync still owed is made.
    again = Disk(-1, persisted=False, number=0)
    with pytest.MonkeyPatch.context() as patch:
        again.install(patch)
        store.put(KEY, CONTENT)
    assert store.get(KEY) == CONTENT
    made_before = disk.calls[:step].count("fsync")
    # The content of an object that is there whole was synced before it got its name.
    assert again.calls.count("fsync") >= SYNCS - made_before


def test_a_short_write_is_no_object(tmp_path: Path) -> None:
    """ENOSPC in the middle of the content itself."""
    store = LocalStore(tmp_path / "custody")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(TemporaryError, match="File too large"):
            store.put(KEY, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert files(tmp_path) == []
    store.put(KEY, b"x" * 100_000)
    assert store.get(KEY) == b"x" * 100_000


def test_after_a_crash_of_another_process_its_names_are_made_durable(tmp_path: Path) -> None:
    """What another process made without living to sync it is synced by the next that relies on it."""
    (tmp_path / "custody" / "objects" / "a" / "b").mkdir(parents=True)
    (tmp_path / "custody" / "objects" / "a" / "b" / "c").write_bytes(CONTENT)
    disk = Disk(-1, persisted=False, number=0)
    with pytest.MonkeyPatch.context() as patch:
        disk.install(patch)
        LocalStore(tmp_path / "custody").put(KEY, CONTENT)
    assert disk.calls.count("fsync") == 5  # four directories' names and the object's
    assert "rename" not in disk.calls


def test_a_directory_that_cannot_be_listed_is_not_taken_for_empty(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    custody.keep_checkpoint(5, "note", b"token")
    assert custody.newest_checkpoint() == (5, b"note")

    def refuse(_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(TemporaryError, match="Permission denied"):
        custody.newest_checkpoint()


def test_what_cannot_be_read_or_removed_is_a_passing_fault(root: Path) -> None:
    store = LocalStore(root)
    store.put("objects/a/b", b"x")
    with pytest.raises(TemporaryError):
        store.get("objects/a")
    with pytest.raises(TemporaryError):
        store.delete("objects/a")


def test_checkpoints_are_kept_once_and_the_newest_is_found(root: Path) -> None:
    assert custody.newest_checkpoint() is None
    for size in (9, 10, 100):
        custody.keep_checkpoint(size, f"note {size}", b"token")
    custody.keep_checkpoint(10, "another", b"another")
    assert custody.newest_checkpoint() == (100, b"note 100")
    assert custody.store().get("checkpoints/000/000/000/000/000/010.note") == b"note 10"
    custody.check_not_behind(100, custody.newest_checkpoint())
    with pytest.raises(ConflictError, match="99 ledger entries but custody has a time-stamped checkpoint of 100"):
        custody.check_not_behind(99, custody.newest_checkpoint())


def test_finding_the_newest_checkpoint_lists_few_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over years of anchors a sequencer that begins to lead must not wait for all of their names."""
    sizes = [*range(1, 400), *range(1000, 400_000, 1000), 7_000_123, 7_000_124]
    for size in sizes:
        path = root / custody.checkpoint_key(size, "note")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"note {size}")
    # What crashes leave: directories without a file, and a file that was never given its name.
    (root / "checkpoints/000/000/000/009/001").mkdir(parents=True)
    (root / "checkpoints/000/000/001").mkdir(parents=True)
    (root / "checkpoints/000/000/000/007/000/.0123456789abcdef.new").write_bytes(b"half")
    listed: list[int] = []
    scandir = os.scandir

    def counted(path: str) -> Any:
        listed.append(len(list(Path(path).iterdir())))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counted)
    assert custody.newest_checkpoint() == (7_000_124, b"note 7000124")
    assert sum(listed) < 20
    monkeypatch.undo()
    assert len(list(LocalStore(root).keys("checkpoints"))) == len(sizes) + 1


def test_a_crash_between_note_and_token_leaves_the_newest_checkpoint(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    custody.keep_checkpoint(999, "note 999", b"token")
    put = LocalStore.put

    def crash(store: LocalStore, key: str, content: bytes) -> bool:
        if key.endswith(".tsr"):
            raise KeyboardInterrupt
        return put(store, key, content)

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "put", crash)
        with pytest.raises(KeyboardInterrupt):
            custody.keep_checkpoint(1000, "note 1000", b"token")
    assert custody.newest_checkpoint() == (1000, b"note 1000")


def test_something_else_under_a_digest_is_not_taken_for_the_content(root: Path) -> None:
    organisation = uuid4()
    kept = custody.keep(organisation=organisation, content=b"right", media_type="text/plain")
    path = root / custody.object_key(organisation, kept.sha256)
    path.write_bytes(b"wrong")
    with pytest.raises(custody.DamagedObject):
        custody.keep(organisation=organisation, content=b"right", media_type="text/plain")


def test_objects_two_directories_deep_are_moved_up(root: Path) -> None:
    """What an earlier release kept is found after an upgrade, also where the move was interrupted."""
    move_up = import_module("acuse.evidence.migrations.0006_custody_of_256_directories").move_up
    for content, moved in ((b"first", False), (b"second", False), (b"third", True)):
        kept = custody.keep(organisation=ORGANISATION, content=content, media_type="text/plain")
        place = root / custody.object_key(ORGANISATION, kept.sha256)
        deeper = place.parent / kept.sha256[2:4]
        deeper.mkdir()
        if not moved:
            place.rename(deeper / place.name)
        move_up(None, None)
        assert custody.open_object(organisation=ORGANISATION, sha256=kept.sha256) == content
        assert not deeper.exists()
