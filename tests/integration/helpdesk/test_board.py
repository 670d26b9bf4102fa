"""The board, the inbox that tells what changed, and the lists that people keep."""

from datetime import timedelta
from html import unescape
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import escape

from acuse import clock
from acuse.accounts.models import User
from acuse.clock import to_rfc3339
from acuse.evidence import fulltext
from acuse.helpdesk.models import Mailbox, SavedView, Ticket
from acuse.helpdesk.queries.board import board
from acuse.helpdesk.queries.tickets import Filters, tickets
from acuse.helpdesk.services.teams import make_team
from tests.integration.helpdesk.making import SLUG, Desk, letter

BASE = f"/console/{SLUG}"
FIRST = {"due_purpose": "first_response"}


def client(role: str = "administrator") -> Client:
    """A member, signed in."""
    made = Client()
    made.force_login(User.objects.get(email=f"{role}@ribera.example"))
    return made


@pytest.fixture
def three(desk: Desk) -> list[Ticket]:
    """Three cases: one late, of the agent; one due soon, of nobody; one that waits for its customer."""
    for number in range(3):
        desk.receive(letter(f"Caso {number}", message_id=f"<m{number}@cliente.example>"))
    late, soon, quiet = Ticket.objects.order_by("number")
    now = clock.now()
    Ticket.objects.filter(id=late.id).update(assignee=desk.agent.member, due_at=now - timedelta(hours=1), **FIRST)
    Ticket.objects.filter(id=soon.id).update(assignee=None, due_at=now + timedelta(hours=3), escalated_at=now, **FIRST)
    Ticket.objects.filter(id=quiet.id).update(assignee=desk.agent.member, due_at=None, waits_since=None)
    return [late, soon, quiet]


def test_whoever_signs_in_where_customers_write_comes_to_the_cases(desk: Desk) -> None:
    assert client().get("/console/").headers["Location"] == f"{BASE}/tickets/"
    assert client().get(f"{BASE}/").headers["Location"] == f"{BASE}/tickets/"
    Mailbox.objects.all().delete()
    assert client().get("/console/").headers["Location"] == f"{BASE}/communications/"
    assert client().get(f"{BASE}/").headers["Location"] == f"{BASE}/communications/"


def test_the_address_of_an_organisation_leads_nobody_else_anywhere(desk: Desk) -> None:
    stranger = Client()
    stranger.force_login(User.objects.create_user(email="nadie@ribera.example"))
    assert stranger.get(f"{BASE}/").status_code == stranger.get("/console/nada-de-nada/").status_code == 404
    assert Client().get(f"{BASE}/").headers["Location"] == f"/accounts/login/?next={BASE}/"


def test_the_board_says_who_has_how_much_and_who_waits_longest(desk: Desk, three: list[Ticket]) -> None:
    found = board(desk.owner)
    assert [(one.member, one.open, one.waits, one.late, one.soon) for one in found.loads] == [
        (desk.agent.member, 2, 1, 1, 0),
        (None, 1, 1, 0, 1),
    ]
    assert (found.whole.open, found.whole.escalated) == (3, 1)
    assert [row.id for row in found.longest] == [three[0].id, three[1].id]


def test_its_numbers_are_those_of_the_lists_behind_them(desk: Desk, three: list[Ticket]) -> None:
    page = client("auditor").get(f"{BASE}/board/")
    for _word, number, _note, query, _urgency in page.context["tiles"]:
        listed = client().get(f"{BASE}/tickets/?{query}")
        assert sum(len(group.rows) for group in listed.context["groups"]) == number, query
        narrowing = len([one for one in query.split("&") if one and not one.startswith("whose=")])
        assert (f">{narrowing} filtro" in listed.content.decode()) is (narrowing > 0), "a narrowed list says so"


def test_a_board_of_one_mailbox_leaves_the_others_out(desk: Desk, three: list[Ticket]) -> None:
    Ticket.objects.filter(id=three[0].id).update(mailbox=None)
    assert client().get(f"{BASE}/board/?mailbox={desk.mailbox}").context["whole"].open == 2
    assert client().get(f"{BASE}/board/?mailbox=nonsense").context["whole"].open == 3


@pytest.mark.usefixtures("three")
def test_a_board_of_one_team_counts_what_its_lists_show(desk: Desk) -> None:
    assert 'name="team"' not in client().get(f"{BASE}/board/").content.decode(), "nobody is asked to choose of none"
    workshop = make_team(access=desk.owner, name="Taller", members=[desk.agent.member])
    make_team(access=desk.owner, name="Tienda", members=[desk.administrator.member])
    page = client().get(f"{BASE}/board/?team={workshop}&mailbox={desk.mailbox}")
    assert (page.context["whole"].open, len(page.context["lines"])) == (2, 1)
    queries = [query for _word, _number, _note, query, _urgency in page.context["tiles"]]
    assert [number for _word, number, *_ in page.context["tiles"]] == [2, 1, 1, 0, 0]
    for number, query in [(2, page.context["lines"][0].list), *zip((2, 1, 1, 0, 0), queries, strict=True)]:
        listed = client().get(f"{BASE}/tickets/?{query}")
        assert sum(len(group.rows) for group in listed.context["groups"]) == number, query
        assert f'<option value="{workshop}" selected>Taller</option>' in listed.content.decode()
        assert f"?{escape(query)}" in page.content.decode()


@pytest.mark.usefixtures("three")
def test_a_board_of_a_team_with_nothing_before_it_says_so(desk: Desk) -> None:
    shop = make_team(access=desk.owner, name="Tienda", members=[desk.administrator.member])
    page = client().get(f"{BASE}/board/?team={shop}")
    assert page.context["whole"].open == 0
    assert f'href="{BASE}/board/"' in page.content.decode().split('id="board"')[1], "and leads to the whole board"


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("asked", ["team=nonsense", f"team={UUID(int=1)}", f"mailbox={UUID(int=1)}"])
def test_a_team_or_mailbox_that_there_is_not_narrows_neither_board_nor_list(desk: Desk, asked: str) -> None:
    make_team(access=desk.owner, name="Tienda", members=[desk.administrator.member])
    assert client().get(f"{BASE}/board/?{asked}").context["whole"].open == 3
    listed = client().get(f"{BASE}/tickets/?{asked}")
    assert sum(len(group.rows) for group in listed.context["groups"]) == 3


def test_an_open_inbox_is_told_what_changed_since_it_was_shown(desk: Desk, three: list[Ticket]) -> None:
    since = to_rfc3339(clock.now())
    asked = f"{BASE}/tickets/news/?{urlencode({'since': since})}"
    assert client().get(asked).content.strip() == b""
    desk.receive(letter("Caso 3", message_id="<m3@cliente.example>"))
    assert "1" in client().get(asked).content.decode()
    assert client().get(f"{asked}&whose=nobody").content.strip() == b"", "what the list leaves out is no news"
    assert client().get(f"{BASE}/tickets/news/?since=yesterday").status_code == 400


@pytest.mark.parametrize(("order", "numbers"), [("due", [1, 2, 3]), ("last", [3, 2, 1])])
@pytest.mark.parametrize("newest", [1, 2, 500])
@pytest.mark.parametrize("few", [0, 1, 500])
def test_a_search_finds_few_and_many_alike_page_by_page(
    desk: Desk,
    three: list[Ticket],
    monkeypatch: pytest.MonkeyPatch,
    order: str,
    numbers: list[int],
    newest: int,
    few: int,
) -> None:
    monkeypatch.setattr(fulltext, "_NEWEST", newest)
    monkeypatch.setattr(fulltext, "_FEW", few)
    asked = Filters(search="cliente.example")
    first = tickets(desk.agent, asked, order=order, limit=2)
    rest = tickets(desk.agent, asked, order=order, after=first.after)
    assert [row.number for row in (*first.items, *rest.items)] == numbers
    assert rest.after is None
    (one,) = tickets(desk.agent, Filters(search=three[1].key), order=order).items
    assert one.number == 2
    assert tickets(desk.agent, Filters(search="nadie@cliente.example"), order=order).items == ()


@pytest.mark.parametrize("search", ["EMP-0002-2E81VP", "emp-0002-2e81vp", "2E81VP", "2e81v", "2e81", "2e8"])
def test_a_key_that_begins_like_a_number_is_found(desk: Desk, three: list[Ticket], search: str) -> None:
    Ticket.objects.filter(id=three[1].id).update(key="EMP-0002-2E81VP")
    assert [row.number for row in tickets(desk.agent, Filters(search=search)).items] == [2]


def test_a_list_that_a_manager_keeps_for_all_is_theirs_to_forget(desk: Desk) -> None:
    given = {"name": "Esperan", "query": "waits=1", "shared": "1"}
    assert client("agent").post(f"{BASE}/tickets/views/", given).status_code == 403
    assert client().post(f"{BASE}/tickets/views/", given).status_code == 302
    view = SavedView.objects.get()
    assert view.member_id is None
    assert "Esperan" in client("agent").get(f"{BASE}/tickets/").content.decode()
    assert client("agent").post(f"{BASE}/tickets/views/{view.id}/forget/").status_code == 403
    assert client().post(f"{BASE}/tickets/views/{view.id}/forget/").status_code == 302
    assert not SavedView.objects.exists()


def test_each_kept_list_has_a_name_of_its_own_and_keeps_it(desk: Desk) -> None:
    def keep(who: str, name: str, query: str) -> str:
        given = {"name": name, "query": query}
        return client(who).post(f"{BASE}/tickets/views/", given, follow=True).content.decode()

    keep("agent", "Esperan", "waits=1")
    assert "Ya hay una lista llamada «esperan»." in unescape(keep("agent", "esperan ", "late=1"))
    keep("agent", "Aguardan", "waits=1")
    keep("administrator", "Esperan", "late=1")
    kept = SavedView.objects.order_by("id").values_list("name", "query", "member__role")
    assert list(kept) == [
        ("Esperan", "waits=1", "agent"),
        ("Aguardan", "waits=1", "agent"),
        ("Esperan", "late=1", "administrator"),
    ]
