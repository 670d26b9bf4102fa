"""The page of sending domains, with keys and records in every state: it fits, is accessible, and its records copy."""

import pytest

from acuse.accounts import services as accounts
from acuse.accounts.models import User
from acuse.accounts.queries import access_organisation
from acuse.delivery import domains
from acuse.delivery.services.signing_keys import SigningKeyView, activate_signing_key, make_signing_key
from acuse.reception.origin.answers import NoAnswer, Records
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import faults_of_form
from tests.browser.world import World

DOMAIN = "ribera.example"
PAGE = "/console/talleres-ribera/settings/domains/"


@pytest.fixture
def waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> SigningKeyView:
    """A key that waits for its record, beside one in use and one that is not used any more; the DNS was asked."""
    for pattern in (f"@{DOMAIN}", "avisos@boletines.talleres-ribera-y-asociados.example"):
        accounts.add_sender_identity(organisation=world.organisation, pattern=pattern)
    made = [make_signing_key(organisation=world.organisation, domain=DOMAIN)]
    for _ in range(2):
        activate_signing_key(organisation=world.organisation, key=made[-1].id, found=made[-1].record)
        made.append(make_signing_key(organisation=world.organisation, domain=DOMAIN))
    holds = {
        ("localhost", "A"): ("192.0.2.7",),
        (made[1].name, "TXT"): (made[1].record,),
        (DOMAIN, "TXT"): ("v=spf1 mx -all",),
        (f"_dmarc.{DOMAIN}", "TXT"): (f"v=DMARC1; p=none; rua=mailto:{'x' * 120}@{DOMAIN}",),
        (DOMAIN, "MX"): ("mx1.ribera.example", "mx2.ribera.example"),
    }

    def ask(name: str, kind: str) -> Records:
        if name.startswith("_mta-sts"):
            raise NoAnswer("no answer")
        return Records(values=tuple(one.encode() for one in holds.get((name, kind), ())))

    monkeypatch.setattr(domains, "look_up", lambda *, anew: ask)
    chief = User.objects.get(email="m.ribera@ribera.example")
    domains.check_domain(access=access_organisation(user=chief, slug="talleres-ribera"), domain=DOMAIN)
    return made[-1]


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "dark"), (320, "light")])
def test_it_fits_and_is_accessible(waiting: SigningKeyView, visit: Opener, width: int, scheme: str) -> None:
    seen = visit(member=True, width=width, scheme=scheme)
    page = seen.open(PAGE)
    assert faults_of_access(page) == []
    assert faults_of_form(page, width) == []
    assert (seen.elsewhere, seen.errors) == ([], [])
    assert page.locator(".records > li").count() == 8  # three keys and five further records
    assert page.locator(f'[data-copy="{waiting.record}"]').is_visible()
