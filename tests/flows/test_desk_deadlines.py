"""A desk from nothing, and its terms in the running processes: counted, missed, certified, carried on."""

import json
import re
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from acuse import clock
from acuse.doors.ui.figures import NO_BREAK
from acuse.helpdesk.form_guard import early_by
from tests.flows.installation import SLUG, Installation, installation, until
from tests.flows.web import Visitor, visitor

EMAIL, PASSWORD = "direccion@talleres-ribera.example", "una-clave-larga-y-rara-7"
DESK, ANA = "atencion@talleres-ribera.example", "ana@acepta.example"
CONSOLE = f"/console/{SLUG}/"
CASES, START, WRITE = f"{CONSOLE}tickets/", f"{CONSOLE}settings/desk/start/", f"/o/{SLUG}/write/"
FIRST, RESOLUTION = "Primera respuesta", "Resolución"


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    with installation() as started:
        yield started


@pytest.fixture(scope="module")
def owner(running: Installation) -> Visitor:
    """An owner who filled in the one form that sets a desk up."""
    running.add_member(EMAIL, PASSWORD)
    someone = visitor(running)
    someone.log_in(EMAIL, PASSWORD)
    someone.post("/console/preferences/", language="en", time_zone="Europe/Madrid")
    assert someone.get(WRITE).status == 404
    asked: dict[str, Any] = {
        "hours": "office",
        "region": "ES-MD",
        "terms": "standard",
        "number": "910 000 000",
        "public": "on",
    }
    assert "The desk is ready." in someone.post(START, address=DESK, **asked).text
    return someone


def case_of(owner: Visitor, subject: str) -> str:
    """Wait until the inbox lists a case; return its address."""

    def found() -> list[str]:
        rows = re.findall(rf'href="({CASES}[0-9a-f-]{{36}}/)[^"]*"(.*?)</a>', owner.get(CASES).text, re.DOTALL)
        return [address for address, row in rows if subject in row]

    until(found, f"the inbox has {subject}")
    return found()[0]


def paper_of(owner: Visitor, case: str, name: str) -> str:
    """Return what the card of papers has of the certificate of one deadline."""
    (row,) = (
        one
        for one in re.findall(r"<li>(.*?)</li>", owner.get(f"{case}papers/").text, re.DOTALL)
        if "Certificate of one deadline" in one and name in one
    )
    return str(row)


def test_mail_and_form_open_cases_whose_terms_run(running: Installation, owner: Visitor) -> None:
    customer = visitor(running)
    said: dict[str, Any] = {
        "name": "Eva Soler",
        "address": "eva@acepta.example",
        "type": "claim",
        "subject": "Cobro doble",
        "text": "Me cobraron dos veces.",
    }
    shown = customer.post(WRITE, form=customer.get(WRITE), **said, step="check")
    begun = clock.now()

    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = f"Ana Prieto <{ANA}>", DESK, "Ruido al frenar"
    mail["Message-ID"] = "<ruido@acepta.example>"
    mail.set_content("Desde la revisión hace ruido.")
    with smtplib.SMTP("127.0.0.1", running.settings.smtp_inbound_port, "mx.acepta.example", 120) as client:
        client.send_message(mail, ANA, [DESK])
    by_mail = case_of(owner, "Ruido al frenar")

    until(lambda: not early_by(begun, now=clock.now()), "somebody may have typed the form by now")
    sent = customer.post(WRITE, form=shown, **said, step="send", consent="on")
    assert (sent.status, "/write/sent/" in sent.path) == (200, True)
    by_form = case_of(owner, "Cobro doble")

    for case in (by_mail, by_form):
        page = owner.get(case).text
        assert FIRST in page
        assert RESOLUTION in page
        first = "SELECT due_at - started_at FROM helpdesk_deadlines WHERE ticket_id = %s AND purpose = 'first_response'"
        assert running.value(first, case.split("/")[-2]) == timedelta(hours=24)


def test_a_deadline_that_passes_is_recorded_by_the_worker_and_certified(
    running: Installation, owner: Visitor, tmp_path: Path
) -> None:
    # A call is entered when somebody comes to it; its terms began when it rang.
    rang = (datetime.now(UTC) - timedelta(hours=30)).astimezone(ZoneInfo("Europe/Madrid"))
    form = f"{CONSOLE}calls/new/"
    line = re.search(r'<option value="([0-9a-f-]{36})"', owner.get(form).text)
    assert line is not None
    case = owner.post(
        form,
        number="600 112 233",
        line=line[1],
        started_at=f"{rang:%Y-%m-%dT%H:%M:%S}",
        result="answered",
        outcome="Sigue goteando.",
        case="new",
        name="Luis Rey",
        address="luis@acepta.example",
        type="claim",
        subject="Gotea el radiador",
    ).path
    assert re.fullmatch(rf"{CASES}[0-9a-f-]{{36}}/", case)

    subject = case.split("/")[-2]
    told = "SELECT count(*) FROM evidence_facts WHERE subject = %s AND type = 'deadline.missed'"
    until(lambda: running.value(told, subject), "the worker records that the deadline is missed")
    assert running.value(told, subject) == 1, "of the first answer alone"
    inbox, missed = owner.get(CASES).text, rf"Missed \d{NO_BREAK}h ago"
    assert "case with a missed deadline" in inbox
    assert re.search(missed, inbox)
    assert re.search(missed, owner.get(case).text)

    asked = re.search(r'name="deadline" value="([0-9a-f-]{36})"', paper_of(owner, case, FIRST))
    assert asked is not None
    owner.post(f"{case}papers/ask/", form=case, kind="deadline", deadline=asked[1])
    until(lambda: ".pdf" in paper_of(owner, case, FIRST), "the certificate of the deadline is made")
    links = re.findall(rf'href="({CONSOLE}certificates/[^"]+)"', paper_of(owner, case, FIRST))
    assert len(links) == 2
    files = [tmp_path / "plazo.pdf", tmp_path / "plazo.zip"]
    for link, file in zip(links, files, strict=True):
        file.write_bytes(owner.get(link).content)

    trust = running.data / "trust.pem"
    reports = json.loads(running.command("verify", "--json", "--trust", str(trust), *map(str, files)).stdout)
    assert [one["state"] for one in reports] == ["valid", "valid"]
    for report in reports:
        (judged,) = (one for one in report["deadlines"] if one["deadline"] == asked[1])
        assert (judged["purpose"], judged["verdict"]) == ("first_response", "missed")
    assert reports[0]["about"] == asked[1]


def test_figures_are_compared_with_the_ledger_by_the_worker(running: Installation, owner: Visitor) -> None:
    figures = f"{CONSOLE}figures/service/"
    assert owner.post(f"{figures}check/", form=owner.get(figures)).status == 200
    until(lambda: "Derived again from" in owner.get(figures).text, "they are compared")
    assert ": equal." in owner.get(figures).text


_OF_LAST_YEAR = f"""
from datetime import timedelta
from acuse import clock
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.calendars.presets import PRESETS
from acuse.calendars.services import publish_calendar
now = clock.now
clock.now = lambda: now() - timedelta(days=366)
access = access_organisation(user=User.objects.get(email="{EMAIL}"), slug="{SLUG}")
print(publish_calendar(access=access, name="Almacén", zone="Europe/Madrid", definition=PRESETS["office"]))
"""


def test_a_calendar_of_last_year_is_carried_on_by_the_worker(running: Installation, owner: Visitor) -> None:
    calendar = running.command("manage", "shell", "-v", "0", "-c", _OF_LAST_YEAR).stdout.strip()
    newest = "SELECT version FROM calendars_calendars WHERE id = %s"
    assert running.value(newest, calendar) == 1
    task = "acuse.config.periodic.carry_calendars_on"
    running.command("manage", "procrastinate", "defer", "--unknown", task, '{"timestamp": 0}')
    until(lambda: running.value(newest, calendar) == 2, "the calendar is carried on")
    assert owner.get(f"{CONSOLE}calendars/{calendar}/versions/2.json").status == 200
    assert running.rows("SELECT max(version) FROM calendars_calendars WHERE id <> %s", calendar) == [(1,)]
