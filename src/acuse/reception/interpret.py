"""Reading what came in: its bytes from custody, its origin from the DNS, and only then the transaction that says so."""

from dataclasses import replace
from uuid import UUID

from acuse.errors import ConflictError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.rules import INSTALLATION
from acuse.reception import queries, rules
from acuse.reception.origin.answers import Answers, LookUp
from acuse.reception.origin.checks import check_origin, is_temporary
from acuse.reception.queries import ItemView
from acuse.reception.readings import AUTHORED, Reading, read_message
from acuse.reception.services import classify


class OriginUnknown(TemporaryError):
    """The DNS could not tell now where a message came from."""


def interpret(*, item: UUID, lease: UUID, look_up: LookUp) -> str:
    """Read one message and write down what it is.

    Args:
        item: which one.
        lease: under which it is claimed.
        look_up: asks the DNS.

    Returns:
        What it turned out to be.

    Raises:
        OriginUnknown: it is worth another try.
        ConflictError: another worker took it over, or it was erased meanwhile.
        AcuseError: custody cannot give or keep what is needed.
    """
    seen = queries.item_view(item)
    if seen is None:
        raise ConflictError("The message was erased before it was read.")
    raw = custody.open_object(organisation=seen.organisation, sha256=seen.sha256)
    found = read_message(raw)
    if found.reading in AUTHORED and _named(seen):
        found = _with_origin(found, seen, raw, look_up)
    classify(item=item, lease=lease, found=found)
    return found.reading


def _named(seen: ItemView) -> bool:
    """Tell whether a true token brought it: of what anybody can write to nobody, no DNS is asked."""
    return seen.communication is not None or seen.organisation != INSTALLATION


def _with_origin(found: Reading, seen: ItemView, raw: bytes, look_up: LookUp) -> Reading:
    answers = Answers(look_up=look_up)
    authentication = check_origin(
        raw, ip=seen.client_ip, helo=seen.client_helo, mail_from=seen.mail_from, at=seen.received_at, answers=answers
    )
    if is_temporary(authentication) and seen.tries + 1 < rules.MOST_ORIGIN_TRIES:
        raise OriginUnknown("The DNS could not tell now where the message came from.")
    return replace(found, authentication=authentication, answers=answers.to_json())
