"""Whether silence closes a case: what holds it open though the term of its certified notice of closing ends.

Whoever wrote or called since the notice was not silent, whatever they said, in whichever case, and whether or not
somebody answered or took the call. Nor is it known to be silence while something lies unread that may have come before
the term's end: anything of the organisation that waits to be read or fetched, because only reading tells whose it is;
and of what was set aside, what came at an address of the case or from its customer's. What is set aside holds the case
open until it is read again. To hold a case open for longer than needed does no harm; to close it on somebody who spoke
does.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from acuse import clock
from acuse.contacts.queries import numbers_of, whose_mailbox
from acuse.evidence.following import WINDOW, ahead
from acuse.helpdesk.models import Call, ConformityRequest, Interaction, Outgoing, Settings
from acuse.reception.fetching.queries import not_fetched_since
from acuse.reception.queries import of_case, set_aside, unread

#: The follower that files what was read.
FILING, FILED_TYPE = "helpdesk.mail", "reception.classified"
#: After the end of the term: what came in the last moment is being taken in meanwhile.
GRACE = timedelta(minutes=10)
_AT_THE_END = ("unfetched", "unread")
_WORDS_OF_CUSTOMERS = (Interaction.Kind.MESSAGE, Interaction.Kind.CALL)


def _hindrances() -> Mapping[str, Any]:
    """Return what holds a case open, by name, the first to be told first; the outer row is its notice's."""
    ticket, address, since = OuterRef("ticket"), OuterRef("ticket__address"), OuterRef("created_at")
    came: dict[str, Any] = {
        "organisation": OuterRef("ticket__organisation"),
        "since": since,
        "until": OuterRef("term_until"),
    }
    letters = Interaction.objects.filter(ticket=OuterRef(OuterRef("ticket"))).values("communication")
    theirs = of_case(**came, ticket=ticket, letters=letters, address=address)
    contact, organisation = OuterRef("ticket__contact"), came["organisation"]
    said = Interaction.objects.filter(kind__in=_WORDS_OF_CUSTOMERS, occurred_at__gt=since)
    calls = Call.objects.filter(started_at__gt=since)
    heard = (
        # Whoever writes anew instead of answering opens another case; one of their address may be another contact's.
        said.filter(ticket__contact=contact),
        said.filter(ticket__contact__in=whose_mailbox(OuterRef(address), organisation=OuterRef(organisation))),
        said.filter(author=address, ticket__organisation=organisation),
        # A call may be in no case: nobody took it, or a file of the exchange's brought it.
        calls.filter(ticket__contact=contact),
        calls.filter(number__in=numbers_of(OuterRef(contact)), organisation=organisation),
    )
    allowed = Settings.objects.filter(organisation=came["organisation"], closing_allowed=True)
    unfetched = not_fetched_since(came["until"], organisation=came["organisation"])
    return {
        "forbidden": ~Exists(allowed),
        "heard": reduce(or_, map(Exists, heard)),
        "aside": Exists(set_aside(theirs)),
        "unfetched": Exists(unfetched),
        "unread": Exists(unread(**came)),
    }


def _out() -> "QuerySet[Outgoing]":
    """Return the notices of closing that were sent and whose questions wait for an answer."""
    asked = ConformityRequest.objects.filter(id=OuterRef("request"), answered_at=None, withdrawn_at=None)
    return Outgoing.objects.filter(
        Exists(asked), act="closing_notice", state=Outgoing.State.SENT, ticket__status="pending_conformity"
    )


def notices_over() -> "QuerySet[Outgoing]":
    """Return the notices of closing whose term ran out in silence, the oldest first, where silence may close a case.

    What was read and not filed yet is asked for notice by notice, with `silent`.
    """
    free = [~one for one in _hindrances().values()]
    return _out().filter(*free, term_until__lte=clock.now() - GRACE).order_by("term_until")


def silent(ticket: UUID) -> Outgoing | None:
    """Return the notice by which silence closes a case, None where it does not."""
    notices = notices_over().filter(ticket=ticket)
    notice = notices.first()
    if notice is None or _has_unfiled(notice):
        return None
    return notices.first()  # asked again: what was unfiled a moment ago may be in a case by now


def _has_unfiled(notice: Outgoing) -> bool:
    """Say whether something that came in time, and may be the customer's, was read but has not joined its case yet."""
    waiting = ahead(FILING, type=FILED_TYPE)
    if not waiting or notice.term_until is None:
        return False
    ticket = notice.ticket
    theirs = of_case(
        organisation=ticket.organisation_id,
        since=notice.created_at,
        until=notice.term_until,
        ticket=ticket.id,
        letters=Interaction.objects.filter(ticket=ticket).values("communication"),
        address=ticket.address,
    )
    return len(waiting) == WINDOW or theirs.filter(id__in=waiting).exists()


def held_open(ticket: UUID) -> str:
    """Return why silence does not close a case whose notice of closing is out, "" where it may or none is.

    Returns:
        "heard": the customer wrote or called since. "forbidden": the organisation does not allow it. "aside": something
        of the customer's is set aside. "unfetched": the term is over, and a mailbox was not fetched since. "unread": it
        is over, and what came before waits to be read or filed. "late": the notice did not reach the customer's side in
        time.
    """
    notice = _out().filter(ticket=ticket).first()
    if notice is None:
        return ""
    if notice.term_until is None:
        return "late"
    is_over = notice.term_until <= clock.now()
    mine = _out().filter(id=notice.id)
    asked = {name: one for name, one in _hindrances().items() if is_over or name not in _AT_THE_END}
    held = next((name for name, one in asked.items() if mine.filter(one).exists()), "")
    return held or ("unread" if is_over and _has_unfiled(notice) else "")
