"""Agreement: asking for it, hearing it, and what silence may do.

A case is closed when the customer agrees; or, where the organisation allows it, when the term of a certified notice of
closing ran out in silence (`acuse.helpdesk.queries.closing`). Never merely because a deadline lapsed (Ley 10/2025,
article 13).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery.queries import taken_at
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk import rules
from acuse.helpdesk.models import ConformityRequest, Outgoing, Ticket
from acuse.helpdesk.queries.closing import notices_over, silent
from acuse.helpdesk.queries.writing import NOT_ASKED, agree_link, answered_at, leads_to_question, of_question
from acuse.helpdesk.services.opening import pass_to, settings_of
from acuse.helpdesk.services.replies import Answer, cancel, discarded_where_refused, insert, prepare
from acuse.proof.facts.fact import Actor
from acuse.proof.facts.ticket import KIND

MOST_COMMENTS = 4_000
#: The least that a customer has to answer a notice of closing.
LEAST_TERM = timedelta(days=10)
_BATCH = 100


def ask_conformity(*, access: Access, ticket: UUID, answer: Answer, request: UUID, revision: int | None) -> UUID:
    """Ask the customer whether they agree, by a certified message; return the queued answer.

    A question that waits already is withdrawn: its link says so from then on.

    Args:
        access: of a member who may act on cases.
        ticket: which one.
        answer: what to say; it is certified whatever it says, and a link to agree in it becomes that of `request`.
        request: the identifier that the question will have.
        revision: see `acuse.helpdesk.services.replies.reply`.

    Raises:
        AccessDenied, InputError, ConflictError: as `reply` does; InputError also where the link is missing.
    """
    access.require_sender()
    row = Ticket.objects.filter(organisation_id=access.organisation, id=ticket).first()
    if row is None:
        raise InputError("There is no such case.")
    if answer.act == "closing_notice":
        _check_closing(row, answer)
    body = _asking(answer.body, request)
    asked = replace(answer, body=body, certified=True, act=answer.act or "conformity", request=request)
    prepared = prepare(row, answer=asked)
    with discarded_where_refused(access.organisation, prepared), transaction.atomic():
        # The case first, as everywhere: whoever answers an older question at this moment waits, or goes before.
        row = Ticket.objects.select_for_update(no_key=True).get(id=row.id)
        for unsent in Outgoing.objects.filter(ticket=row, state=Outgoing.State.WAITING, request__isnull=False):
            cancel(unsent)
        _withdraw(row, Actor(kind="member", id=str(access.member)))
        if ConformityRequest.objects.filter(id=request).exists():
            raise ConflictError("Something happened in this case since you opened it. Look at it, then send again.")
        ConformityRequest.objects.create(id=request, ticket=row, asked_at=clock.now())
        insert(row, prepared=prepared, member=access.member, revision=revision)
    return prepared.id


def _asking(body: str, request: UUID) -> str:
    """Return a body with the link of its question: without one the customer could not answer, yet silence would."""
    if request == NOT_ASKED:
        raise InputError("There is no such question.")
    asking = of_question(body, request)
    if not leads_to_question(asking, request):
        raise InputError(
            "The link with which the customer says whether they agree is missing or was changed. "
            "Write it in again, and no other like it: %(link)s",
            link=agree_link(request),
        )
    return asking


def _withdraw(row: Ticket, actor: Actor) -> None:
    """Withdraw the question that waits in a case that the caller locked; one that never left was not asked."""
    waiting = ConformityRequest.objects.filter(ticket=row, answered_at=None, withdrawn_at=None).first()
    if waiting is None:
        return
    waiting.withdrawn_at = clock.now()
    waiting.save(update_fields=["withdrawn_at"])
    if waiting.communication is not None:
        record(
            FactDraft(
                organisation=row.organisation_id,
                subject_kind=KIND,
                subject_id=row.id,
                type="conformity.withdrawn",
                actor=actor,
                details={"request": str(waiting.id)},
            )
        )


def _check_closing(ticket: Ticket, answer: Answer) -> None:
    rules.check_closing(allowed=settings_of(ticket.organisation_id).closing_allowed)
    check_answered(ticket)
    if answer.term_until is None or answer.term_until < clock.now() + LEAST_TERM:
        raise InputError("A notice of closing gives the customer at least %(days)s days.", days=LEAST_TERM.days)


def check_answered(ticket: Ticket) -> None:
    """Check that the customer was sent an answer that they have not disagreed with: of another nobody can ask.

    Raises:
        ConflictError: they were sent none, or none since they disagreed.
    """
    answered = answered_at(ticket)
    if answered is None:
        raise ConflictError("No answer was sent to this customer yet: there is nothing to agree with. Answer first.")
    if ConformityRequest.objects.filter(ticket=ticket, agreed=False, answered_at__gte=answered).exists():
        raise ConflictError("The customer did not agree, and was sent no answer since. Answer first.")


def answer_conformity(
    *,
    request: UUID,
    agreed: bool,
    by: str,
    words: str,
    comments: str,
    actor: Actor,
    client: Mapping[str, str] | None = None,
    reception: UUID | None = None,
) -> None:
    """Record that the customer agrees, or does not; the case is resolved, or open again.

    Args:
        request: the question.
        agreed: what they said.
        by: "link", where somebody pressed a button behind it; "reply", where a message said it.
        words: of the button, or of the message.
        comments: their own.
        actor: who said it.
        client: address and program, by the link. reception: the message, by a reply.

    Raises:
        ConflictError: it was answered or withdrawn before, or there is no such question.
        InputError: the comments are too long.
    """
    if len(comments) > MOST_COMMENTS:
        raise InputError("Comments take at most %(most)s characters.", most=MOST_COMMENTS)
    with transaction.atomic():
        found = ConformityRequest.objects.filter(id=request).values_list("ticket_id", flat=True).first()
        if found is None:
            raise ConflictError("There is no such question any more.")
        # The case first, as everywhere: two who answer at once wait for each other here.
        ticket = Ticket.objects.select_for_update(no_key=True).get(id=found)
        row = ConformityRequest.objects.get(id=request)
        if row.answered_at or row.withdrawn_at:
            raise ConflictError("This question was answered already, or asked anew since.")
        row.answered_at, row.agreed = clock.now(), agreed
        row.save(update_fields=["answered_at", "agreed"])
        details: dict[str, Any] = {"by": by, "request": str(request), "words": words[:200], "comments": comments}
        if client is not None:
            details["client"] = dict(client)
        if reception is not None:
            details["reception"] = str(reception)
        record(
            FactDraft(
                organisation=ticket.organisation_id,
                subject_kind=KIND,
                subject_id=ticket.id,
                type="conformity.given" if agreed else "conformity.denied",
                actor=actor,
                details=details,
            )
        )
        ticket.last_at, ticket.revision = clock.now(), ticket.revision + 1
        ticket.waits_since = None if agreed else ticket.waits_since or clock.now()
        ticket.save(update_fields=["last_at", "revision", "waits_since"])
        pass_to(ticket, event="agreed" if agreed else "disagreed", actor=actor)


def close_silent() -> int:
    """Close the cases whose notice of closing had no answer within its term; return how many. One transaction each."""
    tickets = list(notices_over().values_list("ticket_id", flat=True)[:_BATCH])
    return sum(_close(ticket, Actor(kind="component", id="helpdesk")) for ticket in tickets)


def _reached_in_time(communication: UUID | None, term_until: datetime) -> bool:
    """Say whether a notice of closing reached the customer's side early enough for them to answer it."""
    reached_at = taken_at(communication) if communication else None
    return reached_at is not None and reached_at + LEAST_TERM <= term_until


@transaction.atomic
def _close(ticket: UUID, actor: Actor) -> bool:
    """Close a case, unless what happened before it was locked holds it open."""
    row = Ticket.objects.select_for_update(no_key=True).get(id=ticket)
    notice = silent(ticket)
    if notice is None or notice.term_until is None:
        return False
    waiting = ConformityRequest.objects.get(ticket=row, answered_at=None, withdrawn_at=None)
    if not _reached_in_time(waiting.communication, notice.term_until):
        # It stays so, and the page of the case says it.
        notice.term_until = None
        notice.save(update_fields=["term_until"])
        return False
    waiting.withdrawn_at = clock.now()
    waiting.save(update_fields=["withdrawn_at"])
    record(
        FactDraft(
            organisation=row.organisation_id,
            subject_kind=KIND,
            subject_id=row.id,
            type="term.expired",
            actor=actor,
            details={"term_until": clock.to_rfc3339(notice.term_until)},
            occurred_at=notice.term_until,
        )
    )
    row.revision += 1
    row.save(update_fields=["revision"])
    pass_to(row, event="closed_by_silence", actor=actor)
    return True
