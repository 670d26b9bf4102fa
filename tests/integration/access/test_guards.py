"""What keeps the page behind a link from being misused: limits, hostile content, what was erased, other links."""

from django.core.cache import cache
from django.test import Client

from acuse.delivery.models import Communication
from acuse.doors.portal.access_link import ACTS_PER_WINDOW
from acuse.embedded.roles import Addresses
from tests.integration import making
from tests.integration.access.conftest import Visit, notify, waiting

HOSTILE = (
    b"From: avisos@ribera.example\r\nTo: ana@cliente.example\r\nSubject: <script>alert(1)</script>\r\n"
    b"Message-ID: <h@ribera.example>\r\nAcuse-Mode: notice\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p onclick='x()'>Hola</p><script>parent.location='https://malo.example'</script>"
    b"<img src='https://malo.example/p.gif'><form action='https://malo.example'><input name=a></form>\r\n"
)


def test_so_many_acts_a_minute_whatever_the_address(visit: Visit) -> None:
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
