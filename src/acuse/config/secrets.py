"""Secrets that an installation makes for itself at first start, each in its own file of mode 0600."""

import os
import secrets
from pathlib import Path

from acuse.errors import ConfigurationError


def write_private(path: Path, content: bytes) -> None:
    """Create `path` with mode 0600, durably; a crash leaves either the whole file or none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_suffix(path.suffix + f".{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)  # of two processes starting at once the first wins
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def keep_secret(path: Path, *, size: int = 32) -> bytes:
    """Return the secret in `path`, making it of `size` random bytes at first use.

    Raises:
        ConfigurationError: the file cannot be read or made, or is damaged.
    """
    try:
        if not path.exists():
            write_private(path, secrets.token_bytes(size))
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The secret {path} cannot be read: {error.strerror}. Check owner and mode."
        ) from error
    if len(content) != size:
        raise ConfigurationError(f"{path} is damaged: {len(content)} bytes, not {size}. Restore it from a backup.")
    return content
