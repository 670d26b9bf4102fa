"""Looking records nothing; opening is a fact, and says what was shown."""

import hashlib

from django.test import Client

from acuse.certificates.models import Certificate
from acuse.evidence import custody
from acuse.mail.read import read
from tests.integration.access.conftest import Visit


def test_the_notice_holds_the_link_and_not_the_content(visit: Visit) -> None:
    told = read(visit.notice)
    assert "reclamación" not in f"{told.text}{told.html}"
    assert told.sender[0].name == "Talleres Ribera"
    assert told.reply_to[0].address == "avisos@ribera.example"
    assert told.message_id == f"<{visit.communication}@{told.sender[0].address.rpartition('@')[2]}>"
    assert "Resolución 2026-0417" in (told.subject or "")
    assert "<a href" in (told.html or "")
    assert "<img" not in (told.html or "")


def test_what_was_sent_is_kept_with_its_fact(visit: Visit) -> None:
    assert visit.types()[:3] == ["communication.accepted", "content.consigned", "attempt.opened"]
    cited = visit.last("attempt.opened").objects[0]
    assert cited.role == "sent-copy"
    assert custody.open_object(organisation=visit.organisation, sha256=cited.sha256) == visit.notice


def test_looking_at_every_page_records_nothing_and_sets_no_cookie(visit: Visit) -> None:
    before = visit.types()
    for rest in ("", "open", "code", "content", "message", "attachments/1", "certificate", "accept", "reject"):
        for ask in (visit.client.get, visit.client.head):
            answer = ask(f"{visit.root}{rest}", follow=True)
            assert answer.status_code in (200, 404, 405)
            assert "reclamación" not in answer.content.decode(errors="replace")
    assert not visit.client.cookies
    assert visit.types() == before


def test_pressing_the_button_opens_the_content(visit: Visit) -> None:
    answer = visit.post("open")
    assert answer.status_code == 303
    assert visit.client.cookies["acuse_access"]["path"] == visit.root
    page = visit.client.get(answer["Location"]).content.decode()
    assert "informe.pdf" in page
    shown = visit.get("message").content
    assert "aceptamos su reclamación &lt;b&gt;del 3 de octubre" in shown.decode()
    fact = visit.last("content.accessed")
    assert fact.details["authentication"] is None
    assert fact.details["shown"] == hashlib.sha256(shown).hexdigest() == fact.objects[0].sha256
    assert custody.open_object(organisation=visit.organisation, sha256=fact.details["shown"]) == shown
    assert fact.details["client"]["ip"] == "127.0.0.1"
    assert (visit.row().outcome, visit.row().grade) == ("accessed", 3)
    assert Certificate.objects.filter(subject=visit.communication).count() == 1


def test_without_the_session_nothing_is_shown(visit: Visit) -> None:
    visit.post("open")
    stranger = Client()
    assert stranger.get(f"{visit.root}content").status_code == 303
    assert stranger.get(f"{visit.root}message").status_code == 404
    assert stranger.get(f"{visit.root}certificate").status_code == 303


def test_a_file_is_fetched_with_a_press_and_recorded(visit: Visit) -> None:
    visit.post("open")
    answer = visit.post("attachments/1", page="content")
    assert answer.content == b"%PDF-1.7 informe"
    assert answer["Content-Disposition"] == 'attachment; filename="informe.pdf"'
    details = visit.last("attachment.fetched").details
    assert (details["number"], details["name"]) == (1, "informe.pdf")
    assert details["digest"] == hashlib.sha256(answer.content).hexdigest()


def test_a_form_of_elsewhere_opens_nothing(visit: Visit) -> None:
    answer = visit.client.post(f"{visit.root}open", {"form": "made-up"})
    assert answer.status_code == 403
    assert "content.accessed" not in visit.types()


def test_a_made_up_link_leads_to_kind_words(visit: Visit) -> None:
    answer = Client().get(f"/a/{'a' * 42}/", headers={"accept-language": "es"})
    assert answer.status_code == 404
    assert "Aquí no hay ninguna comunicación" in answer.content.decode()


def test_pages_are_kept_nowhere_and_tell_nobody(visit: Visit) -> None:
    answer = visit.get()
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_page_speaks_the_other_language_when_asked(visit: Visit) -> None:
    assert "Tiene una comunicación certificada de Talleres Ribera" in visit.get().content.decode()
    english = visit.get("?l=en").content.decode()
    assert "You have a certified communication from Talleres Ribera" in english
    assert '<html lang="en"' in english


def test_in_the_other_language_it_is_still_what_the_fact_names(visit: Visit) -> None:
    visit.post("open")
    shown = visit.get("message?l=en").content
    assert hashlib.sha256(shown).hexdigest() == visit.last("content.accessed").details["shown"]
