"""Where the sandbox keeps what it accepted: one folder for each domain, message and envelope side by side.

`DOMAIN/new/NAME.eml` holds the message byte for byte (dots unstuffed), `DOMAIN/new/NAME.json` its envelope. The
number and the size of what is kept are limited; the oldest go first.
"""

import json
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from acuse import clock

Envelope = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One accepted message: its bytes and its envelope (sender, recipients, parameters, client, TLS, time)."""

    content: bytes
    envelope: Envelope


class Mailboxes:
    """The accepted messages of all domains under one folder.

    Args:
        directory: the folder; created when missing.
        most_messages: of one domain.
        most_bytes: of one domain.
    """

    def __init__(self, directory: Path, *, most_messages: int = 2000, most_bytes: int = 500_000_000) -> None:
        self._directory = directory
        self._most_messages = most_messages
        self._most_bytes = most_bytes
        self._known: dict[str, deque[tuple[Path, int]]] = {}
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds messages

    def keep(self, domain: str, content: bytes, envelope: Envelope, *, moment: datetime) -> None:
        """Keep a message; a crash leaves a file in `tmp`, which nobody reads, or an envelope without its message."""
        kept = self._of(domain)
        name = f"{moment:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        folder = self._directory / domain
        at = clock.to_rfc3339(moment)
        described = json.dumps({**envelope, "at": at, "size": len(content)}, ensure_ascii=True, indent=1)
        (folder / "new" / f"{name}.json").write_text(described)
        temporary = folder / "tmp" / name
        temporary.write_bytes(content)
        path = temporary.replace(folder / "new" / f"{name}.eml")
        kept.append((path, len(content)))
        total = sum(size for _, size in kept)
        while len(kept) > self._most_messages or (total > self._most_bytes and len(kept) > 1):
            oldest, size = kept.popleft()
            total -= size
            oldest.unlink(missing_ok=True)
            oldest.with_suffix(".json").unlink(missing_ok=True)

    def _of(self, domain: str) -> deque[tuple[Path, int]]:
        if domain not in self._known:
            for folder in ("new", "tmp"):
                (self._directory / domain / folder).mkdir(parents=True, exist_ok=True)
            present = sorted((self._directory / domain / "new").glob("*.eml"))
            self._known[domain] = deque((path, path.stat().st_size) for path in present)
        return self._known[domain]


def messages(directory: Path, domain: str) -> list[Kept]:
    """Return what a domain of the sandbox has accepted, oldest first.

    Args:
        directory: folder of the mailboxes.
        domain: name of the domain.
    """
    return [
        Kept(content=path.read_bytes(), envelope=json.loads(path.with_suffix(".json").read_bytes()))
        for path in sorted((directory / domain / "new").glob("*.eml"))
    ]
