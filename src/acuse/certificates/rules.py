"""Pure rules of certificates: codes, when one is due, when an older one is superseded."""

import secrets
from collections.abc import Iterable, Sequence
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


def embedded(facts: Iterable[Fact]) -> Sequence[tuple[Fact, ObjectReference]]:
    """Return what a document holds of the objects that facts cite, each once, with the first fact that cites it.

    Args:
        facts: of one subject, from its first.
    """
    found: dict[str, tuple[Fact, ObjectReference]] = {}
    withheld = _SEALED
    for fact in facts:
        if fact.subject_sequence == 1 and fact.details.get("mode") == "notice":
            withheld = _SEALED | _LINKED
        for item in fact.objects:
            if _is_held(fact, item, withheld):
                found.setdefault(item.sha256, (fact, item))
    return tuple(found.values())


def _is_held(fact: Fact, item: ObjectReference, withheld: frozenset[str]) -> bool:
    if fact.subject.kind == TICKET:
        return item.role in _OF_TICKETS or (item.role == "message" and fact.subject_sequence == 1)
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
