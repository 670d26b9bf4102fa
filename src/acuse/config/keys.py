"""The installation's own keys, each made at first use and kept in `keys/` with mode 0600."""

import secrets
from functools import cached_property
from pathlib import Path

from acuse.config.secrets import keep_secret, write_private
from acuse.errors import ConfigurationError, InputError
from acuse.proof.checkpoint import SigningKey


class Keys:
    """Keys of one installation.

    Args:
        directory: where they lie.
        origin: name of the log, as configured; None = random at first start, then for ever the same.
    """

    def __init__(self, directory: Path, *, origin: str | None) -> None:
        self._directory = directory
        self._origin = origin

    @cached_property
    def credential(self) -> bytes:
        """Key of the digests of SMTP secrets, API keys and invitations, and of the secrets of two-step sign-in."""
        return keep_secret(self._directory / "credential.key")

    @cached_property
    def address(self) -> bytes:
        """Key of the tokens in envelope senders."""
        return keep_secret(self._directory / "address.key")

    @cached_property
    def web(self) -> str:
        """Django's secret key."""
        return keep_secret(self._directory / "web.key").hex()

    def web_if_made(self) -> str:
        """Return Django's secret key where it exists, else a random one that signs nothing lasting."""
        return self.web if (self._directory / "web.key").exists() else secrets.token_hex(32)

    @cached_property
    def checkpoint(self) -> SigningKey:
        """The log's Ed25519 key, whose name is the log's origin.

        Raises:
            ConfigurationError: the file is damaged or cannot be read or made, or ACUSE_LOG_ORIGIN was changed after the
                first start or cannot name a log.
        """
        path = self._directory / "checkpoint.key"
        try:
            if not path.exists():
                write_private(path, self._new_checkpoint_key())
            key = SigningKey.parse(path.read_text("ascii").strip())
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be used: {error.strerror}. Check owner and mode.") from error
        except (InputError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} is damaged; restore it from a backup.") from error
        if self._origin is not None and key.name != self._origin:
            raise ConfigurationError(
                f"ACUSE_LOG_ORIGIN is {self._origin} but this log has been {key.name} since its first start; "
                "an origin never changes. Set it back, or unset it."
            )
        return key

    def _new_checkpoint_key(self) -> bytes:
        origin = self._origin or f"acuse.invalid/{secrets.token_hex(8)}"
        try:
            return SigningKey.generate(origin).text().encode()
        except InputError as error:
            raise ConfigurationError(f"ACUSE_LOG_ORIGIN is {origin!r}, which cannot name a log: {error}") from error
