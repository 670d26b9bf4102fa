"""Registering calls, mending what was entered of them, and telling which case they are about.

What came of a call is in custody before the transaction that cites it. A crash before the commit leaves nothing of it.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.clock import to_rfc3339
from acuse.delivery.services.keeping import storable
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.helpdesk import rules
from acuse.helpdesk.call_rules import KIND, Entered, check_call
from acuse.helpdesk.models import Call, Interaction, Line, Ticket
from acuse.helpdesk.services.changes import by, changed, locked, told
from acuse.helpdesk.services.opening import Written, open_ticket, pass_to
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import Actor, ObjectReference


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The case that a call opens: who called, as far as they said, and what about."""

    name: str
    address: str
    type: str
    subject: str


def register_call(
    *,
    access: Access,
    call: Entered,
    ticket: UUID | None = None,
    goes_on: bool = False,
    opening: Opening | None = None,
) -> UUID:
    """Register a call, alone, in a case, or with the case that it opens; return it.

    Args:
        access: of a member who may act on cases; the call is theirs.
        call: what is known of it.
        ticket: the case that it is about.
        goes_on: the customer said what that case waited for, or does not agree: it is open again.
        opening: in place of `ticket`, the case that is opened with it.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such line or case, a value does not fit, or nothing says how a customer whose case is
            opened can be reached, or what they said.
        ConflictError: a term of the new case cannot be counted.
    """
    access.require_sender()
    entered = _checked(access, replace(call, member=access.member))
    if opening is not None and not entered.outcome:
        raise InputError("Write down what the customer said: it opens the case.")
    cited = _kept(access, entered.outcome)
    identity = uuid7()
    words = _words(access, entered, opening, identity) if opening is not None else None
    with transaction.atomic():
        if words is not None:
            ticket = open_ticket(organisation=access.organisation, written=words)
        case = locked(access, ticket) if ticket is not None else None
        row = Call(id=identity, organisation_id=access.organisation, ticket=case, recorded_at=clock.now())
        enter(row, entered)
        row.save(force_insert=True)
        record(fact_of(row, "call.registered", by(access), cited))
        if case is not None:
            _add(access, row, case, cited, said=words is None)
            if goes_on and words is None:
                pass_to(case, event="customer_wrote", actor=by(access))
    return row.id


def correct_call(*, access: Access, call: UUID, entered: Entered) -> None:
    """Mend what was entered of a call; its reference and its case stay.

    Raises:
        AccessDenied: the member may not. InputError: there is no such call or line, or a value does not fit.
        ConflictError: the line that it is moved to has a call of its reference.
    """
    access.require_sender()
    checked = _checked(access, entered)
    cited = _kept(access, checked.outcome)
    try:
        with transaction.atomic():
            row = _locked(access, call)
            enter(row, replace(checked, reference=row.reference, member=row.member_id))
            row.save()
            record(fact_of(row, "call.corrected", by(access), cited))
    except IntegrityError as error:
        raise ConflictError("That line has a call of the same reference already.") from error


def link_call(*, access: Access, call: UUID, ticket: UUID, goes_on: bool = False) -> None:
    """Tell which case a call is about; told anew, the case that it was in keeps saying that it was.

    Raises:
        AccessDenied: the member may not. InputError: there is no such call or case.
        ConflictError: it is in that case already.
    """
    access.require_sender()
    found = Call.objects.filter(organisation_id=access.organisation, id=call).first()
    if found is None:
        raise _missing()
    cited = _kept(access, found.outcome)
    with transaction.atomic():
        case = locked(access, ticket)
        row = _locked(access, call)
        if row.ticket_id == case.id:
            raise ConflictError("The call is in that case already.")
        row.ticket = case
        row.save(update_fields=["ticket"])
        record(fact_of(row, "call.corrected", by(access), cited))
        _add(access, row, case, cited, said=True)
        if goes_on:
            pass_to(case, event="customer_wrote", actor=by(access))


def fact_of(row: Call, type: str, actor: Actor, cited: tuple[ObjectReference, ...]) -> FactDraft:
    """Return the fact that says what is known of a call.

    Args:
        row: the call. type: "call.registered" or "call.corrected".
        actor: whoever entered it. cited: what came of it, or the file that it came in.
    """
    known = {
        "number": row.number,
        "ticket": str(row.ticket_id) if row.ticket_id else "",
        "member": str(row.member_id) if row.member_id else "",
        "reference": row.reference,
    }
    return FactDraft(
        organisation=row.organisation_id,
        subject_kind=KIND,
        subject_id=row.id,
        type=type,
        actor=actor,
        details={
            "line": str(row.line_id),
            "started_at": to_rfc3339(row.started_at),
            "result": row.result,
            "waited": row.waited,
            "talked": row.talked,
            **{name: value for name, value in known.items() if value},
        },
        objects=cited,
        occurred_at=row.started_at,
    )


def enter(row: Call, call: Entered) -> None:
    """Write what is known of a call into its row."""
    row.line_id, row.started_at, row.result, row.number = call.line, call.started_at, call.result, call.number
    row.waited, row.talked, row.outcome = call.waited, call.talked, call.outcome
    row.reference, row.member_id = call.reference, call.member


def _checked(access: Access, call: Entered) -> Entered:
    line = Line.objects.filter(organisation_id=access.organisation, id=call.line).first()
    if line is None:
        raise InputError("There is no such line.")
    return check_call(replace(call, outcome=storable(call.outcome).strip()), now=clock.now())


def _kept(access: Access, outcome: str) -> tuple[ObjectReference, ...]:
    """Keep what came of a call; nothing where nothing is said."""
    if not outcome:
        return ()
    kept = custody.keep(organisation=access.organisation, content=outcome.encode(), media_type="text/plain")
    return (refer("outcome", kept),)


def _words(access: Access, call: Entered, opening: Opening, identity: UUID) -> Written:
    """Return what a call says that opens a case, kept as it was entered."""
    words = {"name": opening.name, "subject": opening.subject, "text": call.outcome, "number": call.number}
    kept = custody.keep(organisation=access.organisation, content=canonicalise(words), media_type="application/json")
    return Written(
        channel="phone",
        address=rules.check_address(opening.address),
        number=call.number,
        name=opening.name.strip()[:200],
        language=access.view.language,
        subject=opening.subject,
        text=call.outcome,
        occurred_at=call.started_at,
        actor=by(access),
        basis="stated",
        form_type=rules.check_type(opening.type),
        message=refer("message", kept),
        call=identity,
    )


def _locked(access: Access, call: UUID) -> Call:
    row = Call.objects.select_for_update(no_key=True).filter(organisation_id=access.organisation, id=call).first()
    if row is None:
        raise _missing()
    return row


def _missing() -> InputError:
    return InputError("There is no such call.")


def _add(access: Access, row: Call, case: Ticket, cited: tuple[ObjectReference, ...], *, said: bool) -> None:
    """Enter a call in a case that the caller locked; `said`: with what came of it, which opened the case otherwise."""
    fact = told(
        case,
        "call.added",
        by(access),
        {
            "call": str(row.id),
            "line": str(row.line_id),
            "result": row.result,
            "started_at": to_rfc3339(row.started_at),
        },
        objects=cited,
        occurred_at=row.started_at,
    )
    if said and row.outcome:
        Interaction.objects.create(
            id=uuid7(),
            ticket=case,
            sequence=fact.subject_sequence,
            kind=Interaction.Kind.CALL,
            channel="phone",
            occurred_at=row.started_at,
            author=row.number,
            member_id=access.member,
            text=row.outcome,
            sha256=cited[0].sha256,
            media_type=cited[0].media_type,
        )
    case.last_at = clock.now()
    changed(case, "last_at")
