"""A communication with everything that can come back: accessible, fitting, and saved rather than opened."""

import pytest

from tests.browser import samples
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import faults_of_form
from tests.browser.world import World


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "dark"), (320, "light")])
def test_its_page_is_accessible_and_fits(world: World, visit: Opener, width: int, scheme: str) -> None:
    one = world.communications["cliente0877@correo.example"]
    for type, details in samples.CAME_BACK:
        samples.come_back(world.organisation, one, type, details)
    seen = visit(width=width, scheme=scheme)
    page = seen.open(f"/console/talleres-ribera/communications/{one}/")
    assert page.locator(".timeline > li:not(.day):not(.awaited)").count() == 2 + len(samples.CAME_BACK)
    assert [*faults_of_access(page), *faults_of_form(page, width)] == []
    assert seen.elsewhere == seen.errors == []
    with page.expect_download() as saved:
        page.get_by_text("(.eml)").last.click()
    assert saved.value.suggested_filename.endswith(".eml")
