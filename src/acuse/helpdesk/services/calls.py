"""Registering calls, mending what was entered of them, and telling which case they are about.

What came of a call is in custody before the transaction that cites it. A crash before the commit leaves nothing of it.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.clock import to_rfc3339
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.evidence.queries import facts_of
from acuse.helpdesk import rules
from acuse.helpdesk.call_rules import KIND, Entered, check_call
from acuse.helpdesk.models import Call, Interaction, Line, Ticket
from acuse.helpdesk.services.changes import by, changed, locked, told
from acuse.helpdesk.services.opening import Written, open_ticket, pass_to
from acuse.proof.canonical import canonicalise
from acuse.proof.facts import ticket as tickets
from acuse.proof.facts.fact import Actor, Fact, ObjectReference
from acuse.texts import storable

_OF_CALLS = frozenset({"call.added", "call.amended"})
#: What a form says that is sent twice, besides the line.
_REPEATED = ("started_at", "result", "number", "waited", "talked", "outcome")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The case that a call opens: who called, as far as they said, what about; `language` "": their card's, or ours."""

    name: str
    address: str
    type: str
    subject: str
    language: str = ""


def register_call(
    *,
    access: Access,
    call: Entered,
    ticket: UUID | None = None,
    goes_on: bool = False,
    opening: Opening | None = None,
    identity: UUID | None = None,
) -> UUID:
    """Register a call, alone, in a case, or with the case that it opens; return it.

    Asked twice with one identity, as by a form that is sent twice, it is registered once.

    Args:
        access: of a member who may act on cases; the call is theirs.
        call: what is known of it.
        ticket: the case that it is about.
        goes_on: the customer said what that case waited for, or does not agree: it is open again.
        opening: in place of `ticket`, the case that is opened with it.
        identity: that the call will have; None for a new one.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such line or case, a value does not fit, or nothing says how a customer whose case is
            opened can be reached, or what they said.
        ConflictError: a term of the new case cannot be counted, or the identity is that of a call that says something
            else.
    """
    access.require_sender()
    entered = _checked(access, replace(call, member=access.member))
    if opening is not None and not entered.outcome:
        raise InputError("Write down what the customer said: it opens the case.")
    if identity is not None and _is_registered(access, identity, entered):
        return identity
    cited = _kept(access, entered.outcome)
    made = identity or uuid7()
    words = _words(access, entered, opening, made) if opening is not None else None
    try:
        with transaction.atomic():
            if words is not None:
                ticket = open_ticket(organisation=access.organisation, written=words)
            case = locked(access, ticket) if ticket is not None else None
            row = Call(id=made, organisation_id=access.organisation, ticket=case, recorded_at=clock.now())
            enter(row, entered)
            row.save(force_insert=True)
            record(fact_of(row, "call.registered", by(access), cited))
            if case is not None:
                _add(access, row, case, cited, said=words is None)
                if goes_on and words is None:
                    pass_to(case, event="customer_wrote", actor=by(access))
    except IntegrityError:
        # The same was asked twice at once, and the other came first.
        if not _is_registered(access, made, entered):
            raise
    return made


def correct_call(*, access: Access, call: UUID, entered: Entered) -> None:
    """Mend what was entered of a call, and what its case says of it; its reference and its case stay.

    Raises:
        AccessDenied: the member may not. InputError: there is no such call or line, or a value does not fit.
        ConflictError: the line that it is moved to has a call of its reference, or another case was named meanwhile.
    """
    access.require_sender()
    checked = _checked(access, entered)
    found = _found(access, call)
    cited = _kept(access, checked.outcome)
    try:
        with transaction.atomic():
            # The case first, as everywhere.
            case = locked(access, found.ticket_id) if found.ticket_id is not None else None
            row = _locked(access, call)
            if row.ticket_id != found.ticket_id:
                raise _overtaken()
            before = row.outcome
            enter(row, replace(checked, reference=row.reference, member=row.member_id))
            row.save()
            record(fact_of(row, "call.corrected", by(access), cited))
            if case is not None:
                _amend(access, row, case, cited, before=before)
    except IntegrityError as error:
        raise ConflictError("That line has a call of the same reference already.") from error


def link_call(*, access: Access, call: UUID, ticket: UUID, goes_on: bool = False) -> None:
    """Tell which case a call is about; told anew, the case that it was in keeps saying that it was.

    Raises:
        AccessDenied: the member may not. InputError: there is no such call or case.
        ConflictError: it is in that case already, or was corrected at this moment.
    """
    access.require_sender()
    found = _found(access, call)
    cited = _kept(access, found.outcome)
    with transaction.atomic():
        case = locked(access, ticket)
        row = _locked(access, call)
        if row.ticket_id == case.id:
            raise ConflictError("The call is in that case already.")
        if row.outcome != found.outcome:
            raise _overtaken()
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
        language=opening.language,
        subject=opening.subject,
        text=call.outcome,
        # A telephone's clock may be ahead; nobody opened a case in time to come.
        occurred_at=min(call.started_at, clock.now()),
        actor=by(access),
        basis="stated",
        form_type=rules.check_type(opening.type),
        message=refer("message", kept),
        call=identity,
    )


def _is_registered(access: Access, identity: UUID, call: Entered) -> bool:
    """Say whether a call of that identity is there. Raises ConflictError where it says something else."""
    row = Call.objects.filter(organisation_id=access.organisation, id=identity).first()
    if row is None:
        return False
    if any(getattr(row, name) != getattr(call, name) for name in _REPEATED) or row.line_id != call.line:
        raise ConflictError(
            "This form registered a call already, with other values. To register another, send it once more."
        )
    return True


def _overtaken() -> ConflictError:
    return ConflictError("Somebody changed this call at this moment. Look at it, then try again.")


def _found(access: Access, call: UUID) -> Call:
    return _one(Call.objects.all(), access, call)


def _locked(access: Access, call: UUID) -> Call:
    return _one(Call.objects.select_for_update(no_key=True), access, call)


def _one(rows: "QuerySet[Call]", access: Access, call: UUID) -> Call:
    row = rows.filter(organisation_id=access.organisation, id=call).first()
    if row is None:
        raise InputError("There is no such call.")
    return row


def _add(access: Access, row: Call, case: Ticket, cited: tuple[ObjectReference, ...], *, said: bool) -> None:
    """Enter a call in a case that the caller locked; `said`: with what came of it, which opened the case otherwise."""
    fact = _tell(access, row, case, "call.added", cited)
    if said and row.outcome:
        _say(row, case, fact, cited, member=access.member)
    case.last_at = clock.now()
    changed(case, "last_at")


def _amend(access: Access, row: Call, case: Ticket, cited: tuple[ObjectReference, ...], *, before: str) -> None:
    """Have a case that the caller locked say of a call what holds now; `before` is what had come of it.

    What opened the case stays as the customer got it in their receipt: other words of that call are said besides.
    """
    entered = [
        one.fact.subject_sequence
        for one in facts_of(organisation=case.organisation_id, kind=tickets.KIND, id=case.id)
        if one.fact.type in _OF_CALLS and one.fact.details["call"] == str(row.id)
    ]
    fact = _tell(access, row, case, "call.amended", cited)
    said = case.interactions.filter(kind=Interaction.Kind.CALL, sequence__in=entered).order_by("-sequence").first()
    if said is not None:
        said.delete()
    if row.outcome and (said is not None or row.outcome != before):
        _say(row, case, fact, cited, member=said.member_id if said is not None else access.member)
    case.last_at = clock.now()
    changed(case, "last_at")


def _tell(access: Access, row: Call, case: Ticket, type: str, cited: tuple[ObjectReference, ...]) -> Fact:
    details: dict[str, object] = {
        "call": str(row.id),
        "line": str(row.line_id),
        "result": row.result,
        "started_at": to_rfc3339(row.started_at),
    }
    return told(case, type, by(access), details, objects=cited, occurred_at=row.started_at)


def _say(row: Call, case: Ticket, fact: Fact, cited: tuple[ObjectReference, ...], *, member: UUID | None) -> None:
    Interaction.objects.create(
        id=uuid7(),
        ticket=case,
        sequence=fact.subject_sequence,
        kind=Interaction.Kind.CALL,
        channel="phone",
        occurred_at=row.started_at,
        author=row.number,
        member_id=member,
        text=row.outcome,
        sha256=cited[0].sha256,
        media_type=cited[0].media_type,
    )
