"""Each page, wide and narrow, light and dark: no serious fault of accessibility, nothing loaded from elsewhere."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Opener
from tests.browser.world import World

BASE = "/console/talleres-ribera"
PUBLIC = ("/verify/", "/verify/offline/", "/v/0000-0000-0000-0000", "/accounts/login/", "/accounts/password/reset/")


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
        f"{BASE}/certificates/",
        f"{BASE}/ledger/?entry=3",
        f"{BASE}/settings/",
        "/console/preferences/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/password/change/",
    )


@pytest.mark.parametrize(
    ("width", "scheme"), [(1440, "light"), (1440, "dark"), (1100, "light"), (390, "light"), (390, "dark")]
)
def test_every_page_is_accessible_and_fits(world: World, visit: Opener, width: int, scheme: str) -> None:
    faults = []
    for member, paths in ((True, member_pages(world)), (False, PUBLIC)):
        seen = visit(member=member, width=width, scheme=scheme)
        for path in paths:
            page = seen.open(path)
            found = Axe().run(page).response["violations"]
            faults += [
                f"{path}: {one['id']} {node['target']} {node.get('failureSummary', '')[:160]}"
                for one in found
                if one["impact"] in {"serious", "critical"}
                for node in one["nodes"][:3]
            ]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{path}: wider than {width}")
        assert seen.elsewhere == []
        assert seen.errors == []
    assert faults == []
