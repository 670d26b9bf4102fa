"""Writing small files so that a crash leaves the old content or the new one, never half; making folders."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from acuse.errors import ConfigurationError


def write_durably(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write `content` to `path` with permissions `mode`, on disk when this returns.

    Args:
        path: the file; its folder must exist.
        content: the bytes, all of them.
        mode: permission bits of the new file.

    Raises:
        OSError: the disk refused. The old content, if any, is still there.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(content)
            target.flush()
            os.fchmod(target.fileno(), mode)
            os.fsync(target.fileno())
        # A crash before this line leaves a file whose name starts with a dot, which nobody reads.
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, mode: int) -> None:
    """Create a folder with these permission bits; parents that we create can be passed through by everybody.

    Raises:
        ConfigurationError: it cannot be made or reached.
    """
    try:
        for each in reversed([folder, *folder.parents]):
            if not each.exists():
                with suppress(FileExistsError):
                    each.mkdir()
                    each.chmod(mode if each == folder else 0o755)
    except OSError as error:
        raise ConfigurationError(f"The data directory {folder} cannot be made: {error.strerror}.") from error
