"""A page of a communication that waits for its document shows it by itself."""

from playwright.sync_api import expect

from acuse import clock
from acuse.certificates.models import Certificate
from tests.browser.conftest import WAIT, Opener
from tests.browser.test_every_page import BASE
from tests.browser.world import World


def test_a_certificate_appears_once_it_is_sealed(world: World, visit: Opener) -> None:
    one = world.communications["cliente1042@correo.example"]
    page = visit().open(f"{BASE}/communications/{one}/")
    download = page.locator(".crumbs [data-export]")
    with page.expect_response(lambda answer: "/documents/0/" in answer.url) as asked:
        expect(download).to_have_count(0)
    assert (asked.value.status, asked.value.headers.get("hx-refresh")) == (204, None)
    Certificate.objects.filter(subject=one).update(
        state=Certificate.State.ISSUED, issued_at=clock.now(), level="B-LTA", facts_up_to=0
    )
    expect(download).to_be_visible(timeout=WAIT)
    expect(page.locator("[hx-get*='/documents/']")).to_have_count(0)
