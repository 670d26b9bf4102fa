"""What is done about a claim or a guarantee: each is a certified letter that says it, sent from the case.

Its words are those of a claim or of a guarantee, as the member says; both do the same. A letter is drafted from its
template, read and changed by a member, and sent as they left it. What it does to the deadlines follows from its fact,
as of any answer (`acuse.helpdesk.services.deadlines`):

| act | its letter says | deadlines |
|---|---|---|
| activation | the guarantee is active, from when to when | ends the first response |
| rejection | why it is rejected, and where to go then | ends the first response; the resolution runs on |
| documents | what is missing | ends the first response; what waits for documents stands still; the completion begins |
| suspension | why it waits | ends the first response; nothing stands still: a company stops no term by saying so |
| closing | that the case closes without an answer | ends the first response; see `acuse.helpdesk.services.conformity` |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.composition.queries import Composed
from acuse.errors import ConflictError, InputError
from acuse.helpdesk import rules
from acuse.helpdesk.models import Ticket
from acuse.helpdesk.queries.tickets import mine
from acuse.helpdesk.queries.writing import ACTS, agree_link, write_answer
from acuse.helpdesk.services.changes import described, keep_card, locked
from acuse.helpdesk.services.conformity import LEAST_TERM, ask_conformity, check_answered
from acuse.helpdesk.services.replies import Answer, discarded_where_refused, insert, prepare, queue
from acuse.helpdesk.services.writing import sending_mailbox

USES: Mapping[str, Mapping[str, str]] = {
    "claim": {
        "rejection": "ticket.rejection",
        "documents": "ticket.data_request",
        "suspension": "ticket.suspension",
        "closing": "ticket.closing_notice",
    },
    "guarantee": {
        "activation": "warranty.activation",
        "rejection": "warranty.rejection",
        "documents": "warranty.documents",
        "suspension": "warranty.suspension",
        "closing": "ticket.closing_notice",
    },
}
"""What a letter is about -> act -> the use of templates that it is written from."""

NEEDS_WORDS = frozenset({"rejection", "suspension"})
MOST_WORDS = 10_000
MOST_ITEMS = 50
LONGEST_ITEM = 300
LONGEST_TERM = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a member says of an act; each takes what it needs.

    Attributes:
        about: what the letter is about: a key of `USES`.
        product, purchase_date, guarantee_until_date: of what; kept on the case, unless the product is None: then the
            letter says nothing of it, and the case keeps what it knows.
        words: the reasons, or what else there is to say.
        items: documents that are missing.
        days: to answer a notice of closing.
    """

    about: str = "claim"
    product: str | None = None
    purchase_date: date | None = None
    guarantee_until_date: date | None = None
    words: str = ""
    items: Sequence[str] = ()
    days: int = LEAST_TERM.days


def check_given(act: str, given: Given, *, today: date) -> None:
    """Check what a member says of an act.

    Args:
        act: one that `USES` knows of what the letter is about.
        given: what they say. today: by the organisation's clock.

    Raises:
        InputError: something is missing or does not fit.
    """
    if act not in USES.get(given.about, {}):
        raise InputError("There is no such act.")
    rules.check_guarantee(
        purchase_date=given.purchase_date, guarantee_until_date=given.guarantee_until_date, today=today
    )
    if len(given.product or "") > 200 or len(given.words) > MOST_WORDS:
        raise InputError("That is too long.")
    if act == "activation":
        _check_activation(given, today)
    if act in NEEDS_WORDS and not given.words.strip():
        raise InputError("Say why: the customer has a right to the reasons.")
    if act == "documents":
        _check_items(given.items)
    if act == "closing" and not LEAST_TERM <= timedelta(days=given.days) <= LONGEST_TERM:
        raise InputError("A notice of closing gives the customer at least %(days)s days.", days=LEAST_TERM.days)


def _check_activation(given: Given, today: date) -> None:
    if not (given.product or "").strip():
        raise InputError("Say of which product or work it is the guarantee.")
    if given.guarantee_until_date is None:
        raise InputError("Say until when the guarantee lasts.")
    if given.guarantee_until_date < today:
        raise InputError("This guarantee is over already: it cannot be activated.")


def _check_items(items: Sequence[str]) -> None:
    if not items or len(items) > MOST_ITEMS or any(len(one) > LONGEST_ITEM for one in items):
        raise InputError(
            "Name what is missing, a line each: 1 to %(most)s lines of at most %(longest)s characters.",
            most=MOST_ITEMS,
            longest=LONGEST_ITEM,
        )


def draft(*, access: Access, ticket: UUID, act: str, given: Given, request: UUID) -> Composed:
    """Return the letter of an act, its marks still to be changed by whoever sends it.

    Args:
        access, ticket, act, given: see `send`.
        request: the identifier that the question will have, where the letter asks for agreement.

    Raises:
        AccessDenied: the member may not act on cases.
        InputError: there is no such case, or something is missing or does not fit.
        ConflictError: a notice of closing, and nothing was answered yet.
        OutsideCalendar: the customer's term would end after all that its calendar covers.
    """
    access.require_sender()
    row = _found(access, ticket)
    check_given(act, given, today=_today(access))
    if act == "closing":
        check_answered(row)
    use = USES[given.about][act]
    return write_answer(access, ticket=row.id, use=use, answer=given.words, **_values(act, given, request))


def send(
    *,
    access: Access,
    ticket: UUID,
    act: str,
    given: Given,
    subject: str,
    body: str,
    request: UUID,
    revision: int | None,
) -> None:
    """Send the letter of an act, certified, as a member left it; what it is about is kept on the case.

    Args:
        access: of a member who may act on cases.
        ticket: which one.
        act, given: see `check_given`.
        subject, body: the letter.
        request: as it was drafted with.
        revision: of the case as the member saw it; None to send whatever happened meanwhile.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such case, or something is missing or does not fit.
        ConflictError: the case changed since, is at no point where that can be done, or nothing can be sent.
    """
    access.require_sender()
    row = _found(access, ticket)
    if revision is not None and row.revision != revision:
        raise ConflictError("Something happened in this case since you opened it. Look at it, then send again.")
    letter = draft(access=access, ticket=ticket, act=act, given=given, request=request)
    use = USES[given.about][act]
    done = ACTS[use]
    rules.next_status(row.status, event=rules.event_of(done, waits=False))
    sending_mailbox(row)
    answer = Answer(
        subject=subject.strip()[:300] or letter.subject,
        body=body,
        language=row.language,
        certified=True,
        act=done,
        template=str(letter.template or use),
        template_version=letter.version,
        waits_for_customer=act == "documents",
        term_until=term_until(given) if act == "closing" else None,
    )
    if act == "closing":
        ask_conformity(access=access, ticket=ticket, answer=answer, request=request, revision=row.revision)
    elif given.product is None:
        queue(row, answer=answer, member=access.member, revision=revision)
    else:
        _send_described(access, row, answer, given, given.product, revision)


def _send_described(
    access: Access, row: Ticket, answer: Answer, given: Given, product: str, revision: int | None
) -> None:
    """Keep which product a letter is about and queue it, both or neither."""
    about = {
        "product": product.strip(),
        "purchase_date": given.purchase_date,
        "guarantee_until_date": given.guarantee_until_date,
    }
    kept = keep_card(access, about)
    prepared = prepare(row, answer=answer)
    with discarded_where_refused(access.organisation, prepared), transaction.atomic():
        ticket = locked(access, row.id, revision=revision)
        described(access, ticket, about, kept)
        insert(ticket, prepared=prepared, member=access.member)


def _found(access: Access, ticket: UUID) -> Ticket:
    row = mine(access).filter(id=ticket).first()
    if row is None:
        raise InputError("There is no such case.")
    return row


def _today(access: Access) -> date:
    return clock.now().astimezone(ZoneInfo(access.view.time_zone)).date()


def term_until(given: Given) -> datetime:
    """Return when a notice of closing runs out; a minute later than asked, so that reading it takes nothing away."""
    return clock.now() + timedelta(days=given.days, minutes=1)


def _values(act: str, given: Given, request: UUID) -> dict[str, Any]:
    """Return the variables of the letter that the case does not know yet."""
    if act == "closing":
        return {"deadline__due": term_until(given), "conformity__link": agree_link(request)}
    values: dict[str, Any] = {
        "product__name": (given.product or "").strip(),
        "product__purchased_on": given.purchase_date,
        "warranty__ends_on": given.guarantee_until_date,
    }
    if act == "activation":
        values["warranty__starts_on"] = given.purchase_date
    if act == "suspension":
        values["ticket__suspended_at"] = values["warranty__suspended_at"] = clock.now()
    if act == "documents":
        values["request__items"] = list(given.items)
    return values
