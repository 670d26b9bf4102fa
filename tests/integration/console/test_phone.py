"""The telephone through the console's door: lines, a call with its case, the list, and an exchange's file."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from acuse.accounts.models import User
from acuse.calendars.presets import PRESETS
from acuse.calendars.services import publish_calendar
from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.evidence.leases import Holder
from acuse.evidence.sequencer import Sequencer
from acuse.helpdesk.jobs.call_files import Clerk
from acuse.helpdesk.models import Call, CallFile, Line, Outgoing, Ticket
from acuse.proof.checkpoint import SigningKey
from tests.integration.helpdesk import making
from tests.integration.helpdesk.making import ANA, Desk, letter

BASE = "/console/talleres-ribera/"


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/test"))
    assert sequencer.lead()
    made = making.desk(sequencer)
    User.objects.update(language="en")
    yield made
    sequencer.resign()


def signed_in(role: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(email=f"{role}@ribera.example"))
    return client


def text(client: Client, path: str) -> str:
    """What people read of a page's main part."""
    answer = client.get(BASE + path)
    assert answer.status_code == 200, path
    page = answer.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def post(client: Client, path: str, **given: object) -> str:
    """Send a form; return where it leads, or what is said where it leads nowhere."""
    answer = client.post(BASE + path, given)
    if answer.status_code == 302:
        return str(answer.headers["Location"]).removeprefix(BASE)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def line(client: Client, name: str = "Atención", number: str = "910 000 100") -> UUID:
    assert post(client, "settings/lines/add/", name=name, number=number, calendar="", public="on") == "settings/lines/"
    return Line.objects.get(name=name).id


def entered(line: UUID, **changes: object) -> dict[str, object]:
    made: dict[str, object] = {
        "number": "600 112 233",
        "line": str(line),
        "started_at": "2026-11-20T10:15:02",
        "result": "answered",
        "waited": "0:12",
        "talked": "3:05",
        "outcome": "Pregunta por su coche.",
        "case": "none",
    }
    return {**made, **changes}


def test_lines_are_entered_changed_and_moved(desk: Desk) -> None:
    owner, agent = signed_in("owner"), signed_in("agent")
    one = line(owner)
    other = line(owner, "Taller", "910 000 200")
    assert "Day and night, every day." in text(agent, "settings/lines/")
    assert "Add a line" not in text(agent, "settings/lines/")
    assert "has this name already" in post(owner, "settings/lines/add/", name="Taller", number="910", calendar="")
    refused = post(owner, "settings/lines/add/", name="Otra", number="910000200", calendar="")
    assert "The line “Taller” has this number already." in refused
    given = {"name": "Urgencias", "number": "900 000 100", "calendar": ""}
    assert post(owner, f"settings/lines/{other}/", **given, enabled="on") == "settings/lines/"
    assert post(owner, f"settings/lines/{other}/", act="up") == "settings/lines/"
    shown = text(agent, "settings/lines/")
    assert shown.index("Urgencias") < shown.index("Atención")
    assert agent.post(f"{BASE}settings/lines/{one}/", given).status_code == 403


def test_a_call_is_registered_with_a_new_case_that_is_acknowledged(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    assert "A call came in." in text(agent, "calls/new/")
    said = post(agent, "calls/new/", **entered(one, case="new", name="Ana", address=ANA, type="claim"))
    assert "Say in some words what the case is about." in said
    assert not Call.objects.exists()
    led = post(agent, "calls/new/", **entered(one, case="new", name="Ana", address=ANA, type="claim", subject="Ruido"))
    ticket = desk.ticket()
    assert led == f"tickets/{ticket.id}/"
    assert Outgoing.objects.filter(ticket=ticket, act="receipt").count() == 1
    call = Call.objects.get()
    assert (call.waited, call.talked, call.number, call.member_id) == (12, 185, "+34600112233", desk.agent.member)
    seen = agent.get(f"{BASE}tickets/{ticket.id}/").content.decode()
    assert f"calls/{call.id}/" in seen
    assert "Pregunta por su coche." in seen
    shown = text(agent, f"calls/{call.id}/")
    assert ticket.key in shown
    assert "Registered" in shown


def test_all_that_is_wrong_with_a_call_is_said_at_once_beside_its_field(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    given = {"started_at": "2199-01-01T10:00", "result": "lost", "waited": "never", "outcome": "", "number": ""}
    answer = agent.post(f"{BASE}calls/new/", entered(one, **given, case="new")).content.decode()
    said = dict(re.findall(r'id="call_(\w+)_error">.*?<span>([^<]+)</span>', answer))
    assert {name: words.split()[0] for name, words in said.items()} == {
        "started_at": "The",
        "waited": "“never”",
        "talked": "Nobody",
        "outcome": "Write",
        "address": "Say",
        "subject": "Say",
    }
    # What is refused first on the page takes the focus, alone.
    (focused,) = re.findall(r"<[^>]*\bautofocus\b[^>]*>", answer)
    assert 'name="started_at"' in focused
    assert not Call.objects.exists()
    post(agent, "calls/new/", **entered(one))
    again = agent.post(f"{BASE}calls/{Call.objects.get().id}/correct/", entered(one, **given)).content.decode()
    assert re.findall(r'id="call_(\w+)_error"', again) == ["started_at", "waited", "talked"]


def test_an_answered_call_of_which_nothing_is_written_is_not_registered(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    empty = entered(one, number="", waited=" ", talked="", outcome=" ")
    answer = agent.post(f"{BASE}calls/new/", empty).content.decode()
    assert re.findall(r'id="call_(\w+)_error"', answer) == ["number"]
    assert "where it was withheld, what came of the call" in answer
    assert not Call.objects.exists()
    # Whatever was written, or that nobody answered, says that there was a call.
    told = ({"number": "oculto"}, {"talked": "0:09"}, {"outcome": "Se equivocó."}, {"result": "lost"})
    for said in told:
        assert post(agent, "calls/new/", **{**empty, **said}) == "calls/"
    assert Call.objects.filter(number="").count() == len(told)
    # One from an exchange, of which nothing else is known, is corrected as it is.
    file = Call.objects.get(talked=9)
    Call.objects.filter(id=file.id).update(talked=None)
    assert post(agent, f"calls/{file.id}/correct/", **empty) == f"calls/{file.id}/"


def test_all_that_is_wrong_with_a_case_by_telephone_is_said_at_once(desk: Desk) -> None:
    path, agent = f"{BASE}tickets/new/", signed_in("agent")
    assert re.search(r"<form [^>]*novalidate", agent.get(path).content.decode()), "a browser shows one at a time"
    answer = agent.post(path, {"type": "claim", "address": "", "number": ""}).content.decode()
    assert re.findall(r'id="case_(\w+)_error"', answer) == ["address", "subject", "text"]
    assert not Ticket.objects.exists()


def test_a_form_that_is_sent_twice_registers_one_call(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    page = agent.get(f"{BASE}calls/new/").content.decode()
    (identity,) = re.findall(r'name="identity" value="([0-9a-f-]{36})"', page)
    given = entered(one, case="new", name="Ana", address=ANA, type="claim", subject="Ruido", identity=identity)
    led = post(agent, "calls/new/", **given)
    assert post(agent, "calls/new/", **given) == led == f"tickets/{desk.ticket().id}/"
    assert str(Call.objects.get().id) == identity
    assert Outgoing.objects.filter(act="receipt").count() == 1
    # The form that is gone back to and filled in anew is not lost: sent once more, it is another call.
    other = agent.post(f"{BASE}calls/new/", {**given, "outcome": "Otra llamada."}).content.decode()
    assert "registered a call already" in other
    (fresh,) = re.findall(r'name="identity" value="([0-9a-f-]{36})"', other)
    post(agent, "calls/new/", **{**given, "outcome": "Otra llamada.", "case": "none", "identity": fresh})
    assert Call.objects.count() == 2


def test_a_call_of_the_hour_that_clocks_show_twice_can_be_corrected(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    assert post(agent, "calls/new/", **entered(one, started_at="2026-10-25T02:30:00")) == "calls/"
    call = Call.objects.get()
    assert call.started_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    Call.objects.update(started_at=second)
    given = entered(one, started_at="2026-10-25T02:30:00", outcome="Volverá a llamar.")
    assert post(agent, f"calls/{call.id}/correct/", **given) == f"calls/{call.id}/"
    call.refresh_from_db()
    assert (call.started_at, call.outcome) == (second, "Volverá a llamar.")
    assert post(agent, f"calls/{call.id}/correct/", **{**given, "started_at": "2026-10-25T02:31"}).startswith("calls/")
    call.refresh_from_db()
    assert call.started_at == datetime(2026, 10, 25, 0, 31, tzinfo=UTC)
    said = post(agent, f"calls/{call.id}/correct/", **{**given, "started_at": "2026-03-29T02:30"})
    assert "they went forward" in said


def test_the_callers_cases_are_offered_and_a_case_is_named_by_its_number(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    post(agent, "calls/new/", **entered(one, case="new", name="Ana", subject="Ruido"))
    ticket = desk.ticket()
    offered = agent.get(f"{BASE}calls/caller/", {"number": "600112233"}).content.decode()
    assert f'value="{ticket.id}"' in offered
    assert "Ana" in offered
    assert "No contact has this number." in agent.get(f"{BASE}calls/caller/?number=699999999").content.decode()
    assert post(agent, "calls/new/", **entered(one, case=str(ticket.id), outcome="Otra vez")) == f"tickets/{ticket.id}/"
    assert post(agent, "calls/new/", **entered(one, case="existing", ticket="1")) == f"tickets/{ticket.id}/"
    assert "There is no case with that number, key or name." in post(
        agent, "calls/new/", **entered(one, case="existing", ticket="99")
    )
    typed = agent.get(f"{BASE}calls/cases/", {"ticket": "ana"}).content.decode()
    assert f'value="{ticket.id}"' in typed
    assert post(agent, "calls/new/", **entered(one, case="existing", ticket="ruido")) == f"tickets/{ticket.id}/"
    post(agent, "calls/new/", **entered(one, case="new", name="", subject="Factura"))
    assert "Several cases may be meant" in post(agent, "calls/new/", **entered(one, case="existing", ticket="ana"))
    assert "There is no such case." in post(agent, "calls/new/", **entered(one, case=str(one)))
    assert "Choose which case" in post(agent, "calls/new/", **entered(one, case="nonsense"))
    assert Call.objects.filter(ticket=ticket).count() == 4
    assert f'value="{ticket.key}"' in agent.get(f"{BASE}calls/new/", {"ticket": ticket.key}).content.decode()


def test_what_does_not_fit_is_said_where_it_was_written(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    assert "is no duration" in post(agent, "calls/new/", **entered(one, waited="mucho"))
    assert "nobody can have talked" in post(agent, "calls/new/", **entered(one, result="lost"))
    assert "in the future" in post(agent, "calls/new/", **entered(one, started_at="2199-01-01T10:00"))
    assert "Pregunta por su coche." in post(agent, "calls/new/", **entered(one, started_at="ayer"))
    assert not Call.objects.exists()


def test_a_call_is_corrected_and_linked_from_its_page(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    desk.receive(letter())
    ticket = Ticket.objects.get()
    assert post(agent, "calls/new/", **entered(one)) == "calls/"
    call = Call.objects.get().id
    given = entered(one, talked="4:00", outcome="Volverá a llamar.")
    assert post(agent, f"calls/{call}/correct/", **given) == f"calls/{call}/"
    assert post(agent, f"calls/{call}/case/", ticket="", goes_on="on") == f"calls/{call}/"
    assert post(agent, f"calls/{call}/case/", ticket=ticket.key) == f"calls/{call}/"
    row = Call.objects.get()
    assert (row.talked, row.outcome, row.ticket_id) == (240, "Volverá a llamar.", ticket.id)
    assert text(agent, f"calls/{call}/").count("Corrected") == 2
    auditor = signed_in("auditor")
    assert "Correct" in text(auditor, f"calls/{call}/")
    assert auditor.post(f"{BASE}calls/{call}/correct/", given).status_code == 403
    assert auditor.get(f"{BASE}calls/new/").status_code == 403


def test_the_list_is_narrowed_added_up_and_exported(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    assert "No call is registered yet." in text(agent, "calls/")
    post(agent, "calls/new/", **entered(one))
    post(agent, "calls/new/", **entered(one, result="lost", talked="", number="", outcome="", waited="31"))
    post(agent, "calls/new/", **entered(one, started_at="2026-11-19T10:00", waited="0:30", outcome="=1+1"))
    days = text(agent, "calls/?since=2026-11-20&until=2026-11-20")
    assert "Answered 1 50.0%" in days
    assert "Mean wait 0:12" in days
    assert "Withheld number" in days
    assert "=1+1" not in days
    assert "Answered, today 0 somebody took it" in text(agent, "calls/")
    assert "=1+1" in text(agent, "calls/?q=600112233")
    assert "No call with these filters." in text(agent, "calls/?q=nada")
    assert agent.get(f"{BASE}calls/?since=ayer").status_code == 302
    answer = agent.get(f"{BASE}calls/export.csv?result=answered")
    raw = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert raw.count("\r\n") == 3
    assert "'=1+1" in raw
    assert "+34600112233" in raw


def work() -> None:
    """Go through all files that wait, as the worker does."""
    clerk = Clerk(holder=Holder(conninfo=conninfo()))
    while clerk.go_on():
        pass


def test_a_file_is_looked_at_planned_and_entered(desk: Desk) -> None:
    one, agent = line(signed_in("owner")), signed_in("agent")
    raw = (
        "cuando;quien;fin;espera\n20/11/2026 10:00:00;600112233;Cogida;0:12\n20/11/2026 10:05:00;600112234;Perdida;31\n"
        "mañana;600112235;Perdida;5\n"
    ).encode("latin-1")
    led = post(agent, "calls/files/", file=SimpleUploadedFile("noviembre.csv", raw, content_type="text/csv"))
    job = CallFile.objects.get()
    assert led == f"calls/files/{job.id}/"
    assert "Say which columns have the day and hour" in text(agent, led)
    plan = {"zone": "Europe/Madrid", "order": "dmy", "line": str(one)}
    columns = {"column_0": "started", "column_1": "number", "column_2": "result", "column_3": "waited"}
    assert post(agent, led, **plan, **columns) == led
    part = agent.get(BASE + led, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 1s"' in part
    assert "0 of 3 rows" in part
    assert "<main" not in part
    assert post(agent, f"{led}start/") == led
    assert CallFile.objects.get().state == "trying"
    work()
    assert "hx-trigger" not in agent.get(BASE + led, headers={"HX-Request": "true"}).content.decode()
    assert "New calls 1" in text(agent, led)
    assert "Left out 1" in text(agent, led)
    assert post(agent, led, **plan, **columns, word_0="answered", word_1="lost") == led
    assert "New calls" not in text(agent, led)
    work()
    shown = text(agent, led)
    assert "New calls 2" in shown
    assert "line 4" in shown
    assert "Two columns cannot say the same" in post(agent, led, **plan, **{**columns, "column_3": "started"})
    errors = agent.get(f"{BASE}{led}errors.csv")
    wrong = b"".join(errors.streaming_content).decode()  # type: ignore[attr-defined]
    assert wrong.splitlines()[1].startswith("4,")
    assert post(agent, f"{led}start/") == led
    assert 'hx-trigger="every 1s"' in agent.get(BASE + led, headers={"HX-Request": "true"}).content.decode()
    work()
    assert "3 of 3 rows" in text(agent, led)
    assert Call.objects.count() == 2
    assert post(agent, f"{led}cancel/") == "calls/files/"
    assert CallFile.objects.get().state == "done"
    # Of the same headings, the next file needs no planning.
    led = post(agent, "calls/files/", file=SimpleUploadedFile("diciembre.csv", raw.replace(b":05:", b":06:")))
    work()
    assert "New calls 1" in text(agent, led)
    assert "Known already 1" in text(agent, led)
    assert post(agent, f"{led}cancel/") == "calls/files/"
    assert "Stopped" in text(agent, led)
    assert agent.get(f"{BASE}{led}errors.csv").status_code == 404
    assert "no rows" in post(agent, "calls/files/", file=SimpleUploadedFile("x.csv", b"a,b\n"))
    assert signed_in("auditor").get(f"{BASE}calls/files/").status_code == 403


def test_a_calendar_by_which_a_line_is_attended_is_not_put_away(desk: Desk) -> None:
    owner = signed_in("owner")
    calendar = publish_calendar(access=desk.owner, name="Taller", zone="Europe/Madrid", definition=PRESETS["office"])
    one = line(owner)
    given = {"name": "Atención", "number": "910 000 100", "enabled": "on"}
    assert post(owner, f"settings/lines/{one}/", **given, calendar=str(calendar)) == "settings/lines/"
    assert post(owner, f"calendars/{calendar}/archive/") == f"calendars/{calendar}/"
    assert post(owner, f"settings/lines/{one}/", **given, calendar="") == "settings/lines/"
    assert post(owner, f"calendars/{calendar}/archive/") == "calendars/"
