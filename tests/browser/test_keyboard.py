"""Without a pointer: every action is reached by Tab, the focus is always seen, and the frame can be skipped."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, PUBLIC
from tests.browser.world import World

MOST = 400
# Numbers what Tab must reach: of a group of radio buttons one, and nothing inside a closed part. Frames are left out:
# the focus goes into them and out in its own time, because another process holds them.
NUMBER = """() => {
  document.querySelectorAll('iframe').forEach(one => { one.tabIndex = -1; });
  const all = [...document.querySelectorAll('a[href],button,input,select,textarea,summary,[tabindex="0"]')]
    .filter(one => one.checkVisibility() && !one.disabled && one.type !== 'hidden' && one.tabIndex >= 0)
    .filter(one => one.type !== 'radio' || one.checked);
  all.forEach((one, number) => { one.dataset.number = number; });
  return all.length;
}"""
# The number of what has the focus, and whether an outline of its own or of what holds it shows that it has.
FOCUSED = """() => {
  const one = document.activeElement;
  const shown = [one, one.closest('.pick'), one.closest('.drop')].some(each => {
    const style = each && getComputedStyle(each);
    return style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  });
  return {number: one.dataset.number, shown, html: one.outerHTML.slice(0, 140)};
}"""


def walk(page: Page) -> tuple[set[int], list[str]]:
    """Press Tab until it has gone round; the numbers reached, and what had the focus without showing it."""
    reached: set[int] = set()
    unseen: list[str] = []
    for _press in range(MOST):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["number"] is None:
            if reached:
                break
            continue
        if int(focused["number"]) in reached:
            break
        reached.add(int(focused["number"]))
        if not focused["shown"]:
            unseen.append(focused["html"])
    return reached, unseen


@pytest.mark.parametrize(
    "path",
    [
        f"{BASE}/communications/",
        f"{BASE}/certificates/",
        f"{BASE}/ledger/?type=attempt.relayed",
        f"{BASE}/members/",
        f"{BASE}/figures/",
        f"{BASE}/settings/",
        "/console/preferences/",
        "/accounts/2fa/",
        *PUBLIC,
    ],
)
def test_every_action_is_reached_and_seen(world: World, visit: Opener, path: str) -> None:
    page = visit(member=path not in PUBLIC).open(path)
    count = page.evaluate(NUMBER)
    reached, unseen = walk(page)
    missed = [
        page.locator(f'[data-number="{number}"]').evaluate("one => one.outerHTML.slice(0, 140)")
        for number in sorted(set(range(count)) - reached)
    ]
    assert missed == []
    assert unseen == []


@pytest.mark.parametrize("path", [f"{BASE}/ledger/", "/verify/", "/accounts/login/"])
def test_the_frame_can_be_skipped(world: World, visit: Opener, path: str) -> None:
    page = visit(member=path.startswith("/console")).open(path)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0, "it is seen while it has the focus"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#content').contains(document.activeElement)")


def test_members_are_invited_without_a_pointer(world: World, visit: Opener) -> None:
    page = visit().open(f"{BASE}/members/")
    page.focus("#invite input[name=email]")
    page.keyboard.type("nueva@ribera.example")
    page.keyboard.press("Tab")
    page.keyboard.press("a")  # the next role that begins with it
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-secret]")).to_contain_text("/accounts/invitation/")
    expect(page.locator("#invite .members")).to_contain_text("Auditor")


def test_a_message_in_its_frame_is_scrolled_without_a_pointer(world: World, visit: Opener) -> None:
    one = world.communications["c0951@buzon.example"]
    page = visit(width=390).open(f"{BASE}/communications/{one}/")
    frame = page.locator(".content-frame")
    frame.evaluate("one => { one.style.height = '60px'; one.scrollIntoView(); }")
    body = page.frame_locator(".content-frame").locator("body")
    expect(body).to_contain_text("Estimado cliente")
    page.get_by_role("link", name="Original").focus()
    page.keyboard.press("Tab")
    expect(body).to_be_focused()
    expect(body).to_have_css("outline-style", "solid")
    page.keyboard.press("End")
    page.frames[-1].wait_for_function("scrollY > 0")
    page.keyboard.press("Tab")
    expect(frame).not_to_be_focused()
