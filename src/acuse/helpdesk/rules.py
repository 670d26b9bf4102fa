"""Pure rules of the desk: which status follows which, who may do what to a case, tracking keys."""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from acuse.errors import ConflictError, InputError
from acuse.mail.mailboxes import mailbox
from acuse.proof.facts.ticket import PRIORITIES, STATUSES, TYPE_NAMES

OPEN_STATUSES = ("new", "open", "pending_customer", "pending_conformity", "reopened")
CLOSED_STATUSES = ("resolved", "closed_without")

#: What happens to a case -> the status it had -> the one it has then. What is not here is refused.
TRANSITIONS: Mapping[str, Mapping[str, str]] = {
    "answered": {"new": "open", "open": "open", "reopened": "reopened", "pending_customer": "pending_customer"}
    | {"pending_conformity": "pending_conformity", "resolved": "resolved", "closed_without": "closed_without"},
    "asked_customer": dict.fromkeys(("new", "open", "reopened", "pending_customer"), "pending_customer"),
    "asked_conformity": dict.fromkeys(
        ("new", "open", "reopened", "pending_customer", "pending_conformity"), "pending_conformity"
    ),
    "customer_wrote": {"new": "new", "open": "open", "reopened": "reopened", "pending_customer": "open"}
    | {"pending_conformity": "pending_conformity", "resolved": "reopened", "closed_without": "reopened"},
    "agreed": dict.fromkeys(OPEN_STATUSES, "resolved"),
    "disagreed": dict.fromkeys(OPEN_STATUSES, "reopened") | dict.fromkeys(CLOSED_STATUSES, "reopened"),
    "closed_by_silence": dict.fromkeys(("pending_customer", "pending_conformity"), "closed_without"),
    "reopened": dict.fromkeys((*CLOSED_STATUSES, "pending_customer", "pending_conformity"), "reopened"),
    "taken_up": {"new": "open", "pending_customer": "open"},
}

#: How long a sent answer can be taken back.
UNDO = timedelta(seconds=10)

#: What an answer does -> what that means to the case; all others are answers.
EVENTS = {"data_request": "asked_customer", "conformity": "asked_conformity", "closing_notice": "asked_conformity"}

#: RFC 5322 section 3.6.4, as far as we repeat what others wrote.
_IDENTIFIER = re.compile(r"<[!-;=?-~]{1,900}>", re.ASCII)
_MOST_REFERENCES = 20

#: What is to be filled in stands between these, which nobody writes.
_PLACE = ("⟦", "⟧")

#: No 0 and O, 1, I and L, U and V: read out on the telephone, copied by hand.
_LETTERS = "ACDEFGHJKMNPQRTWXYZ2346789"
_KEY = re.compile(r"[A-Z]{2,4}-[0-9]{4,9}-[A-Z0-9]{6}")
_KEY_LETTERS = 6

_EARLIEST = date(1950, 1, 1)
_LONGEST_GUARANTEE = timedelta(days=50 * 366)


def next_status(status: str, *, event: str) -> str:
    """Return the status of a case after something happened to it.

    Args:
        status: before. event: a key of `TRANSITIONS`.

    Raises:
        ConflictError: that cannot happen to a case of this status.
    """
    after = TRANSITIONS[event].get(status)
    if after is None:
        raise ConflictError("This case is not at a point where that can be done. Reload the page and look again.")
    return after


def event_of(act: str, *, waits: bool) -> str:
    """Return what an answer means to its case: a key of `TRANSITIONS`.

    Args:
        act: see `acuse.proof.facts.ticket.ACTS`. waits: the customer has to do something.
    """
    return "asked_customer" if waits else EVENTS.get(act, "answered")


def place(words: str) -> str:
    """Return a place in a letter that somebody has to fill in."""
    return f"{_PLACE[0]}{words}{_PLACE[1]}"


def check_filled(body: str) -> None:
    """Check that nothing is left to be filled in.

    Raises:
        InputError: there is a place still.
    """
    if any(mark in body for mark in _PLACE):
        raise InputError(
            "Something is still to be filled in: replace what stands between %(open)s and %(close)s.",
            open=_PLACE[0],
            close=_PLACE[1],
        )


def make_key(*, prefix: str, number: int) -> str:
    """Return a tracking key, such as `RIB-0431-7QK2MA`: prefix, number, and six letters that nobody guesses.

    Six of 26 signs are 28 bits; keys are looked up under a limit of tries, and open nothing without the reply address
    or the secret link.
    """
    word = "".join(secrets.choice(_LETTERS) for _ in range(_KEY_LETTERS))
    return f"{prefix}-{number:04d}-{word}"


def thread(message_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the Message-IDs of a case, the oldest first, as an answer refers to them: those that have the form of one.

    Args:
        message_ids: of what came and went, the oldest first.
    """
    sound = [one for one in message_ids if _IDENTIFIER.fullmatch(one)]
    return tuple(sound[-_MOST_REFERENCES:])


def check_key(text: str) -> str:
    """Return a tracking key as it is kept, from how somebody typed it.

    Raises:
        InputError: it has not the form of one.
    """
    key = re.sub(r"[\s\u2010-\u2015]+", "-", text.strip().upper())
    if _KEY.fullmatch(key):
        return key
    raise InputError("A tracking key looks like RIB-0431-7QK2MA. You find it in the receipt that you were sent.")


def check_choice(value: str, *, among: tuple[str, ...]) -> str:
    """Return a word that is one of those allowed.

    Raises:
        InputError: it is none of them.
    """
    if value in among:
        return value
    raise InputError("Choose one of %(names)s.", names=", ".join(among))


def check_address(address: str) -> str:
    """Return an e-mail address to which answers can go; "" for none.

    Raises:
        InputError: it is no address.
    """
    given = address.strip()
    if not given or mailbox(given) is not None:
        return given
    raise InputError("Write an e-mail address such as ana@correo.example.")


def check_guarantee(*, purchase_date: date | None, guarantee_until_date: date | None, today: date) -> None:
    """Check what a case says of a purchase and its guarantee.

    Args:
        purchase_date, guarantee_until_date: None where it is not known. today: by the organisation's clock.

    Raises:
        InputError: something was bought in the future, or its guarantee ends before it was bought.
    """
    if purchase_date is not None and not _EARLIEST <= purchase_date <= today:
        raise InputError("The date of purchase lies in the past: nothing can have been bought after today.")
    if guarantee_until_date is not None and not _EARLIEST <= guarantee_until_date <= today + _LONGEST_GUARANTEE:
        raise InputError("The guarantee ends within 50 years.")
    if purchase_date is not None and guarantee_until_date is not None and guarantee_until_date <= purchase_date:
        raise InputError("The guarantee ends after the day of purchase.")


def check_closing(*, allowed: bool) -> None:
    """Check that an organisation lets silence close its cases.

    Raises:
        ConflictError: it does not.
    """
    if not allowed:
        raise ConflictError("The organisation does not close cases by silence. An owner can allow it in the settings.")


def check_type(value: str) -> str:
    """Return a type of case. Raises InputError where there is no such type."""
    return check_choice(value, among=TYPE_NAMES)


def check_priority(value: str) -> str:
    """Return a priority. Raises InputError where there is no such priority."""
    return check_choice(value, among=PRIORITIES)


def check_status(value: str) -> str:
    """Return a status. Raises InputError where there is no such status."""
    return check_choice(value, among=STATUSES)
