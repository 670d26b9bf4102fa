"""Acts on claims and guarantees: the letter each sends, what it checks, and what it does to the deadlines."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from acuse import clock
from acuse.calendars.rules import DAY, Definition, Shift
from acuse.calendars.services import publish_calendar
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.helpdesk.models import Deadline, Outgoing, Ticket
from acuse.helpdesk.packs import pack
from acuse.helpdesk.queries.case import CaseView, case
from acuse.helpdesk.queries.guarantee import guarantee
from acuse.helpdesk.services import guarantee as guarantee_service
from acuse.helpdesk.services.changes import add_note
from acuse.helpdesk.services.conformity import answer_conformity, ask_conformity
from acuse.helpdesk.services.guarantee import USES, Given, check_given, draft, send
from acuse.helpdesk.services.policies import publish_policy
from acuse.helpdesk.services.replies import Prepared, prepare, reply, send_due
from acuse.helpdesk.services.settings import change_desk
from acuse.helpdesk.services.writing import Answer
from acuse.proof.facts.fact import Actor
from acuse.proof.policy import Policy
from tests.integration.helpdesk.making import Desk, letter
from tests.integration.helpdesk.test_case import answer, asking

TODAY = clock.now().astimezone(ZoneInfo("Europe/Madrid")).date()
BOUGHT, UNTIL = TODAY - timedelta(days=30), TODAY + timedelta(days=700)
GIVEN = Given(
    about="guarantee",
    product="Caja de cambios",
    purchase_date=BOUGHT,
    guarantee_until_date=UNTIL,
    words="El daño viene de un golpe.",
    items=("la factura", "una foto"),
    days=15,
)


@pytest.fixture
def claim(desk: Desk) -> UUID:
    """A claim under the standard terms, in a calendar that is always open."""
    calendar = publish_calendar(
        access=desk.owner,
        name="Siempre",
        zone="Europe/Madrid",
        definition=Definition(week=((Shift(0, DAY),),) * 7),
    )
    terms = pack("standard", calendar=calendar, language="es")
    publish_policy(access=desk.owner, terms=Policy(terms=terms).members(), base=0)
    change_desk(access=desk.owner, default_assignee=None, certify_replies=False, undo_seconds=10, closing_allowed=True)
    desk.receive(letter())
    return desk.ticket().id


def seen(desk: Desk) -> CaseView:
    found = case(desk.agent, id=desk.ticket().id)
    assert found is not None
    return found


def do(desk: Desk, act: str, given: Given = GIVEN) -> None:
    """Draft the letter, send it as it is, and let it leave."""
    ticket = desk.ticket()
    request = uuid4()
    written = draft(access=desk.agent, ticket=ticket.id, act=act, given=given, request=request)
    send(
        access=desk.agent,
        ticket=ticket.id,
        act=act,
        given=given,
        subject=written.subject,
        body=written.body,
        request=request,
        revision=ticket.revision,
    )
    Outgoing.objects.filter(state="waiting").update(due_at=clock.now())
    send_due()


def sent(desk: Desk) -> dict[str, object]:
    """Details of the last answer."""
    return dict([fact for fact in desk.facts() if fact.type == "reply.sent"][-1].details)


def states(ticket: UUID) -> dict[str, str]:
    return dict(Deadline.objects.filter(ticket_id=ticket).values_list("purpose", "state"))


@pytest.mark.parametrize(
    ("act", "done", "state"),
    [
        ("activation", "activation", "active"),
        ("rejection", "rejection", "rejected"),
        ("suspension", "suspension", "suspended"),
    ],
)
def test_an_act_sends_its_certified_letter_and_leaves_the_resolution_running(
    desk: Desk, claim: UUID, act: str, done: str, state: str
) -> None:
    do(desk, act)
    told = sent(desk)
    assert (told["act"], told["certified"]) == (done, True)
    assert told["template"] == {"id": USES["guarantee"][act], "version": 0}
    row = desk.ticket()
    assert (row.product, row.purchase_date, row.guarantee_until_date) == (GIVEN.product, BOUGHT, UNTIL)
    assert states(claim) == {"first_response": "met", "resolution": "running"}
    assert guarantee(desk.agent, seen(desk), today=TODAY).state == state


def test_asking_for_documents_stops_the_clock_and_gives_ten_business_days(desk: Desk, claim: UUID) -> None:
    written = draft(access=desk.agent, ticket=claim, act="documents", given=GIVEN, request=uuid4())
    assert "- la factura" in written.body
    assert "10 días hábiles" in written.body
    assert ", 23:59 (UTC+" in written.body, "by the organisation's clock"
    do(desk, "documents")
    assert sent(desk)["act"] == "data_request"
    paused = desk.only("deadline.paused")
    assert paused.details["reason"] == "documents"
    begun = [fact for fact in desk.facts() if fact.type == "deadline.started"][-1]
    assert begun.details["purpose"] == "completion"
    assert begun.details["term"] == {"amount": 10, "unit": "business_days"}
    assert desk.ticket().status == "pending_customer"
    assert states(claim) == {"first_response": "met", "resolution": "paused", "completion": "running"}
    assert guarantee(desk.agent, seen(desk), today=TODAY).state == "documents"


def test_what_the_customer_sends_ends_their_term_and_the_clock_goes_on(desk: Desk, claim: UUID) -> None:
    do(desk, "documents")
    desk.receive(
        letter(body="Aquí va la factura.", message_id="<m2@cliente.example>", In_Reply_To="<m1@cliente.example>")
    )
    assert states(claim) == {"first_response": "met", "resolution": "running", "completion": "met"}
    assert guarantee(desk.agent, seen(desk), today=TODAY).state == "studied"


def test_a_notice_of_closing_asks_for_agreement_with_a_term(desk: Desk, claim: UUID) -> None:
    reply(access=desk.agent, ticket=claim, answer=answer())
    send_due()
    do(desk, "closing")
    told = sent(desk)
    assert (told["act"], told["certified"]) == ("closing_notice", True)
    assert "term_until" in told
    assert "conformity.requested" in desk.types()
    assert desk.ticket().status == "pending_conformity"
    assert desk.ticket().product == "", "a closing says nothing of the product"
    assert states(claim)["first_response"] == "met"


def test_whoever_disagreed_is_answered_before_a_closing_is_announced(desk: Desk, claim: UUID) -> None:
    request = uuid4()
    ask_conformity(access=desk.agent, ticket=claim, answer=asking(), request=request, revision=None)
    send_due()
    customer = Actor(kind="contact", id=str(desk.ticket().contact_id))
    answer_conformity(request=request, agreed=False, by="link", words="No conforme", comments="", actor=customer)
    with pytest.raises(ConflictError, match="did not agree"):
        do(desk, "closing")
    reply(access=desk.agent, ticket=claim, answer=answer())
    send_due()
    do(desk, "closing")
    assert sent(desk)["act"] == "closing_notice"


@pytest.mark.parametrize(
    ("act", "changes"),
    [
        ("activation", {"about": "claim"}),
        ("rejection", {"about": "weather"}),
        ("activation", {"product": " "}),
        ("activation", {"product": None}),
        ("activation", {"guarantee_until_date": None}),
        ("activation", {"purchase_date": TODAY + timedelta(days=2)}),
        ("activation", {"guarantee_until_date": BOUGHT}),
        ("activation", {"guarantee_until_date": TODAY - timedelta(days=1)}),
        ("rejection", {"words": "  "}),
        ("suspension", {"words": ""}),
        ("documents", {"items": ()}),
        ("documents", {"items": ("x",) * 51}),
        ("documents", {"items": ("x" * 301,)}),
        ("closing", {"days": 3}),
        ("closing", {"days": 400}),
        ("erasure", {}),
    ],
)
def test_what_does_not_fit_is_refused(act: str, changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        check_given(act, replace(GIVEN, **changes), today=TODAY)  # type: ignore[arg-type]


def test_nothing_is_sent_or_noted_of_a_case_that_went_on_or_by_who_may_only_read(desk: Desk, claim: UUID) -> None:
    before = desk.types()
    given = {"ticket": claim, "act": "activation", "given": GIVEN, "subject": "", "body": "Hola.", "request": uuid4()}
    with pytest.raises(ConflictError):
        send(access=desk.agent, revision=desk.ticket().revision + 1, **given)  # type: ignore[arg-type]
    with pytest.raises(AccessDenied):
        send(access=desk.auditor, revision=None, **given)  # type: ignore[arg-type]
    with pytest.raises(InputError):
        send(access=desk.agent, revision=None, **{**given, "ticket": UUID(int=7)})  # type: ignore[arg-type]
    assert desk.types() == before


def test_a_letter_that_is_refused_leaves_no_card_behind(
    desk: Desk, claim: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens between reading the case and locking it refuses the letter and what it is about."""
    before, seen_revision = desk.types(), desk.ticket().revision

    def meanwhile(row: Ticket, *, answer: Answer) -> Prepared:
        made = prepare(row, answer=answer)
        add_note(access=desk.agent, ticket=claim, text="Espera: ha llamado.")
        return made

    monkeypatch.setattr(guarantee_service, "prepare", meanwhile)
    with pytest.raises(ConflictError):
        send(
            access=desk.agent,
            ticket=claim,
            act="activation",
            given=GIVEN,
            subject="",
            body="Hola.",
            request=uuid4(),
            revision=seen_revision,
        )
    assert desk.types() == [*before, "note.added"]
    assert desk.ticket().product == ""
    assert not Outgoing.objects.filter(ticket=claim, act="activation").exists()


def test_a_guarantee_that_is_over_says_so(desk: Desk, claim: UUID) -> None:
    do(desk, "activation")
    assert guarantee(desk.agent, seen(desk), today=UNTIL).state == "active"
    assert guarantee(desk.agent, seen(desk), today=UNTIL + timedelta(days=1)).state == "expired"
