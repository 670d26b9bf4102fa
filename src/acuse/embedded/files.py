"""Writing small files so that a crash leaves the old content or the new one, never half."""

import os
import tempfile
from pathlib import Path


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
