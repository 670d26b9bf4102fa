"""The figures of service in the browser: every width and scheme, and from a figure to the case behind it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from playwright.sync_api import expect

from acuse import clock
from acuse.clock import to_rfc3339
from acuse.config.database import conninfo
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.sequencer import Sequencer
from acuse.figures.followers import follow_figures
from acuse.helpdesk.models import Team
from acuse.helpdesk.services.portal import change_portal
from acuse.helpdesk.services.teams import make_team
from acuse.proof.facts.fact import Actor
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.desk import Desk, desk
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World

PAGE = f"{BASE}/figures/service/"
_DAYS = 35


@pytest.fixture
def made(world: World) -> Desk:
    found = desk(world, email="m.ribera@ribera.example")
    make_team(access=found.access, name="Mostrador", members=[found.access.member])
    with transaction.atomic():
        record(*(call(found, number) for number in range(_DAYS * 22)))
    sequencer = Sequencer(conninfo=conninfo(), key=world.key)
    assert sequencer.lead()
    while sequencer.tick():
        pass
    sequencer.resign()
    while follow_figures():
        pass
    return found


def call(desk: Desk, number: int) -> FactDraft:
    """One of the calls of five weeks: more in the morning than after noon."""
    day, place = divmod(number, 22)
    hour = 8 + place // 2 if place < 20 else 10 + place % 2
    noon = clock.now().replace(hour=hour, minute=number % 30, second=0, microsecond=0)
    details = {
        "line": str(uuid4()),
        "started_at": to_rfc3339(noon - timedelta(days=_DAYS - day)),
        "result": ("answered", "answered", "answered", "lost", "answered", "abandoned")[number % 6],
        "waited": 10 + number % 120,
        "talked": None,
    }
    return FactDraft(
        organisation=desk.access.organisation,
        subject_kind="call",
        subject_id=uuid4(),
        type="call.registered",
        actor=Actor(kind="member", id=str(desk.access.member)),
        details=details,
    )


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1100, "dark"), (390, "light"), (320, "dark")])
def test_its_pages_are_accessible_and_fit(made: Desk, visit: Opener, width: int, scheme: str) -> None:
    faults = []
    seen = visit(width=width, scheme=scheme)
    first = (clock.now() - timedelta(days=60)).date()
    for one in (
        f"{PAGE}?from={first}",
        f"{PAGE}?from=2020-01-01&to=2020-01-31",
        f"{PAGE}?from=nunca",
        f"{PAGE}behind/?from={first}&figure=load",
        f"{BASE}/settings/teams/",
        f"{BASE}/board/?team={Team.objects.get().id}",
        f"{BASE}/tickets/?team={Team.objects.get().id}",
        f"{BASE}/figures/",
    ):
        page = seen.open(one)
        expect(page.locator("[data-later]")).to_have_count(0)
        faults += [f"{one}: {fault}" for fault in faults_of_access(page)]
        faults += [f"{one}: {fault}" for fault in faults_of_form(page, width)]
    assert faults == []
    assert seen.elsewhere == seen.errors == []


def test_the_page_of_a_long_period_is_there_before_its_figures(made: Desk, visit: Opener) -> None:
    first = (clock.now() - timedelta(days=60)).date()
    seen = visit(width=390)
    seen.page.route("**/*whole=1*", lambda _held: None)
    page = seen.open(f"{PAGE}?from={first}")
    expect(page.get_by_role("progressbar")).to_be_visible()
    faults = faults_of_access(page) + faults_of_form(page, 390)
    assert faults == []
    page.get_by_role("link", name="Correo certificado").click()
    expect(page.get_by_role("heading", name="Cifras", exact=True)).to_be_visible()
    page.unroute("**/*whole=1*")
    seen.open(f"{PAGE}?from={first}")
    expect(page.locator(".service-cards")).to_be_visible()
    expect(page.get_by_role("link", name="PDF")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    plain = visit(scripts=False).open(f"{PAGE}?from={first}")
    expect(plain.locator(".service-cards")).to_be_visible()
    assert seen.elsewhere == seen.errors == []


def test_a_figure_leads_to_the_case_behind_it(made: Desk, visit: Opener) -> None:
    seen = visit(scripts=False)
    page = seen.open(f"{PAGE}?period=month")
    page.get_by_role("link", name="Cifras", exact=True).click()
    page.get_by_role("link", name="Servicio", exact=True).click()
    page.wait_for_url(f"**{PAGE}")
    seen.open(f"{PAGE}?from={(clock.now() - timedelta(days=60)).date()}")  # the month may be some minutes old
    page.locator(".service-cards a").first.click()
    expect(page.get_by_role("heading", name="Mensajes recibidos")).to_be_visible()
    page.locator("tbody a").first.click()
    page.wait_for_url("**/tickets/**")
    change_portal(access=made.access, portal_enabled=True, data_policy="")
    seen.open("/o/talleres-ribera/")
    expect(page.get_by_role("heading", name="Cuándo está más tranquilo")).to_be_visible()
