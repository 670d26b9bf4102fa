"""The organisation's terms through the console's door: packs added, a term written, tried and taken out."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.calendars.services import archive_calendar
from acuse.embedded.roles import Addresses
from acuse.helpdesk.models import Deadline, PolicyVersion
from acuse.helpdesk.packs import pack
from acuse.proof.policy import Policy
from tests.integration.console.test_calendars import publish
from tests.integration.helpdesk.cases import Desk, assert_agrees, make_desk, row
from tests.unit.proof.calendars import at

BASE = "/console/talleres-ribera/terms/"


@pytest.fixture
def desk(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    return make_desk(monkeypatch)


@pytest.fixture
def client(desk: Desk) -> Client:
    """The administrator, signed in."""
    return signed_in("jefa@ribera.example")


def signed_in(email: str) -> Client:
    User.objects.filter(email=email).update(language="en")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(email=email))
    return client


def agent(desk: Desk) -> Client:
    accounts.create_user(email="agente@ribera.example", password=None, language="en")
    accounts.add_member(organisation=desk.access.organisation, email="agente@ribera.example", role="agent")
    return signed_in("agente@ribera.example")


def text(client: Client, path: str = BASE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def words(page: str) -> str:
    """What people read of a page's main part."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the form on a page, without its buttons."""
    form = page[page.index('<form class="calendar-form"') : page.index('<div class="form-foot">')]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if given.get("type") != "checkbox" or re.search(r"\schecked\b", tag):
            found.setdefault(given["name"], []).append(given.get("value", "on"))
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = [chosen[1] if chosen else ""]
    return found


def send(client: Client, path: str, given: dict[str, list[str]], act: str, **changes: object) -> str:
    answer = client.post(path, {**given, "act": act, **changes}, follow=True)  # type: ignore[dict-item]
    assert answer.status_code == 200
    return answer.content.decode()


def add(client: Client, pack: str, calendar: UUID, base: int) -> str:
    given = {"pack": pack, "calendar": str(calendar), "base": str(base)}
    return client.post(f"{BASE}pack/", given, follow=True).content.decode()


def policy() -> Policy:
    return Policy.from_members(PolicyVersion.objects.order_by("-number")[0].terms)


def test_sets_are_added_with_one_press_each_and_stand_together(client: Client, desk: Desk) -> None:
    assert "There are no terms yet: no case has a deadline." in text(client)
    assert "Added." in add(client, "standard", desk.calendar, 0)
    read = words(add(client, "ley-10-2025", desk.calendar, 1))
    assert "Version 2, of" in read
    for said in (
        "All but thanks 48 business hours",
        "Inquiry, claim, complaint, incident; about undue charge or bill 5 days",
        "Inquiry, claim, complaint, incident 15 business days",
        "Every case 10 business days",
        "Waits for what the customer has to send; then the whole term begins again.",
        "Counted by the calendar “Taller”.",
    ):
        assert said in read
    assert "Sets to add" not in read
    assert [term.name for term in policy().terms][:3] == ["Primera respuesta", "Resolución", "Subsanación"]
    desk.open()
    assert Deadline.objects.count() == 3


def test_of_a_set_that_has_more_than_before_only_that_is_added(client: Client, desk: Desk) -> None:
    """Sets grow: who has one of earlier is offered what came since, and keeps what they have."""
    first, second, _ = pack("standard", calendar=desk.calendar, language="es")
    desk.publish(first, second)
    assert "Added." in add(client, "standard", desk.calendar, 1)
    assert [term.name for term in policy().terms] == ["Primera respuesta", "Resolución", "Subsanación"]
    assert "24 hours and 48 business hours" not in text(client), "it is held whole, and offered no more"


def test_a_term_is_written_without_json_and_tried_before_it_is_published(client: Client, desk: Desk) -> None:
    answered, open_ = desk.open(), desk.open("inquiry")
    desk.pass_time("2026-11-16 13:00")
    desk.pass_to(answered, "agreed")
    path = f"{BASE}new/"
    given = fields(text(client, path)) | {
        "name": ["Urgente"],
        "purpose": ["resolution"],
        "case-0-types": ["claim", "inquiry"],
        "case-0-amount": ["2"],
        "case-0-unit": ["business_hours"],
        "pauses_on": ["customer"],
    }
    more = send(client, path, given, "case")
    assert "Condition 2" in more
    given = fields(more) | {"case-1-amount": ["3"], "case-1-unit": ["business_days"]}
    tried = words(send(client, path, given, "try"))
    assert "The last 2 cases would have had these deadlines." in tried
    assert "Urgente 2 cases: 0 met, 2 missed, 0 running" in tried
    assert not PolicyVersion.objects.exists()
    assert "Published." in send(client, path, given, "publish")
    (term,) = policy().terms
    assert (term.name, term.pauses_on, term.on_resume, term.warn) == ("Urgente", ("customer",), "continue", 10)
    assert [(case.types, case.term.amount, case.term.unit) for case in term.cases] == [
        (("inquiry", "claim"), 2, "business_hours"),
        ((), 3, "business_days"),
    ]
    assert not Deadline.objects.filter(ticket_id=open_).exists()


def test_a_resolution_that_ends_before_the_first_response_is_told_and_published_all_the_same(
    client: Client, desk: Desk
) -> None:
    add(client, "standard", desk.calendar, 0)
    path, said = f"{BASE}new/", "ends before “Primera respuesta” (24 hours)"
    given = fields(text(client, path)) | {
        "name": ["Urgente"],
        "purpose": ["resolution"],
        "case-0-types": ["claim"],
        "case-0-priorities": ["high"],
        "case-0-amount": ["2"],
        "case-0-unit": ["natural_hours"],
    }
    assert said not in words(text(client, path))
    tried = words(send(client, path, given, "try"))
    assert f"“Urgente” (2 hours) {said}" in tried
    assert "Cases: claim; priority high." in tried
    assert said not in words(send(client, path, given | {"case-0-amount": ["24"]}, "try"))
    published = send(client, path, given, "publish")
    assert "Published." in published
    assert said in words(published)
    assert policy().named("Urgente") is not None


def test_a_term_that_is_opened_and_published_unchanged_is_the_same_and_refused(client: Client, desk: Desk) -> None:
    add(client, "ley-10-2025", desk.calendar, 0)
    for place in range(3):
        page = send(client, f"{BASE}{place}/", fields(text(client, f"{BASE}{place}/")), "publish")
        assert "Nothing is different from version 1." in page


def test_a_change_makes_a_version_and_moves_no_deadline_that_runs(client: Client, desk: Desk) -> None:
    add(client, "standard", desk.calendar, 0)
    desk.open()
    before = list(Deadline.objects.order_by("id").values())
    path = f"{BASE}1/"
    given = fields(text(client, path)) | {"case-0-amount": ["24"]}
    page = send(client, path, given, "publish")
    assert "24 business hours" in words(page)
    assert list(Deadline.objects.order_by("id").values()) == before
    kept = PolicyVersion.objects.get(number=1)
    assert client.get(f"{BASE}versions/1.json").content == Policy.from_members(kept.terms).canonical()
    assert client.get(f"{BASE}versions/3.json").status_code == 404


def test_a_change_of_their_calendar_moves_no_deadline_that_runs_and_counts_in_new_cases(
    client: Client, desk: Desk
) -> None:
    add(client, "standard", desk.calendar, 0)
    running = desk.open()
    before = list(Deadline.objects.order_by("id").values())
    path = f"/console/talleres-ribera/calendars/{desk.calendar}/edit/"
    assert "Version 2" in words(publish(client, path, text(client, path), day1=""))
    assert list(Deadline.objects.order_by("id").values()) == before
    new = desk.open()
    told = [(row(one, "resolution").calendar_version, row(one, "resolution").due_at) for one in (running, new)]
    # Both Tuesdays from Monday to the end of 48 hours of eight a day are closed now.
    assert told == [(1, at("2026-11-24 10:00")), (2, at("2026-11-26 10:00"))]
    for one in (running, new):
        assert_agrees(desk, one)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": [""]}, "This field is required."),
        ({"case-0-amount": ["0"]}, "greater than or equal to 1"),
        ({"case-0-amount": ["9000"], "case-0-unit": ["business_days"]}, "longer than what its calendar covers"),
        ({"name": ["Primera respuesta"]}, "Two terms are called Primera respuesta."),
        ({"warn": ["95"]}, "less than or equal to 90"),
        ({"case-0-DELETE": ["on"]}, "A term needs at least one case."),
        ({"calendar": [str(UUID(int=5))]}, "Select a valid choice."),
        ({"base": ["7"]}, "Somebody changed the terms meanwhile."),
        ({"base": ["x"]}, "Somebody changed the terms meanwhile."),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_published(
    client: Client, desk: Desk, change: dict[str, list[str]], said: str
) -> None:
    add(client, "standard", desk.calendar, 0)
    path = f"{BASE}1/"
    assert said in words(send(client, path, fields(text(client, path)) | change, "publish"))
    assert PolicyVersion.objects.count() == 1


def test_a_term_is_removed_and_the_last_one_too(client: Client, desk: Desk) -> None:
    add(client, "standard", desk.calendar, 0)
    for base in (1, 2, 3):
        page = client.post(f"{BASE}0/remove/", {"base": str(base)}, follow=True).content.decode()
        assert "Removed." in page
    assert policy().terms == ()
    assert client.post(f"{BASE}0/remove/", {"base": "4"}).status_code == 404
    desk.open()
    assert not Deadline.objects.exists()


def test_whoever_was_overtaken_is_told_and_changes_nothing(client: Client, desk: Desk) -> None:
    add(client, "standard", desk.calendar, 0)
    assert "Somebody changed the terms meanwhile." in add(client, "ley-10-2025", desk.calendar, 0)
    assert PolicyVersion.objects.count() == 1


def test_terms_of_an_archived_calendar_can_be_read_and_need_another_before_anything_is_published(
    client: Client, desk: Desk
) -> None:
    add(client, "standard", desk.calendar, 0)
    other = desk.calendar_of("Otra")
    archive_calendar(access=desk.access, calendar=desk.calendar)
    assert "Counted by the calendar “Taller”." in words(text(client))
    assert "Choose a calendar by which the terms are counted." in add(client, "ley-10-2025", desk.calendar, 1)
    assert "The calendar of Primera respuesta is archived. Choose another." in add(client, "ley-10-2025", other, 1)
    assert PolicyVersion.objects.count() == 1


def test_a_calendar_that_terms_are_counted_by_is_not_put_away(client: Client, desk: Desk) -> None:
    add(client, "standard", desk.calendar, 0)
    path = f"/console/talleres-ribera/calendars/{desk.calendar}/archive/"
    said = client.post(path, follow=True).content.decode()
    assert "Terms are counted by it. Choose another calendar for them first." in said
    for base in (1, 2, 3):
        client.post(f"{BASE}0/remove/", {"base": str(base)})
    assert "Archived." in client.post(path, follow=True).content.decode()


def test_agents_read_and_change_nothing(desk: Desk) -> None:
    reader = agent(desk)
    desk.publish_packs("standard")
    page = words(text(reader))
    assert "48 business hours" in page
    assert "Only an owner or an administrator may change them." in page
    assert "Sets to add" not in page
    assert reader.get(f"{BASE}new/").status_code == 403
    assert reader.get(f"{BASE}0/").status_code == 403
    assert reader.post(f"{BASE}0/remove/", {"base": "1"}).status_code == 403
    given = {"pack": "ley-10-2025", "calendar": str(desk.calendar), "base": "1"}
    assert reader.post(f"{BASE}pack/", given).status_code == 403


def test_trying_a_term_with_no_case_or_with_none_that_it_applies_to_says_so(client: Client, desk: Desk) -> None:
    path = f"{BASE}new/"
    given = fields(text(client, path)) | {"name": ["X"], "case-0-types": ["claim"], "case-0-amount": ["2"]}
    tried = words(send(client, path, given, "try"))
    assert "There is no case yet to try it with. Nothing is published yet." in tried
    assert "had these deadlines" not in tried
    desk.open("inquiry")
    desk.open("thanks")
    tried = words(send(client, path, given, "try"))
    assert "The last 2 cases would have had no deadline." in tried
    assert "had these deadlines" not in tried


def test_cases_before_the_calendar_begins_are_counted_apart(client: Client, desk: Desk) -> None:
    desk.open()
    desk.now = at("2026-11-16 10:00") + timedelta(days=3 * 365)
    desk.calendar = desk.calendar_of("Nuevo")
    path = f"{BASE}new/"
    given = fields(text(client, path)) | {"name": ["X"], "calendar": [str(desk.calendar)], "case-0-amount": ["2"]}
    tried = words(send(client, path, given, "try"))
    assert "The last case would have had these deadlines." in tried
    assert "1 before the calendar begins" in tried
