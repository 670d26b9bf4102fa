"""What a domain says of its mail servers by MTA-STS (RFC 8461): the announcement, the policy, what it covers. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Protocol

from acuse import clock
from acuse.errors import InputError

MAX_POLICY = 64 * 1024  # bytes (RFC 8461 3.3)
_MAX_AGE = 31_557_600  # seconds (RFC 8461 3.2)
_MAX_PATTERNS = 1000
_SHOWN_PATTERNS = 20

_ANNOUNCEMENT = re.compile(rb"v=STSv1[ \t]*(?:;|\Z)")
_IDENTIFIER = re.compile(r"[A-Za-z0-9]{1,32}\Z")
_SECONDS = re.compile(r"[0-9]{1,10}\Z")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_PATTERN = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*\.?\Z")


class InvalidPolicy(InputError):
    """The text is no MTA-STS policy, so that the domain has none."""


@dataclass(frozen=True, kw_only=True)
class StsPolicy:
    """A policy as published.

    Args:
        mode: "enforce", "testing" or "none". mx: patterns of host names, in lower case. max_age: how long it holds.
    """

    mode: str
    mx: tuple[str, ...]
    max_age: timedelta

    def covers(self, host: str) -> bool:
        """Whether a mail host is one of the domain's by this policy; "*." stands for exactly one label (4.1)."""
        name = host.lower().rstrip(".")
        _, _, parent = name.partition(".")
        return name in self.mx or (parent != "" and f"*.{parent}" in self.mx)


@dataclass(frozen=True, kw_only=True)
class KeptPolicy:
    """A policy that was fetched, until when it holds, and the identifier that announced it.

    Args:
        text: as fetched, so that what is made of it can be made again.
    """

    domain: str
    identifier: str
    text: str
    fetched_at: datetime
    expires_at: datetime

    @cached_property
    def policy(self) -> StsPolicy:
        """Return what the text says; it was read before it was kept."""
        return parse(self.text.encode())

    @cached_property
    def source(self) -> tuple[str, ...]:
        """Return the policy in lines, as facts record it."""
        said = self.policy
        shown = tuple(f"mx: {pattern}" for pattern in said.mx[:_SHOWN_PATTERNS])
        more = (f"and {len(said.mx) - _SHOWN_PATTERNS} more",) if len(said.mx) > _SHOWN_PATTERNS else ()
        age = f"max_age: {said.max_age // timedelta(seconds=1)}"
        fetched = f"fetched: {clock.to_rfc3339(self.fetched_at)}"
        return (f"id: {self.identifier}", f"mode: {said.mode}", *shown, *more, age, fetched)


class PolicyStore(Protocol):
    """Where policies outlive a restart: without it, each restart would trust the network anew (RFC 8461 10.2)."""

    def load(self, domain: str) -> KeptPolicy | None:
        """Return what is kept of a domain, whether it still holds or not.

        Raises:
            TemporaryError: it is not known.
        """

    def save(self, kept: KeptPolicy) -> None:
        """Keep a policy in the place of what was kept of its domain.

        Raises:
            TemporaryError: it could not be kept.
        """


class MemoryStore:
    """Policies of this process alone."""

    def __init__(self) -> None:
        self._kept: dict[str, KeptPolicy] = {}

    def load(self, domain: str) -> KeptPolicy | None:
        """Return what is kept of a domain."""
        return self._kept.get(domain)

    def save(self, kept: KeptPolicy) -> None:
        """Keep a policy."""
        self._kept[kept.domain] = kept


def announced(texts: tuple[bytes, ...]) -> str | None:
    """Return the identifier of the policy that TXT records announce, or None where they announce none (3.1).

    Args:
        texts: of `_mta-sts.` and the domain, each with its strings joined.
    """
    candidates = [text for text in texts if _ANNOUNCEMENT.match(text)]
    if len(candidates) != 1:  # RFC 8461 3.1: more than one counts as none
        return None
    fields = candidates[0].decode("ascii", "replace").split(";")[1:]
    pairs = [(key.strip(" \t"), value.strip(" \t")) for key, _, value in (field.partition("=") for field in fields)]
    identifiers = [value for key, value in pairs if key == "id"]
    return identifiers[0] if identifiers and _IDENTIFIER.match(identifiers[0]) else None


def parse(raw: bytes) -> StsPolicy:
    """Read a policy (3.2). Keys that are not known are passed over; of one that may stand once, the first counts.

    Raises:
        InvalidPolicy: it is too long, not UTF-8, or lacks what a policy must say.
    """
    if len(raw) > MAX_POLICY:
        raise InvalidPolicy(f"The policy has more than {MAX_POLICY} bytes.")
    if b"\0" in raw:
        raise InvalidPolicy("The policy has a zero byte, which no database keeps.")
    try:
        lines = raw.decode("utf-8").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidPolicy("The policy is not UTF-8.") from error
    fields: dict[str, str] = {}
    patterns: list[str] = []
    for line in lines:
        key, separator, rest = line.partition(":")
        key, value = key.strip(" \t"), rest.strip(" \t")
        if separator and key == "mx":
            patterns.append(value.lower())
        elif separator:
            fields.setdefault(key, value)
    return _checked(fields, patterns)


def _checked(fields: dict[str, str], patterns: list[str]) -> StsPolicy:
    mode, age = fields.get("mode", ""), fields.get("max_age", "")
    if fields.get("version") != "STSv1":
        raise InvalidPolicy("The policy is not of version STSv1.")
    if mode not in {"enforce", "testing", "none"}:
        raise InvalidPolicy("The policy has no mode that is known.")
    if not _SECONDS.match(age):
        raise InvalidPolicy("The policy does not say how long it holds.")
    if not patterns and mode != "none":
        raise InvalidPolicy("The policy names no mail server.")
    if len(patterns) > _MAX_PATTERNS or not all(len(one) <= 255 and _PATTERN.match(one) for one in patterns):
        raise InvalidPolicy("The policy names mail servers in a form that is not known.")
    mx = tuple(pattern.rstrip(".") for pattern in patterns)
    return StsPolicy(mode=mode, mx=mx, max_age=timedelta(seconds=min(int(age), _MAX_AGE)))
