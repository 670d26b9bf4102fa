"""What inbox, case and board say of deadlines, word by word, by the clock of the test."""

import html
import re
from uuid import UUID

import pytest
from django.test import Client

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.doors.ui.figures import NO_BREAK
from acuse.embedded.roles import Addresses
from acuse.helpdesk.jobs.deadlines import attend_due
from acuse.helpdesk.services.changes import assign
from tests.integration.helpdesk.cases import Desk, make_desk, term

BASE = "/console/talleres-ribera"
#: What is said on Wednesday at 10:00, and how urgent it is shown to be.
ENGLISH = {
    "running": ("", "12 h 20 min of business time, until Thu 16:20"),
    "risk": ("risk", "4 h 20 min of business time, until Wed 16:20"),
    "missed": ("fail", "Missed 15 h ago"),
    "paused": ("", "Paused"),
}
SPANISH = {
    "running": ("", "12 h 20 min hábiles, hasta jue 16:20"),
    "risk": ("risk", "4 h 20 min hábiles, hasta mié 16:20"),
    "missed": ("fail", "Incumplido hace 15 h"),
    "paused": ("", "En pausa"),
}
SAID = {"en": ENGLISH, "es": SPANISH}
PURPOSES = {"en": ("First response", "Resolution"), "es": ("Primera respuesta", "Resolución")}


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One with 16 business hours to answer and 48 to resolve, and a warning when six are left."""
    made = make_desk(monkeypatch)
    response = term(made, 16, "business_hours", purpose="first_response", name="Respuesta")
    made.publish(response, term(made, 48, "business_hours", pauses_on=("customer",)))
    return made


@pytest.fixture
def four(desk: Desk) -> dict[str, UUID]:
    """A case of each kind. What is at risk ends in more than six hours by the clock and in less by the calendar."""
    opened = {}
    for kind, moment in (("missed", "16 09:00"), ("risk", "16 16:20"), ("paused", "17 12:00"), ("running", "17 16:20")):
        desk.pass_time(f"2026-11-{moment}")
        opened[kind] = desk.open()
    desk.reply(opened["paused"])
    desk.pass_to(opened["paused"], "asked_customer")
    desk.pass_time("2026-11-18 10:00")
    while attend_due():
        pass
    return opened


def member(language: str, zone: str = "Europe/Madrid") -> Client:
    """The desk's manager, signed in, with a language and a zone."""
    user = User.objects.get(email="jefa@ribera.example")
    user.language, user.time_zone = language, zone
    user.save()
    client = Client()
    client.force_login(user)
    return client


def shown(page: str, mark: str) -> tuple[str, str]:
    """How urgent a page shows a deadline to be, and what it says of it, after the mark."""
    found = re.compile(r'class="(?:desk|case)-due (\w*)">(.*?)</span></span>', re.DOTALL).search(page, page.index(mark))
    assert found is not None
    words = html.unescape(re.sub(r"<[^>]+>", "", found[2])).replace(NO_BREAK, " ")
    return found[1], " ".join(words.split())


def read(client: Client, path: str) -> str:
    answer = client.get(f"{BASE}/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_inbox_says_what_is_left_until_when_and_of_what(desk: Desk, four: dict[str, UUID], language: str) -> None:
    page = read(member(language), "tickets/")
    first, second = PURPOSES[language]
    for kind, ticket in four.items():
        urgency, said = SAID[language][kind]
        purpose = second if kind == "paused" else first
        assert shown(page, f'href="{BASE}/tickets/{ticket}/"') == (urgency, f"{said}, {purpose}")


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_board_says_the_same_of_whoever_waits_longest(desk: Desk, four: dict[str, UUID], language: str) -> None:
    page = read(member(language), "board/")
    for kind in ("running", "risk", "missed"):
        urgency, said = SAID[language][kind]
        told = f"{said}, {PURPOSES[language][0]}"
        assert shown(page, f'href="{BASE}/tickets/{four[kind]}/"') == (urgency, told)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_case_says_it_beside_its_ruler(desk: Desk, four: dict[str, UUID], language: str) -> None:
    client = member(language)
    since = {"en": ", since Tue 17 Nov, 16:20", "es": ", desde mar 17 nov, 16:20"}[language]
    for kind, ticket in four.items():
        urgency, said = SAID[language][kind]
        told = said + since if kind == "paused" else said
        assert shown(read(client, f"tickets/{ticket}/"), 'class="ruler-head"') == (urgency, told)


def test_frappe_helpdesk_3776_a_member_in_another_zone_sees_the_same_limit_by_their_clock_and_named(
    desk: Desk, four: dict[str, UUID]
) -> None:
    client = member("en", "Asia/Kolkata")
    inbox, board = read(client, "tickets/"), read(client, "board/")
    left = "12 h 20 min of business time, until Thu 20:50 UTC+5:30"
    link = f'href="{BASE}/tickets/{four["running"]}/"'
    assert shown(inbox, link) == shown(board, link) == ("", f"{left}, First response")
    assert shown(read(client, f"tickets/{four['running']}/"), 'class="ruler-head"') == ("", left)
    assert shown(inbox, f'href="{BASE}/tickets/{four["missed"]}/"') == ("fail", "Missed 15 h ago, First response")


def test_the_history_of_a_case_says_the_same_limits(desk: Desk, four: dict[str, UUID]) -> None:
    far, near = (read(member("en", zone), f"tickets/{four['missed']}/") for zone in ("Asia/Kolkata", "Europe/Madrid"))
    for said in ("A deadline began, until {}: First response", "A deadline was missed; it was due {}: First response"):
        assert said.format("Tue 17 Nov, 23:30 UTC+5:30") in words_of(far)
        assert said.format("Tue 17 Nov, 19:00") in words_of(near)


def words_of(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).replace(NO_BREAK, " ").split())


def test_the_warnings_that_concern_a_member_stand_on_inbox_and_board_with_a_link_to_those_cases(
    desk: Desk, four: dict[str, UUID]
) -> None:
    """A manager is told of everybody's cases, an agent of their own."""
    accounts.create_user(email="agente@ribera.example", password=None, language="en")
    accounts.add_member(organisation=desk.access.organisation, email="agente@ribera.example", role="agent")
    agent = Client()
    agent.force_login(User.objects.get(email="agente@ribera.example"))
    for path in ("tickets/", "board/", "tickets/beside/", "tickets/warned/"):
        assert notice(read(member("es"), path)) == ("?warned=1", "Un expediente tiene un plazo que acaba pronto")
        assert notice(read(agent, path)) is None
    theirs = access_organisation(user=User.objects.get(email="agente@ribera.example"), slug="talleres-ribera")
    assign(access=desk.access, tickets=[four["risk"], four["running"]], member=theirs.member)
    told = ("?whose=mine&warned=1", "One of your cases has a deadline that ends soon")
    assert notice(read(agent, "tickets/")) == notice(read(agent, "tickets/warned/")) == notice(read(agent, "board/"))
    assert notice(read(agent, "board/")) == told
    for client, query in ((member("en"), "?warned=1"), (agent, told[0])):
        groups = client.get(f"{BASE}/tickets/{query}").context["groups"]
        assert [row.row.id for group in groups for row in group.rows] == [four["risk"]]
    desk.reply(four["risk"])
    assert notice(read(agent, "tickets/")) is None


def notice(page: str) -> tuple[str, str] | None:
    """Where a page's notice of warnings leads, and what it says; None without one."""
    found = re.search(r'<a class="link" href="[^"?]*(\?[^"]*warned=1)">(.*?)</a>', page)
    return (html.unescape(found[1]), html.unescape(found[2])) if found else None


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_was_done_late_says_by_how_much_as_its_term_is_counted(
    desk: Desk, four: dict[str, UUID], language: str
) -> None:
    """The night between is no business time, so that the page and the certificate name one length."""
    desk.reply(four["missed"])
    said = {"en": "Missed by 1 h of business time", "es": "Incumplido por 1 h hábiles"}[language]
    page = read(member(language), f"tickets/{four['missed']}/").replace(NO_BREAK, " ")
    assert re.findall(r"(?:Missed|Incumplido) (?:by|por)[^<]*", page) == [said]
