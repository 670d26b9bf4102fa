"""Whether silence closes a case: what holds it open though the term of its certified notice of closing ends.

Whoever wrote or called since the notice was not silent, whatever they said and whether or not somebody answered. Nor is
it known to be silence while something lies unread that came before the term's end: anything of the organisation that
waits to be read or fetched, because only reading tells whose it is; and of what was set aside, what came at an address
of the case or from its customer's. What is set aside holds the case open until it is read again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from acuse import clock
from acuse.evidence.following import is_ahead
from acuse.helpdesk.models import Call, ConformityRequest, Interaction, Outgoing, Settings
from acuse.proof.facts.reception import KIND as RECEPTION
from acuse.reception.fetching.queries import not_fetched_since
from acuse.reception.queries import of_case, set_aside, unread

#: The follower that files what was read.
FILING, FILED_TYPE = "helpdesk.mail", "reception.classified"
_WORDS_OF_CUSTOMERS = (Interaction.Kind.MESSAGE, Interaction.Kind.CALL)


def _hindrances() -> Mapping[str, Any]:
    """Return what holds a case open, by name, the first to be told first; the outer row is its notice's."""
    ticket, since = OuterRef("ticket"), OuterRef("created_at")
    came: dict[str, Any] = {
        "organisation": OuterRef("ticket__organisation"),
        "since": since,
        "until": OuterRef("term_until"),
    }
    letters = Interaction.objects.filter(ticket=OuterRef(OuterRef("ticket"))).values("communication")
    theirs = of_case(**came, ticket=ticket, letters=letters, address=OuterRef("ticket__address"))
    wrote = Interaction.objects.filter(ticket=ticket, kind__in=_WORDS_OF_CUSTOMERS, occurred_at__gt=since)
    called = Call.objects.filter(ticket=ticket, started_at__gt=since)
    allowed = Settings.objects.filter(organisation=came["organisation"], closing_allowed=True)
    unfetched = not_fetched_since(came["until"], organisation=came["organisation"])
    return {
        "heard": Exists(wrote) | Exists(called),
        "forbidden": ~Exists(allowed),
        "aside": Exists(set_aside(theirs)),
        "unread": Exists(unread(**came)) | Exists(unfetched),
    }


def _out() -> "QuerySet[Outgoing]":
    """Return the notices of closing that were sent and whose questions wait for an answer."""
    asked = ConformityRequest.objects.filter(id=OuterRef("request"), answered_at=None, withdrawn_at=None)
    return Outgoing.objects.filter(
        Exists(asked), act="closing_notice", state=Outgoing.State.SENT, ticket__status="pending_conformity"
    )


def notices_over() -> "QuerySet[Outgoing]":
    """Return the notices of closing whose term ran out in silence, the oldest first, where silence may close a case.

    What was read and not filed yet is asked for with `has_unfiled`, notice by notice.
    """
    silent = [~one for one in _hindrances().values()]
    return _out().filter(*silent, term_until__lte=clock.now()).order_by("term_until")


def has_unfiled(notice: Outgoing, *, until: datetime) -> bool:
    """Say whether something that came in time, and may be the customer's, was read but has not joined its case yet.

    Args:
        notice: one of closing. until: the end of its term.
    """
    ticket = notice.ticket
    theirs = of_case(
        organisation=ticket.organisation_id,
        since=notice.created_at,
        until=until,
        ticket=ticket.id,
        letters=Interaction.objects.filter(ticket=ticket).values("communication"),
        address=ticket.address,
    )
    items = list(theirs.values_list("id", flat=True))
    return bool(items) and is_ahead(FILING, kind=RECEPTION, subjects=items, type=FILED_TYPE)


def held_open(ticket: UUID) -> str:
    """Return why silence does not close a case whose notice of closing is out, "" where it may or none is.

    Returns:
        "heard": the customer wrote or called since. "forbidden": the organisation does not allow it. "aside": something
        of the customer's is set aside. "unread": the term is over, and what came before waits to be read. "late": the
        notice did not reach the customer's side in time.
    """
    notice = _out().filter(ticket=ticket).first()
    if notice is None:
        return ""
    if notice.term_until is None:
        return "late"
    is_over = notice.term_until <= clock.now()
    mine = _out().filter(id=notice.id)
    held = (name for name, one in _hindrances().items() if (is_over or name != "unread") and mine.filter(one).exists())
    return next(held, "")
