"""What keeps the page behind a link from being misused: limits, hostile content, what was erased, other links."""

import pytest
from django.core.cache import cache
from django.test import Client

from acuse.delivery import rules
from acuse.delivery.models import Access, Communication
from acuse.delivery.services import access
from acuse.doors.portal import verify
from acuse.doors.portal.access_link import ACTS_PER_WINDOW
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.proof.facts.fact import Actor
from tests.integration import making
from tests.integration.access.conftest import Visit, notify, waiting

HOSTILE = (
    b"From: avisos@ribera.example\r\nTo: ana@cliente.example\r\nSubject: <script>alert(1)</script>\r\n"
    b"Message-ID: <h@ribera.example>\r\nAcuse-Mode: notice\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p onclick='x()'>Hola</p><script>parent.location='https://malo.example'</script>"
    b"<img src='https://malo.example/p.gif'><form action='https://malo.example'><input name=a></form>\r\n"
)


def test_so_many_acts_a_minute_whatever_the_address(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "WINDOW", 10**9)  # one minute, however slow the machine is
    token = visit.form()
    answers = [
        visit.client.post(f"{visit.root}open", {"form": token}, REMOTE_ADDR=f"198.51.100.{number}").status_code
        for number in range(1, ACTS_PER_WINDOW + 4)
    ]
    assert answers[0] == 303
    assert answers[-1] == 429
    assert visit.get().status_code == 200, "looking is not limited"
    assert "Demasiados intentos seguidos" in visit.post("open").content.decode()


def test_a_form_of_one_link_serves_no_other(database: Addresses) -> None:
    cache.clear()
    value = making.credential()
    first, second = waiting(value), waiting(value, b"Acuse-Reference: otra\r\n")
    answer = first.client.post(f"{first.root}open", {"form": second.form()})
    assert answer.status_code == 403
    assert "content.accessed" not in first.types()


def test_a_session_of_one_link_opens_no_other(database: Addresses) -> None:
    cache.clear()
    value = making.credential()
    first, second = waiting(value), waiting(value, b"Acuse-Reference: otra\r\n")
    first.post("open")
    second.client.cookies["acuse_access"] = first.client.cookies["acuse_access"].value
    assert second.get("content").status_code == 303
    assert second.get("message").status_code == 404


def test_hostile_content_is_harmless_and_its_subject_is_text(database: Addresses) -> None:
    cache.clear()
    value = making.credential()
    communication = making.accept(value, HOSTILE)
    content = notify(communication).decode()
    root = "/a/" + content.split("/a/")[1].replace("=\r\n", "").split("/")[0] + "/"
    visit = Visit(organisation=value.organisation, communication=communication, root=root, notice=b"", client=Client())
    assert "<script" not in visit.get().content.decode()
    visit.post("open")
    answer = visit.get("message")
    shown = answer.content.decode()
    for trap in ("<script", "onclick", "<form", "<img", "parent.location"):
        assert trap not in shown
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_what_was_erased_is_as_what_never_was(visit: Visit) -> None:
    Communication.objects.filter(id=visit.communication).delete()
    gone, never = visit.get(), Client().get(f"/a/{'a' * 42}/")
    assert (gone.status_code, gone.content) == (404, never.content)


def test_a_device_that_names_itself_oddly_is_recorded_all_the_same(visit: Visit) -> None:
    token = visit.form()
    agent = "x" * 3000 + "\0"
    visit.client.post(f"{visit.root}open", {"form": token}, headers={"user-agent": agent})
    assert len(visit.last("content.accessed").details["client"]["user_agent"]) == 1024


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("act", ["open", "reject"])
def test_a_press_on_another_site_does_nothing_and_says_what_to_do(visit: Visit, site: str, act: str) -> None:
    before = visit.types()
    answer = visit.client.post(f"{visit.root}{act}", {"form": visit.form()}, headers={"sec-fetch-site": site})
    assert answer.status_code == 403
    assert "Esto se pulsó en otra página" in answer.content.decode()
    assert f'href="{visit.root}?l=es"' in answer.content.decode()
    assert visit.types() == before


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_press_on_our_own_page_opens(visit: Visit, site: str) -> None:
    visit.client.post(f"{visit.root}open", {"form": visit.form()}, headers={"sec-fetch-site": site})
    assert visit.types().count("content.accessed") == 1


def test_so_many_openings_are_facts_and_later_ones_still_open(visit: Visit) -> None:
    Access.objects.filter(communication_id=visit.communication).update(openings=rules.MOST_OPENINGS - 1)
    for _ in range(2):
        visit.client.cookies.clear()
        assert visit.post("open").status_code == 303
        assert "aceptamos su reclamación" in visit.get("message").content.decode()
    assert visit.types().count("content.accessed") == 1
    assert Access.objects.get(communication_id=visit.communication).openings == rules.MOST_OPENINGS


def test_so_many_downloads_are_facts_and_later_ones_are_still_served(visit: Visit) -> None:
    visit.post("open")
    Access.objects.filter(communication_id=visit.communication).update(downloads=rules.MOST_DOWNLOADS - 1)
    for _ in range(2):
        assert visit.post("attachments/1", page="content").content == b"%PDF-1.7 informe"
    assert visit.types().count("attachment.fetched") == 1
    assert Access.objects.get(communication_id=visit.communication).downloads == rules.MOST_DOWNLOADS


def test_what_is_refused_puts_nothing_into_custody(coded: Visit) -> None:
    visit = waiting(making.credential("otra-empresa"))
    coded.post("open")
    form, code = coded.form("code"), coded.code()
    Access.objects.filter(communication_id=coded.communication).update(codes_sent=rules.MOST_CODES)
    ended = visit.form()
    access.revoke(communication=visit.communication, actor=Actor(kind="member", id="m"), reason="Error")
    before = set(custody.store().keys("objects"))
    assert coded.post("code", page="code", code="no").status_code == 400
    assert coded.post("open").status_code == 429
    assert visit.client.post(f"{visit.root}open", {"form": ended}).status_code == 303
    assert set(custody.store().keys("objects")) == before
    assert coded.client.post(f"{coded.root}code", {"form": form, "code": code}).status_code == 303
    (kept,) = set(custody.store().keys("objects")) - before
    assert kept.endswith(coded.last("content.accessed").details["shown"])


def test_a_code_that_begins_to_serve_meanwhile_is_not_used_up(coded: Visit) -> None:
    coded.post("open")
    asked = {"communication": coded.communication, "visitor": access.Visitor(ip="192.0.2.1", user_agent="")}
    with pytest.raises(access.NotOpen):
        access.open_content(**asked, shown=None, code=coded.code())
    assert access.code_serves(communication=coded.communication, code=coded.code())
    assert "content.accessed" not in coded.types()
