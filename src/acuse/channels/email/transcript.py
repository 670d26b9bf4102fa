"""The dialogue as evidence: JSON Lines, one event a line, bytes as they were.

`{"at": RFC 3339, "from": "client"|"server"|"dns"|"connect"|"tls"|"policy", "text": ...}`; bytes that are not UTF-8 are
`{"base64": ...}` instead of `text`. A message body is never stored here: `{"message": {"sha256", "size"}}` stands for
it, because the body is a custody object of its own. Secrets of AUTH are replaced before they get here.
"""

import base64
import json

from acuse import clock
from acuse.channels.base import Json


class Transcript:
    """Events in the order they happened."""

    def __init__(self, earlier: tuple[Json, ...] = ()) -> None:
        self._events: list[Json] = list(earlier)

    def add(self, source: str, **members: object) -> None:
        """Add one event that carries JSON values."""
        self._events.append({"at": clock.to_rfc3339(clock.now()), "from": source, **members})

    def add_bytes(self, source: str, content: bytes) -> None:
        """Add bytes of the wire, line ends included."""
        try:
            self.add(source, text=content.decode("utf-8"))
        except UnicodeDecodeError:
            self.add(source, base64=base64.b64encode(content).decode("ascii"))

    def extend(self, events: tuple[Json, ...]) -> None:
        """Add events that happened before, with their own times."""
        self._events += events

    def events(self) -> tuple[Json, ...]:
        """Return the events so far."""
        return tuple(self._events)

    def to_bytes(self) -> bytes:
        """Return JSON Lines: UTF-8, sorted members, one LF after each line."""
        rows = (json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for one in self._events)
        return "".join(f"{row}\n" for row in rows).encode("utf-8")
