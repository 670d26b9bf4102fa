"""Each page, wide and narrow, light and dark: no serious fault of accessibility, nothing loaded from elsewhere.

A width of 320 pixels is also what is left of 1280 where everything is shown four times as large, and 640 where it is
shown twice as large (WCAG 2.2, 1.4.4 and 1.4.10).
"""

from itertools import pairwise

import pytest
from playwright.sync_api import Page

from acuse.accounts import members, services
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.incoming import one_of_each
from tests.browser.world import World

BASE = "/console/talleres-ribera"
KNOWN = "otra@norte.example"
PUBLIC = (
    "/api/v1/",
    "/verify/",
    "/verify/offline/",
    "/v/0000-0000-0000-0000",
    "/accounts/login/",
    "/accounts/password/reset/",
)


def invited() -> tuple[str, str]:
    """Invite somebody new, and somebody who is a user already; the paths of their links."""
    access = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")
    found = [members.invite(access=access, email=email, role="agent") for email in ("n@ribera.example", KNOWN)]
    first, second = (f"/accounts/invitation/{token}/" for _invitation, token in found)
    return first, second


def first_run() -> str:
    """Make the member's second organisation, in which nothing has been sent; its first page."""
    made = services.create_organisation(name="Bodegas Ribera", slug="bodegas-ribera")
    services.add_member(organisation=made.id, email="m.ribera@ribera.example", role="owner")
    return "/console/bodegas-ribera/communications/"


def member_pages(world: World) -> tuple[str, ...]:
    """Every page of a member."""
    relayed = world.communications["cliente1042@correo.example"]
    failed = world.communications["c0951@buzon.example"]
    return (
        f"{BASE}/communications/",
        f"{BASE}/communications/?q=nada&days=7",
        f"{BASE}/communications/{relayed}/",
        f"{BASE}/communications/{failed}/",
        f"{BASE}/communications/{relayed}/?tab=attempts",
        f"{BASE}/communications/{relayed}/?tab=recipient",
        f"{BASE}/communications/{relayed}/dialogues/3/",
        f"{BASE}/failures/",
        f"{BASE}/figures/",
        f"{BASE}/figures/?days=365",
        f"{BASE}/certificates/",
        f"{BASE}/incoming/",
        f"{BASE}/incoming/?before=2001-01-01T00:00:00%2B00:00~{relayed}",
        f"{BASE}/ledger/",
        f"{BASE}/ledger/?entry=3",
        f"{BASE}/ledger/?q=nada",
        f"{BASE}/ledger/?type=attempt.relayed&days=30",
        f"{BASE}/members/",
        f"{BASE}/settings/",
        f"{BASE}/settings/keys/",
        f"{BASE}/settings/domains/",
        f"{BASE}/settings/handling/",
        f"{BASE}/settings/rules/?sender=a@ribera.example&recipient=b@cliente.example&subject=Factura",
        "/console/preferences/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/password/change/",
    )


# What one can act on or read, that reaches out of the page and is not inside something that scrolls.
CUT_OFF = """() => [...document.querySelectorAll('a,button,input,select,summary,h1,h2,h3,p,dd,dt,li,th,td,label')]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest('.sr-only,.skip,.scroll,.side'))
  .filter(one => { const box = one.getBoundingClientRect();
    return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1); })
  .map(one => one.outerHTML.slice(0, 120))"""
# Headings begin with one of the first level and leave out none on the way down.
HEADINGS = """() => [...document.querySelectorAll('main h1,main h2,main h3,main h4')]
  .filter(one => one.checkVisibility()).map(one => Number(one.tagName[1]))"""
UNLABELLED = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]
  .filter(one => one.checkVisibility() && !(one.getAttribute('aria-label') || one.textContent.trim() || one.title ||
    (one.labels && one.labels.length))).map(one => one.outerHTML.slice(0, 120))"""


def faults_of_form(page: Page, width: int) -> list[str]:
    """What reaches out of the page, has no name, or is a heading out of order, once it is there whole."""
    page.wait_for_load_state()
    found = [f"cut off: {one}" for one in page.evaluate(CUT_OFF)]
    found += [f"without a name: {one}" for one in page.evaluate(UNLABELLED)]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"wider than {width}")
    levels = page.evaluate(HEADINGS)
    if levels[:1] != [1] or levels.count(1) != 1 or any(after > before + 1 for before, after in pairwise(levels)):
        found.append(f"headings {levels}")
    return found


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(1440, "light"), (1440, "dark"), (1100, "light"), (640, "dark"), (390, "light"), (390, "dark"), (320, "light")],
)
def test_every_page_is_accessible_and_fits(world: World, visit: Opener, width: int, scheme: str) -> None:
    faults = []
    one_of_each(world.organisation, world.communications["cliente1042@correo.example"])
    new, known = invited()
    members_paths = (*member_pages(world), first_run(), new)
    public_paths = (*PUBLIC, new, known, "/accounts/invitation/unknown/")
    for member, paths in ((True, members_paths), (False, public_paths)):
        seen = visit(member=member, width=width, scheme=scheme)
        for path in paths:
            page = seen.open(path)
            faults += [f"{path}: {one}" for one in faults_of_access(page)]
            faults += [f"{path}: {one}" for one in faults_of_form(page, width)]
        assert seen.elsewhere == []
        assert seen.errors == []
    assert not faults, "\n".join(faults)
