"""The telephone: lines by their calendars, calls in and out of cases, and what is mended of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from acuse import clock
from acuse.calendars.presets import PRESETS
from acuse.calendars.rules import ClosedDay, Definition, Season, Shift
from acuse.calendars.services import publish_calendar
from acuse.contacts.queries import by_address
from acuse.delivery.models import Communication
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.queries import facts_of
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.models import Call, Interaction, Line, Outgoing, Ticket
from acuse.helpdesk.queries.calls import Filters, call, caller, calls, sums
from acuse.helpdesk.queries.closing import GRACE
from acuse.helpdesk.queries.lines import lines, public_lines
from acuse.helpdesk.services.calls import Opening, correct_call, link_call, register_call
from acuse.helpdesk.services.conformity import ask_conformity, close_silent
from acuse.helpdesk.services.lines import add_line, change_line, order_lines
from acuse.helpdesk.services.replies import Answer, reply, send_due
from acuse.helpdesk.services.settings import change_desk
from acuse.proof.facts.fact import Fact
from tests.integration.helpdesk.making import ANA, Desk, letter
from tests.integration.helpdesk.test_acts import at_once
from tests.integration.helpdesk.test_case import answer, asking

NUMBER = "+34600112233"


def facts(desk: Desk, kind: str, id: UUID) -> list[Fact]:
    return [one.fact for one in facts_of(organisation=desk.organisation, kind=kind, id=id)]


#: Of each line that tests make, by its name.
NUMBERS = {"Taller": "910 000 101", "Grúa": "910 000 102", "Interna": "910 000 103", "Otra": "910 000 104"}


def line(desk: Desk, name: str = "Atención", calendar: UUID | None = None, *, public: bool = True) -> UUID:
    number = NUMBERS.get(name, "910 000 100")
    return add_line(access=desk.owner, name=name, number=number, calendar=calendar, public=public)


def entered(line: UUID, **changes: object) -> Entered:
    made: dict[str, object] = {
        "line": line,
        "started_at": clock.now() - timedelta(minutes=10),
        "result": "answered",
        "waited": 12,
        "talked": 180,
        "number": NUMBER,
        "outcome": "Pregunta por su coche.",
    }
    return Entered(**{**made, **changes})  # type: ignore[arg-type]


def test_a_line_is_made_changed_and_recorded(desk: Desk) -> None:
    one = line(desk)
    with pytest.raises(ConflictError):
        line(desk)
    change_line(
        access=desk.owner, line=one, name="Atención", number="900 000 100", calendar=None, public=False, enabled=True
    )
    change_line(
        access=desk.owner, line=one, name="Atención", number="900 000 100", calendar=None, public=False, enabled=True
    )
    made, changed = facts(desk, "line", one)
    assert (made.type, made.details["number"]) == ("line.made", "910 000 100")
    assert (changed.type, changed.details["public"]) == ("line.changed", False)
    other = line(desk, "Taller")
    order_lines(access=desk.owner, lines=[other, one, uuid4()])
    assert [view.id for view in lines(desk.agent)] == [other, one]
    with pytest.raises(AccessDenied):
        add_line(access=desk.agent, name="Mía", number="910", calendar=None, public=True)
    with pytest.raises(InputError):
        add_line(access=desk.owner, name="Mía", number="910", calendar=uuid4(), public=True)


def test_two_lines_that_take_calls_never_have_one_number(desk: Desk) -> None:
    def add(name: str, number: str) -> UUID:
        return add_line(access=desk.owner, name=name, number=number, calendar=None, public=True)

    def change(line: UUID, name: str, number: str, *, enabled: bool = True) -> None:
        change_line(access=desk.owner, line=line, name=name, number=number, calendar=None, public=True, enabled=enabled)

    one, other = add("Atención", "958 223 344"), add("Taller", "958 223 345")
    refused = pytest.raises(ConflictError, match="“Atención” has this number already")
    for number in ("958223344", "+34 958 22 33 44", "0034 958-223-344"):
        with refused:
            add("Otra", number)
        with refused:
            change(other, "Taller", number)
    change(one, "Atención", "958-22-33-44")
    # A line that takes no more calls leaves its number to another, and gets it back only where nobody has it.
    change(one, "Atención", "958 223 344", enabled=False)
    change(other, "Taller", "958223344")
    with pytest.raises(ConflictError, match="“Taller” has this number"):
        change(one, "Atención", "958 223 344")
    change(one, "Atención vieja", "958 223 344", enabled=False)


def test_a_number_that_two_lines_have_from_before_keeps_neither_from_being_changed(desk: Desk) -> None:
    one, other = line(desk), line(desk, "Taller")
    Line.objects.filter(id=other).update(number="910000100")
    for name, enabled in (("Mostrador", True), ("Mostrador", False)):
        change_line(
            access=desk.owner, line=one, name=name, number="910 000 100", calendar=None, public=False, enabled=enabled
        )
    assert [view.name for view in lines(desk.agent) if not view.enabled] == ["Mostrador"]


def test_of_two_lines_of_one_number_that_are_entered_at_once_one_is(desk: Desk) -> None:
    def add(name: str) -> UUID:
        return add_line(access=desk.owner, name=name, number="910 000 100", calendar=None, public=True)

    assert sorted(at_once(lambda: add("Uno"), lambda: add("Dos"))) == [False, True]
    assert Line.objects.count() == 1


def test_a_public_line_says_whether_it_is_attended(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    week = ((Shift(540, 840), Shift(960, 1140)),) * 5 + ((Shift(1320, 1800),), ())
    summer = Season(name="Verano", begins=(7, 28), ends=(8, 29), week=((Shift(540, 900),),) * 5 + ((), ()))
    definition = Definition(
        week=week, seasons=(summer,), local=(ClosedDay(date=datetime(2026, 11, 9, tzinfo=UTC).date(), name="Almudena"),)
    )
    calendar = publish_calendar(access=desk.owner, name="Taller", zone="Europe/Madrid", definition=definition)
    line(desk, "Taller", calendar)
    line(desk, "Grúa")
    line(desk, "Interna", public=False)

    def seen(moment: str) -> tuple[bool, datetime | None, datetime | None]:
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment))
        taller, grua = public_lines(desk.organisation)
        assert grua.always
        assert grua.state is not None
        assert grua.state.open
        assert taller.state is not None
        assert taller.today is not None
        return taller.state.open, taller.state.until, taller.state.opens_at

    friday = seen("2026-11-20T13:00:00+00:00")
    assert friday == (False, None, datetime(2026, 11, 20, 15, tzinfo=UTC))
    assert seen("2026-11-20T10:00:00+00:00") == (True, datetime(2026, 11, 20, 13, tzinfo=UTC), None)
    # A holiday: the next opening is tomorrow's. In August other hours hold.
    assert seen("2026-11-09T10:00:00+00:00") == (False, None, datetime(2026, 11, 10, 8, tzinfo=UTC))
    assert seen("2026-08-03T14:00:00+00:00") == (False, None, datetime(2026, 8, 4, 7, tzinfo=UTC))
    taller, _grua = public_lines(desk.organisation)
    assert [day.shifts for day in taller.week[:1]] == [(Shift(540, 900),)]
    assert taller.week[0].season == summer
    # What began on Saturday night reaches into Sunday.
    assert seen("2026-11-22T04:00:00+00:00") == (True, datetime(2026, 11, 22, 5, tzinfo=UTC), None)
    taller, _grua = public_lines(desk.organisation)
    assert taller.yesterday == (Shift(0, 360),)
    # Today and the days that follow; those gone by had the hours of then.
    assert [day.date.isoformat() for day in taller.week] == [f"2026-11-{number}" for number in range(22, 29)]


def test_a_line_whose_calendar_ended_says_nothing_rather_than_something_wrong(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = publish_calendar(access=desk.owner, name="Taller", zone="Europe/Madrid", definition=PRESETS["office"])
    line(desk, "Taller", calendar)
    monkeypatch.setattr(clock, "now", lambda: datetime(2060, 1, 1, tzinfo=UTC))
    (one,) = public_lines(desk.organisation)
    assert (one.state, one.week, one.always) == (None, (), False)


def test_a_lost_call_belongs_to_no_case_and_is_a_fact(desk: Desk) -> None:
    given = entered(line(desk), result="lost", waited=31, talked=None, number="", outcome="")
    one = register_call(access=desk.agent, call=given)
    (fact,) = facts(desk, "call", one)
    assert fact.type == "call.registered"
    assert fact.details == {
        "line": str(given.line),
        "started_at": fact.details["started_at"],
        "result": "lost",
        "waited": 31,
        "talked": None,
        "member": str(desk.agent.member),
    }
    assert fact.occurred_at == given.started_at
    assert not fact.objects
    assert not Ticket.objects.exists()


def test_a_call_opens_a_case_and_a_later_letter_stays_in_it(desk: Desk) -> None:
    opening = Opening(name="Ana Prieto", address=ANA, type="claim", subject="Ruido al frenar")
    one = register_call(access=desk.agent, call=entered(line(desk)), opening=opening)
    ticket = desk.ticket()
    assert (ticket.channel, ticket.type, ticket.excerpt) == ("phone", "claim", "Pregunta por su coche.")
    assert desk.only("ticket.opened").details["call"] == str(one)
    assert desk.only("call.added").details["call"] == str(one)
    (fact,) = facts(desk, "call", one)
    assert fact.details["ticket"] == str(ticket.id)
    assert [reference.role for reference in fact.objects] == ["outcome"]
    assert custody.open_object(organisation=desk.organisation, sha256=fact.objects[0].sha256) == (
        b"Pregunta por su coche."
    )
    # Said once in the case: with what opened it.
    assert [said.kind for said in Interaction.objects.filter(ticket=ticket)] == ["call"]
    reply(
        access=desk.agent,
        ticket=ticket.id,
        answer=Answer(subject="Su llamada", body="Lo miramos.", language="es", certified=False, delay=timedelta()),
    )
    assert send_due() == 1
    ours = Outgoing.objects.get(automatic=False).message_id
    desk.receive(letter("Otro asunto", In_Reply_To=ours))
    assert desk.only("message.received").details["channel"] == "email"
    assert desk.ticket().id == ticket.id


def test_a_case_is_not_opened_in_time_to_come_where_the_clock_of_the_telephones_is_ahead(desk: Desk) -> None:
    ahead = clock.now() + timedelta(minutes=4)
    opening = Opening(name="Ana Prieto", address=ANA, type="claim", subject="Ruido al frenar")
    one = register_call(access=desk.agent, call=entered(line(desk), started_at=ahead), opening=opening)
    opened = desk.only("ticket.opened")
    assert opened.occurred_at <= opened.recorded_at
    (fact,) = facts(desk, "call", one)
    assert fact.occurred_at == Call.objects.get().started_at == ahead


def test_a_case_is_opened_for_a_number_alone_and_found_by_it(desk: Desk) -> None:
    opening = Opening(name="Eva", address="", type="inquiry", subject="Cita")
    register_call(access=desk.agent, call=entered(line(desk)), opening=opening)
    assert desk.ticket().contact_id == by_address(desk.organisation, channel="phone", value="600 112 233")
    found = caller(desk.agent, number="600112233")
    assert (found.name, [row.subject for row in found.cases]) == ("Eva", ["Cita"])
    nobody = replace(entered(line(desk, "Otra")), number="")
    with pytest.raises(InputError, match="reached"):
        register_call(access=desk.agent, call=nobody, opening=opening)
    with pytest.raises(InputError, match="what the customer said"):
        register_call(access=desk.agent, call=replace(nobody, outcome=" "), opening=opening)
    assert Call.objects.count() == 1


def test_a_call_joins_a_case_and_wakes_it_where_it_says_what_was_waited_for(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    Ticket.objects.filter(id=ticket.id).update(status="pending_customer")
    one = line(desk)
    register_call(access=desk.agent, call=entered(one, outcome="Aún busca la factura."), ticket=ticket.id)
    assert desk.ticket().status == "pending_customer"
    register_call(access=desk.agent, call=entered(one), ticket=ticket.id, goes_on=True)
    assert desk.ticket().status == "open"
    assert desk.types().count("call.added") == 2
    said = Interaction.objects.filter(ticket=ticket, kind="call").order_by("sequence")
    assert [(row.text, row.member_id) for row in said] == [
        ("Aún busca la factura.", desk.agent.member),
        ("Pregunta por su coche.", desk.agent.member),
    ]


def test_a_customer_who_called_was_not_silent_whoever_answered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    allow = {"default_assignee": None, "certify_replies": False, "undo_seconds": 10, "closing_allowed": True}
    change_desk(access=desk.owner, **allow)  # type: ignore[arg-type]
    until = clock.now() + timedelta(days=15)
    reply(access=desk.agent, ticket=ticket.id, answer=answer("Es la pastilla."))
    send_due()
    notice = asking("Vamos a cerrar su caso.", act="closing_notice", term_until=until)
    ask_conformity(access=desk.agent, ticket=ticket.id, answer=notice, request=uuid4(), revision=None)
    send_due()
    sent = UUID(desk.only("conformity.requested").details["communication"])
    Communication.objects.filter(id=sent).update(status="concluded", grade=1, final_at=clock.now())
    monkeypatch.setattr(clock, "now", lambda: until + GRACE)
    lost = entered(line(desk), started_at=until - timedelta(days=1), result="lost", talked=None, outcome="")
    call = register_call(access=desk.agent, call=lost, ticket=ticket.id)
    assert not Interaction.objects.filter(ticket=ticket, kind="call").exists()
    assert close_silent() == 0
    assert desk.ticket().status == "pending_conformity"
    # One before the notice is no answer to it.
    correct_call(access=desk.agent, call=call, entered=replace(lost, started_at=until - timedelta(days=20)))
    assert close_silent() == 1


def test_what_was_entered_is_mended_and_linked_later(desk: Desk) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    one = register_call(access=desk.agent, call=entered(line(desk), result="lost", talked=None, outcome=""))
    mended = entered(line(desk, "Taller"), waited=20, outcome="Volverá a llamar.")
    correct_call(access=desk.owner, call=one, entered=mended)
    link_call(access=desk.agent, call=one, ticket=ticket.id)
    with pytest.raises(ConflictError):
        link_call(access=desk.agent, call=one, ticket=ticket.id)
    _registered, corrected, linked = facts(desk, "call", one)
    assert (corrected.type, corrected.details["result"], corrected.details["waited"]) == (
        "call.corrected",
        "answered",
        20,
    )
    # Whoever took it stays who did.
    assert corrected.details["member"] == str(desk.agent.member)
    assert linked.details["ticket"] == str(ticket.id)
    assert desk.only("call.added").details["result"] == "answered"
    seen = call(desk.auditor, id=one)
    assert seen is not None
    assert (seen[0].line_name, seen[0].ticket_key, len(seen[1])) == ("Taller", ticket.key, 3)


def test_what_is_mended_of_a_call_is_mended_in_its_case(desk: Desk) -> None:
    desk.receive(letter())
    ticket, one = desk.ticket(), line(desk)
    given = entered(one, outcome="Dice que sí.")
    call = register_call(access=desk.agent, call=given, ticket=ticket.id)
    revision = desk.ticket().revision
    correct_call(access=desk.owner, call=call, entered=replace(given, outcome="Dice que no.", result="answered"))
    (said,) = Interaction.objects.filter(ticket=ticket, kind="call")
    amended = desk.only("call.amended")
    assert (said.text, said.sequence, said.member_id) == ("Dice que no.", amended.subject_sequence, desk.agent.member)
    assert custody.open_object(organisation=desk.organisation, sha256=amended.objects[0].sha256) == b"Dice que no."
    assert desk.ticket().revision > revision
    correct_call(
        access=desk.owner, call=call, entered=replace(given, outcome="", result="lost", talked=None, number="")
    )
    assert not Interaction.objects.filter(ticket=ticket, kind="call").exists()
    assert desk.types().count("call.amended") == 2
    assert desk.types().count("call.added") == 1


def test_the_words_that_opened_a_case_stay_and_others_are_said_besides(desk: Desk) -> None:
    opening = Opening(name="Ana Prieto", address=ANA, type="claim", subject="Ruido al frenar")
    given = entered(line(desk))
    call = register_call(access=desk.agent, call=given, opening=opening)
    correct_call(access=desk.agent, call=call, entered=replace(given, waited=20))
    assert Interaction.objects.filter(kind="call").count() == 1
    correct_call(access=desk.agent, call=call, entered=replace(given, outcome="Pregunta por su moto."))
    said = Interaction.objects.filter(kind="call").order_by("sequence").values_list("text", flat=True)
    assert list(said) == ["Pregunta por su coche.", "Pregunta por su moto."]


def test_a_call_that_is_corrected_at_this_moment_is_linked_with_no_other_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.receive(letter())
    ticket, one = desk.ticket(), line(desk)
    given = entered(one, outcome="Llamará.")
    call = register_call(access=desk.agent, call=given)
    keep = custody.keep

    def overtaken(**asked: object) -> custody.Kept:
        monkeypatch.setattr(custody, "keep", keep)
        correct_call(access=desk.owner, call=call, entered=replace(given, outcome="Volverá a llamar."))
        return keep(**asked)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(custody, "keep", overtaken)
    with pytest.raises(ConflictError, match="at this moment"):
        link_call(access=desk.agent, call=call, ticket=ticket.id)
    assert "call.added" not in desk.types()
    link_call(access=desk.agent, call=call, ticket=ticket.id)
    assert Interaction.objects.get(ticket=ticket, kind="call").text == "Volverá a llamar."


def test_a_call_that_is_asked_for_twice_is_registered_once(desk: Desk) -> None:
    opening = Opening(name="Ana Prieto", address=ANA, type="claim", subject="Ruido al frenar")
    given, identity = entered(line(desk)), uuid4()

    def register(**changes: object) -> UUID:
        asked = replace(given, **changes)  # type: ignore[arg-type]
        return register_call(access=desk.agent, call=asked, opening=opening, identity=identity)

    assert at_once(register, register) == [True, True]
    assert register() == identity
    assert Call.objects.get().id == identity
    assert desk.ticket().number == 1
    with pytest.raises(ConflictError, match="registered a call already"):
        register(outcome="Otra llamada.")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"result": "gone"}, "answered, lost or abandoned"),
        ({"result": "lost"}, "nobody can have talked"),
        ({"waited": 86_401}, "24 hours"),
        ({"started_at": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=36_500)}, "future"),
        ({"outcome": "a" * 20_001}, "20000"),
    ],
)
def test_a_call_that_cannot_be_is_refused(desk: Desk, changes: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        register_call(access=desk.agent, call=entered(line(desk), **changes))
    assert not Call.objects.exists()


def test_auditors_and_strangers_register_nothing(desk: Desk) -> None:
    given = entered(line(desk))
    with pytest.raises(AccessDenied):
        register_call(access=desk.auditor, call=given)
    with pytest.raises(InputError, match="no such case"):
        register_call(access=desk.agent, call=given, ticket=uuid4())
    with pytest.raises(InputError, match="no such line"):
        register_call(access=desk.agent, call=replace(given, line=uuid4()))
    assert not Call.objects.exists()


def test_calls_are_narrowed_and_added_up(desk: Desk) -> None:
    one, other = line(desk), line(desk, "Taller")
    day = datetime(2026, 11, 20, 9, tzinfo=UTC)
    for hour, result, waited in ((0, "answered", 10), (1, "answered", 30), (2, "lost", 25), (3, "abandoned", 60)):
        register_call(
            access=desk.agent,
            call=entered(
                one,
                started_at=day + timedelta(hours=hour),
                result=result,
                waited=waited,
                talked=60 if result == "answered" else None,
            ),
        )
    register_call(
        access=desk.owner, call=entered(other, started_at=day - timedelta(days=1), number="201", outcome="Presupuesto")
    )
    found = sums(desk.agent, Filters(line=one))
    assert (found.answered, found.lost, found.abandoned, found.mean_wait, found.longest_wait) == (2, 1, 1, 20, 30)

    def count(**changes: object) -> int:
        return len(calls(desk.agent, Filters(**changes)).items)  # type: ignore[arg-type]

    assert count(result="answered") == 3
    assert count(member=desk.owner.member) == 1
    assert count(since=day.date()) == 4
    assert count(until=(day - timedelta(days=1)).date()) == 1
    assert count(search="600 112 233") == 4
    assert count(search="presupuesto") == 1
    assert count(search="112") == 4
    first = calls(desk.agent, Filters(), limit=2)
    rest = calls(desk.agent, Filters(), after=first.after, limit=5)
    assert len(first.items + rest.items) == 5
    assert rest.after is None
