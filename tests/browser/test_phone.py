"""The telephone in the browser: its pages at every width, and a call registered for who calls."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from acuse import clock
from acuse.accounts.models import User
from acuse.accounts.queries import Access, access_organisation
from acuse.calendars.presets import PRESETS
from acuse.calendars.services import publish_calendar
from acuse.config.database import conninfo
from acuse.evidence.leases import Holder
from acuse.helpdesk.call_rules import Entered
from acuse.helpdesk.jobs.call_files import Clerk
from acuse.helpdesk.models import Call, CallFile
from acuse.helpdesk.services.call_files import add_file, start_file
from acuse.helpdesk.services.calls import Opening, register_call
from acuse.helpdesk.services.lines import add_line
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World

SHEET = (
    "calldate;src;dst;duration;billsec;disposition;uniqueid\n"
    "2026-11-20 10:00:00;600112233;910000100;70;60;ANSWERED;a1\n"
    "2026-10-25 02:30:00;600112234;910000100;31;0;NO ANSWER;a2\n"
    "mañana;600112234;910000100;31;0;NO ANSWER;a3\n"
)


@pytest.fixture
def access(world: World) -> Access:
    return access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")


@pytest.fixture
def call(access: Access) -> UUID:
    """A call with its case, among some others, on lines of every kind, and a file of them."""
    calendar = publish_calendar(access=access, name="Taller", zone="Europe/Madrid", definition=PRESETS["office"])
    one = add_line(access=access, name="Atención al cliente", number="910 000 100", calendar=calendar, public=True)
    add_line(access=access, name="Grúa", number="900 000 200", calendar=None, public=True)
    for minutes, result, waited in ((1, "lost", 31), (9, "abandoned", 45), (30, "answered", 12)):
        rung = Entered(
            line=one, started_at=clock.now() - timedelta(minutes=minutes), result=result, waited=waited, number="201"
        )
        register_call(access=access, call=rung)
    rung = Entered(
        line=one,
        started_at=clock.now() - timedelta(hours=1),
        result="answered",
        waited=20,
        talked=185,
        number="+34600112233",
        outcome="Desde la revisión, el coche hace ruido al frenar en frío.",
    )
    opening = Opening(name="Marta Pérez", address="", type="claim", subject="Ruido al frenar")
    return register_call(access=access, call=rung, opening=opening)


def work() -> None:
    """Go through all files of calls that wait, as the worker does."""
    clerk = Clerk(holder=Holder(conninfo=conninfo()))
    while clerk.go_on():
        pass


def paths(access: Access, call: UUID) -> list[str]:
    """Each page of this subject."""
    planned = add_file(access=access, name="noviembre.csv", content=SHEET.encode())
    started = add_file(access=access, name="octubre.csv", content=SHEET.encode())
    work()
    start_file(access=access, file=started)
    trying = add_file(access=access, name="diciembre.csv", content=SHEET.encode())
    one = f"{BASE}/calls/{call}/"
    return [
        f"{BASE}/calls/",
        f"{BASE}/calls/?q=nada",
        f"{BASE}/calls/new/?number=600112233",
        one,
        f"{one}correct/",
        f"{BASE}/calls/files/",
        f"{BASE}/calls/files/{planned}/",
        f"{BASE}/calls/files/{started}/",
        f"{BASE}/calls/files/{trying}/",
        f"{BASE}/settings/lines/",
        f"{BASE}/tickets/{Call.objects.get(id=call).ticket_id}/",
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_its_pages_are_accessible_and_fit(
    world: World, visit: Opener, access: Access, call: UUID, width: int, scheme: str
) -> None:
    faults = []
    seen = visit(width=width, scheme=scheme)
    for path in paths(access, call):
        page = seen.open(path)
        faults += [f"{path}: {one}" for one in faults_of_access(page)]
        faults += [f"{path}: {one}" for one in faults_of_form(page, width)]
    assert faults == []
    assert seen.elsewhere == seen.errors == []


def test_who_calls_is_found_and_the_call_joins_their_case(
    world: World, visit: Opener, access: Access, call: UUID
) -> None:
    seen = visit()
    page = seen.open(f"{BASE}/calls/")
    seen.press("c")
    expect(page.get_by_role("heading", name="Ha entrado una llamada.")).to_be_visible()
    page.get_by_label("Número que llamó").fill("600 112 233")
    page.get_by_role("radio", name="Ruido al frenar").check()
    page.get_by_label("Qué resultó").fill("Pregunta cuándo puede venir.")
    page.get_by_role("button", name="Registrar la llamada").click()
    expect(page.get_by_text("Pregunta cuándo puede venir.").first).to_be_visible()
    assert Call.objects.filter(ticket=Call.objects.get(id=call).ticket_id).count() == 2


def test_a_file_is_planned_and_entered(world: World, visit: Opener, access: Access, call: UUID, tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(SHEET)
    page = visit().open(f"{BASE}/calls/files/")
    page.get_by_label("Fichero CSV").set_input_files(file)
    page.get_by_role("button", name="Verlo antes").click()
    expect(page.get_by_text("0 de 3 filas")).to_be_visible()
    work()
    expect(page.get_by_text("no es una fecha con su hora")).to_be_visible()
    page.get_by_role("button", name="Incorporar 2 llamadas").click()
    expect(page.get_by_text("0 de 3 filas")).to_be_visible()
    work()
    expect(page.get_by_text("3 de 3 filas")).to_be_visible()
    assert CallFile.objects.get().entered == 2
