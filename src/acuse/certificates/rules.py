"""Pure rules of certificates: codes, when one is due, when an older one is superseded."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from acuse.proof.facts.deadline import KIND as TICKET
from acuse.proof.facts.fact import Fact, ObjectReference

#: Crockford's alphabet: digits and letters without I, L, O and U, which are misread.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_GROUPS, _GROUP = 4, 4

#: How long one worker may hold a request, and how often a failed one is tried again.
LEASE = timedelta(minutes=5)
RETRY_AFTER = timedelta(seconds=10)
RETRY_CAP = timedelta(minutes=10)
#: Nothing stays final and not certified longer than this without an alarm.
ALARM_AFTER = timedelta(minutes=1)
#: How long a request waits for a time stamp over its facts before it is issued without, to be upgraded later.
ANCHOR_PATIENCE = timedelta(seconds=30)

LEVELS = ("B-B", "B-T", "B-LTA")

#: Types of fact that a certificate issued before must be superseded for, the weightiest first.
CHANGES = (
    "acceptance.given",
    "content.rejected",
    "term.expired",
    "content.accessed",
    "bounce.received",
    "delivery.confirmed",
    "reply.received",
    "disposition.received",
    "complaint.received",
    "auto_reply.received",
)

#: Documents sealed before are evidence of themselves; embedding each in the next would double every revision.
_SEALED = frozenset({"certificate", "proof-bundle"})
#: The notice carries the recipient's link, and what comes back may quote it: who reads it could act as the recipient.
_LINKED = frozenset({"sent-copy", "report", "reply"})

#: Of a ticket: what its deadlines are counted from, and what opened it. What is written later may quote links that act
#: in the customer's name, and notes are for the company alone.
_OF_TICKETS = frozenset({"calendar", "rule"})
#: Of a case's record besides: all that was said to the customer and by them.
_SAID = frozenset({"message", "attachment", "outcome"})
#: What members said among themselves, where it is asked for.
_INTERNAL = frozenset({"note", "card"})

#: Kinds of document; see `acuse.certificates.models.Certificate.Kind`.
RECEIPT, RECORD, RECORD_WITH_NOTES = "receipt", "record", "record-notes"
RECORDS = (RECORD, RECORD_WITH_NOTES)

#: Above this many bytes an object travels in the `.zip` bundle and the document says so (evidence.md section 6).
EMBEDDED_LIMIT = 25_000_000
#: Bytes of all that a case's record embeds, and of what its bundle holds: what is beyond stays in custody.
RECORD_LIMIT = 40_000_000
BUNDLE_LIMIT = 150_000_000
#: Communications whose facts come along with a case.
MOST_COMMUNICATIONS = 200


@dataclass(frozen=True, kw_only=True)
class Held:
    """Where the objects are that a document is made of, each with the first fact that cites it.

    Attributes:
        inside: in the document and in its bundle. beside: in the bundle alone. left: in custody alone.
    """

    inside: tuple[tuple[Fact, ObjectReference], ...]
    beside: tuple[tuple[Fact, ObjectReference], ...]
    left: tuple[tuple[Fact, ObjectReference], ...]


def held(facts: Iterable[Fact], *, kind: str) -> Held:
    """Say where a document has the objects that its facts cite.

    Args:
        facts: of its subject, from its first; of a case's record, then those of its communications.
        kind: of document.
    """
    inside, beside, left = [], [], []
    embedded_octets = octets = 0
    for fact, item in embedded(facts, kind=kind):
        whole = kind not in RECORDS or item.role in _OF_TICKETS
        if item.size <= EMBEDDED_LIMIT and (whole or embedded_octets + item.size <= RECORD_LIMIT):
            inside.append((fact, item))
            embedded_octets += item.size
        elif whole or octets + item.size <= BUNDLE_LIMIT:
            beside.append((fact, item))
        else:
            left.append((fact, item))
            continue
        octets += item.size
    return Held(inside=tuple(inside), beside=tuple(beside), left=tuple(left))


def embedded(facts: Iterable[Fact], *, kind: str) -> Sequence[tuple[Fact, ObjectReference]]:
    """Return what a document is made of, of the objects that facts cite, each once, with the first fact that cites it.

    Args:
        facts: of one subject, from its first; of a case's record, then those of its communications.
        kind: of document.
    """
    found: dict[str, tuple[Fact, ObjectReference]] = {}
    withheld = _SEALED
    for fact in facts:
        if fact.subject_sequence == 1 and fact.details.get("mode") == "notice":
            withheld = _SEALED | _LINKED
        for item in fact.objects:
            if _is_held(fact, item, withheld, kind):
                found.setdefault(item.sha256, (fact, item))
    return tuple(found.values())


def _is_held(fact: Fact, item: ObjectReference, withheld: frozenset[str], kind: str) -> bool:
    if kind in RECORDS:
        internal = kind == RECORD_WITH_NOTES and item.role in _INTERNAL
        return internal or item.role in _SAID or item.role in _OF_TICKETS
    if fact.subject.kind == TICKET:
        first = fact.subject_sequence == 1
        said = item.role == "message" or (kind == RECEIPT and item.role == "attachment")
        return item.role in _OF_TICKETS or (first and said)
    return item.role not in withheld


def new_code() -> str:
    """Return a random code of four groups of four (80 bits), such as `7KQM-4T2H-9XWD-3PFA`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_GROUPS * _GROUP))
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def normalise_code(text: str) -> str | None:
    """Return the code that a person typed, or None when it cannot be one: case, spaces and look-alikes are mended."""
    beginning = normalise_beginning(text)
    return beginning if beginning is not None and len(beginning) == _GROUPS * (_GROUP + 1) - 1 else None


def normalise_beginning(text: str) -> str | None:
    """Return at least the first group of a code, mended likewise, or None when no code can begin like that."""
    letters = "".join(text.upper().split()).replace("-", "").translate(_MISREAD)
    if not _GROUP <= len(letters) <= _GROUPS * _GROUP or any(letter not in ALPHABET for letter in letters):
        return None
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def retry_wait(tries: int) -> timedelta:
    """Return how long a request waits after so many failures."""
    wait: timedelta = RETRY_AFTER * 2 ** min(tries, 10)
    return min(wait, RETRY_CAP)


def is_lower(level: str, wanted: str) -> bool:
    """Tell whether `level` proves less than `wanted`."""
    return LEVELS.index(level) < LEVELS.index(wanted)
