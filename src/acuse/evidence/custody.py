"""Custody: content-addressed, write-once, durable objects (evidence.md section 9).

The store is not trusted: whoever can write it can destroy content, never alter it unnoticed, because every read
compares the digest. An object is durable before the transaction that cites it begins, so a crash leaves at most an
object that nobody cites, and keeping it again is harmless.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings

from acuse.errors import AcuseError, ConflictError, TemporaryError

CHECKPOINTS = "checkpoints"
_NOTE = re.compile(rf"{CHECKPOINTS}/((?:[0-9]{{3}}/){{5}}[0-9]{{3}})\.note", re.ASCII)


class DamagedObject(AcuseError):
    """The object in custody is not the one that was kept."""


class MissingObject(AcuseError):
    """No such object is in custody."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An object that is durable in custody.

    Args:
        sha256: 64 lower-case hexadecimal digits.
        size: bytes.
        media_type: MIME type without parameters.
    """

    sha256: str
    size: int
    media_type: str


class Store(Protocol):
    """Where objects lie. Keys are relative paths of ASCII letters, digits, `-`, `.` and `/`.

    `put` is durable when it returns, and never replaces: it says whether it wrote, or found the key there.
    `keys` goes down one directory after another, as they are asked for, in the order of the names or against it.
    Calls may run concurrently; failures raise `TemporaryError` and may be retried.
    """

    def put(self, key: str, content: bytes) -> bool: ...

    def get(self, key: str) -> bytes: ...

    def keys(self, prefix: str, *, descending: bool = False) -> Iterator[str]: ...

    def delete(self, key: str) -> None: ...


class LocalStore:
    """A directory of this machine.

    Args:
        root: created at first use; only this process' user should be able to write there.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: set[str] = set()
        # Names of temporary files, told from those of other processes and of those that crashed.
        self._mark, self._numbers = secrets.token_hex(8), count()

    def put(self, key: str, content: bytes) -> bool:
        """Write `content` under `key`, fsynced with its directory entry before returning; False where it was there."""
        path = f"{self._root}/{key}"  # text: every message comes by here, and a `Path` takes longer than a system call
        directory = path.rpartition("/")[0]
        try:
            if directory not in self._known:
                self._make_directory(Path(directory))
            if _exists(path):
                # Perhaps a writer crashed between its rename and its sync: make the name durable before we say so.
                self._sync(directory)
                return False
            temporary = f"{directory}/.{self._mark}-{next(self._numbers)}.new"
            try:
                _write_durably(temporary, content)
                # A crash before the rename leaves a hidden temporary file, which `fsck` names and nobody cites.
                os.rename(temporary, path)  # noqa: PTH104 - as above
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            self._sync(directory)
            return True
        except OSError as error:
            raise TemporaryError(f"Custody cannot keep an object: {error.strerror}.") from error

    def get(self, key: str) -> bytes:
        """Return the bytes under `key`.

        Raises:
            MissingObject: there is none.
        """
        try:
            return (self._root / key).read_bytes()
        except FileNotFoundError as error:
            raise MissingObject("Custody has no object %(key)s.", key=key) from error
        except OSError as error:
            raise TemporaryError(f"Custody cannot read an object: {error.strerror}.") from error

    def keys(self, prefix: str, *, descending: bool = False) -> Iterator[str]:
        """Yield the keys below `prefix`, sorted within each directory; none where `prefix` was never used."""
        for directory, subdirectories, names in os.walk(self._root / prefix, onerror=_refuse_unless_absent):
            subdirectories.sort(reverse=descending)
            for name in sorted(names, reverse=descending):
                yield str((Path(directory) / name).relative_to(self._root))

    def delete(self, key: str) -> None:
        """Remove `key`; removing what is not there is success."""
        try:
            (self._root / key).unlink(missing_ok=True)
        except OSError as error:
            raise TemporaryError(f"Custody cannot remove an object: {error.strerror}.") from error

    def _make_directory(self, directory: Path) -> None:
        """Create `directory` and make its name durable in its parent.

        A directory that exists is synced all the same, once in each process: whoever made it may have crashed before
        its own sync, and then everything below it would go with a power loss.
        """
        if str(directory) in self._known:
            return
        if directory == self._root:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            self._make_directory(directory.parent)
            directory.mkdir(mode=0o700, exist_ok=True)
        self._sync(str(directory.parent))
        self._known.add(str(directory))

    @staticmethod
    def _sync(directory: str) -> None:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _exists(path: str) -> bool:
    try:
        os.stat(path)  # noqa: PTH116 - a `Path` takes longer than the call
    except FileNotFoundError:
        return False
    return True


def _write_durably(path: str, content: bytes) -> None:
    """Write a new file and fsync it, with no call more than that takes: each has the thread ask for the interpreter."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_unless_absent(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise TemporaryError(f"Custody cannot be listed: {error.strerror}.") from error


@lru_cache(maxsize=4)
def local_store(root: Path) -> LocalStore:
    """Return the one `LocalStore` of `root` in this process."""
    return LocalStore(root)


def store() -> Store:
    """Return the store that the settings name."""
    return local_store(settings.ACUSE.custody_directory)


def object_key(organisation: UUID, sha256: str) -> str:
    """Return the key of an object: per organisation, so that nobody learns what another organisation holds."""
    return f"objects/{organisation}/{sha256[:2]}/{sha256}"


def keep(*, organisation: UUID, content: bytes, media_type: str) -> Kept:
    """Keep `content` for `organisation`. Idempotent; durable when it returns. Call it before the transaction.

    Raises:
        TemporaryError: the store refused, for example because the disk is full; nothing half-written is visible.
        DamagedObject: something else lies where the content belongs, so it cannot be kept.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    key = object_key(organisation, sha256)
    if not store().put(key, content) and store().get(key) != content:
        raise DamagedObject(f"What lies in custody as {sha256} is something else; restore it from a backup.")
    return Kept(sha256=sha256, size=len(content), media_type=media_type)


def open_object(*, organisation: UUID, sha256: str) -> bytes:
    """Return the bytes of an object after comparing their digest.

    Raises:
        MissingObject: it was never kept, or erased.
        DamagedObject: what lies there is something else.
    """
    content = store().get(object_key(organisation, sha256))
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedObject("The object %(sha256)s in custody is damaged.", sha256=sha256)
    return content


def keep_checkpoint(size: int, note: str, token: bytes) -> None:
    """Keep an anchored checkpoint, so that a database restored from an old backup is recognised."""
    # A crash in between leaves the note alone, which is enough: the next anchor covers more.
    store().put(checkpoint_key(size, "note"), note.encode())
    store().put(checkpoint_key(size, "tsr"), token)


def checkpoint_key(size: int, suffix: str) -> str:
    """Return the key of an anchored checkpoint: three digits a directory, so that none holds more than a thousand."""
    digits = f"{size:018d}"
    groups = "/".join(digits[at : at + 3] for at in range(0, len(digits), 3))
    return f"{CHECKPOINTS}/{groups}.{suffix}"


def newest_checkpoint() -> tuple[int, bytes] | None:
    """Return (size, note as it lies there) of the largest anchored checkpoint in custody, or None.

    Few directories are listed. Whether the note is sound is for `fsck` to say: the sequencer goes by the size alone.
    """
    for key in store().keys(CHECKPOINTS, descending=True):
        # A crash may have left an empty directory or a temporary file above it: both are passed over.
        if match := _NOTE.fullmatch(key):
            return int(match[1].replace("/", "")), store().get(key)
    return None


def check_not_behind(size: int, newest: tuple[int, bytes] | None) -> None:
    """Refuse to go on with a database that knows less than custody does.

    Args:
        size: entries that the database holds.
        newest: what `newest_checkpoint` said before that was read.

    Raises:
        ConflictError: the database was restored from a backup older than an anchored checkpoint.
    """
    if newest is not None and newest[0] > size:
        raise ConflictError(
            f"The database holds {size} ledger entries but custody has a time-stamped checkpoint of {newest[0]}. "
            "It was probably restored from an old backup; restore a newer one. Nothing is sequenced until then."
        )
