"""Pure rules of the telephone: what may be said of a line and of a call."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from acuse.contacts import rules as contacts
from acuse.errors import InputError
from acuse.proof.facts.phone import LONGEST, RESULTS

KIND = "call"
"""Of the subject of its facts."""
MOST_NUMBER, MOST_REFERENCE, MOST_OUTCOME = 32, 120, 20_000
MOST_LINES = 100
"""Of one organisation."""
_MOST_NAME = 120
AHEAD = timedelta(minutes=5)
"""By how much an exchange's clock may be fast."""
_FIRST_YEAR = 2000
_WITHHELD = frozenset(
    {"", "anonymous", "anonimo", "unknown", "desconocido", "private", "privado", "restricted", "withheld", "oculto"}
)


@dataclass(frozen=True, kw_only=True)
class Entered:
    """What is known of a call.

    Attributes:
        line: on which it came in.
        started_at: when it began to ring; aware.
        result: of `acuse.proof.facts.phone.RESULTS`.
        waited, talked: seconds, from 0 to `LONGEST`; None where nobody knows.
        number: of the caller, as `read_number` returns it; "" where it was withheld.
        outcome: what came of it, in words.
        reference: the exchange's own name of the call.
        member: who took it, or entered it.
    """

    line: UUID
    started_at: datetime
    result: str
    waited: int | None = None
    talked: int | None = None
    number: str = ""
    outcome: str = ""
    reference: str = ""
    member: UUID | None = None


def check_line(*, name: str, number: str) -> tuple[str, str]:
    """Return name and number of a line as they are kept: the number as people read it.

    Raises:
        InputError: one is missing or too long, or the number has no digits.
    """
    named, numbered = contacts.line(name), contacts.line(number)
    if not 1 <= len(named) <= _MOST_NAME:
        raise InputError("The name of a line takes 1 to %(most)s characters.", most=_MOST_NAME)
    if len(numbered) > MOST_NUMBER or len(digits(numbered)) < 2:
        raise InputError("Write the number of the line as customers dial it, with %(most)s signs.", most=MOST_NUMBER)
    return named, numbered


def check_call(call: Entered, *, now: datetime) -> Entered:
    """Return a call if what is said of it fits together.

    Raises:
        InputError: the first of `faults_of`.
    """
    for error in faults_of(call, now=now).values():
        raise error
    return call


def faults_of(call: Entered, *, now: datetime) -> dict[str, InputError]:
    """Return all that does not fit of what is said of a call, by the field that is to be mended.

    That is: its time lies ahead or long ago, its result is no choice, a duration or a text is too long, or somebody
    talked though nobody answered.
    """
    found: dict[str, InputError] = {}
    if call.started_at > now + AHEAD:
        found["started_at"] = InputError("The call would begin in the future. Mend its day and hour.")
    elif call.started_at.year < _FIRST_YEAR:
        found["started_at"] = InputError(
            "The call would begin before the year %(year)s. Mend its day.", year=_FIRST_YEAR
        )
    if call.result not in RESULTS:
        found["result"] = InputError("Choose whether the call was answered, lost or abandoned.")
    elif call.talked and call.result != "answered":
        found["talked"] = InputError("Nobody answered, so nobody can have talked: mend the result or the time.")
    for name, seconds in (("waited", call.waited), ("talked", call.talked)):
        if seconds is not None and not 0 <= seconds <= LONGEST:
            found[name] = InputError("A call waits or talks for at most 24 hours.")
    if len(call.outcome) > MOST_OUTCOME:
        found["outcome"] = InputError("What came of a call takes at most %(most)s characters.", most=MOST_OUTCOME)
    return found


def read_number(text: str) -> str:
    """Return a caller's number as it is kept: with its country's prefix where it is a public one; "" where withheld.

    Args:
        text: as somebody or an exchange wrote it, such as ``600 11 22 33`` or ``"Ana" <600112233>``.

    Raises:
        InputError: it is too long to be a number.
    """
    inner = text[text.rfind("<") + 1 : text.rfind(">")] if text.rstrip().endswith(">") and "<" in text else text
    written = contacts.line(inner)
    if contacts.plain(written) in _WITHHELD:
        return ""
    try:
        return contacts.key("phone", written)
    except InputError:
        # An extension, or a short number: kept as the exchange writes it.
        if len(written) > MOST_NUMBER:
            raise InputError("A number has at most %(most)s signs.", most=MOST_NUMBER) from None
        return written


@lru_cache(maxsize=1024)
def same_line(text: str) -> str:
    """Return what a number or a name of a line is compared by."""
    number = digits(text)
    if len(number) < 2 or any(sign.isalpha() for sign in text):
        return contacts.plain(text)
    try:
        return contacts.key("phone", text)
    except InputError:
        return number


def digits(text: str) -> str:
    """Return the digits of a text."""
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())
