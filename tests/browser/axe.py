"""What axe finds of a page against WCAG 2.2 AA and what it holds to be good practice, whatever weight it gives it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}},  # the rule of 2.2; axe leaves it out unless asked
}


def faults_of_access(page: Page) -> list[str]:
    """Return each rule that the page breaks once it is there whole, and where."""
    page.wait_for_load_state()
    found = Axe().run(page, options=_OPTIONS).response["violations"]
    return [f"{one['id']}: {', '.join(str(node['target'][0]) for node in one['nodes'][:5])}" for one in found]
