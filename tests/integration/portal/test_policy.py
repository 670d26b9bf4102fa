"""The policy of data protection: its address is set in the console, and the public pages lead to it."""

import re

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.helpdesk.models import Settings
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services.portal import MOST_ADDRESS
from tests.integration.helpdesk.making import SLUG, Desk, letter
from tests.integration.portal.writing import FILLED, WRITE, answer_names, hidden

POLICY = "https://ribera.example/privacidad?a=1&b=2"
LINK = re.compile(
    r'<a class="link" href="https://ribera\.example/privacidad\?a=1&amp;b=2" target="_blank" rel="noopener">'
)


def change(desk: Desk, address: str) -> str:
    """Set the address as an owner does; return what the page says is wrong with it."""
    owner = Client(headers={"Accept-Language": "en"})
    owner.force_login(User.objects.get(email="owner@ribera.example"))
    given = {"portal_enabled": "on", "form_enabled": "on", "form_mailbox": str(desk.mailbox), "data_policy": address}
    answer = owner.post(f"/console/{SLUG}/settings/portal/", given)
    found = re.search(r'id="portal_data_policy_error">.*?<span>([^<]+)</span>', answer.content.decode())
    assert (answer.status_code == 302) is (found is None)
    return found[1] if found else ""


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_form_and_the_foot_of_the_pages_lead_to_the_policy(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    answer_names(monkeypatch)
    desk.receive(letter())
    paths = (f"/o/{SLUG}/", f"/o/{SLUG}/mailbox/", WRITE, follow_path(desk.ticket().id))
    assert [len(LINK.findall(visitor.get(path).content.decode())) for path in paths] == [0, 0, 0, 0]
    assert change(desk, f"  {POLICY} ") == ""
    pages = [visitor.get(f"{path}?l={language}").content.decode() for path in paths]
    assert [len(LINK.findall(page)) for page in pages] == [1, 1, 2, 1]
    assert all({"es": "Protección de datos", "en": "Data protection"}[language] in page for page in pages)
    second = visitor.post(WRITE, {**FILLED, **hidden(visitor.get(WRITE)), "step": "check"})
    assert len(LINK.findall(second.content.decode())) == 2
    assert change(desk, "") == ""
    assert LINK.search(visitor.get(WRITE).content.decode()) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://ribera.example/privacidad",
        "ribera.example/privacidad",
        "javascript:alert(1)//https://ribera.example",
        "https://",
        "https://ana:secreto@ribera.example/",
        "https://ribera.example/priva cidad",
        "https://ribera.example/" + "x" * MOST_ADDRESS,
    ],
)
def test_an_address_that_pages_may_not_lead_to_is_refused_at_its_field(desk: Desk, address: str) -> None:
    assert change(desk, address) != ""
    assert Settings.objects.get().data_policy == ""
