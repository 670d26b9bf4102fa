"""Accepting, rejecting, and the end of the term: each a fact, none undone by a later one."""

from datetime import timedelta

import pytest

from acuse import clock
from acuse.certificates.models import Certificate
from acuse.delivery.services import access
from acuse.evidence import custody
from acuse.proof.facts.fact import Actor
from tests.integration import making
from tests.integration.access.conftest import MESSAGE, Visit, notify
from tests.integration.access.test_codes import later

MONTH = timedelta(days=30, seconds=1)


def test_accepting_records_the_words_and_the_comments(visit: Visit) -> None:
    visit.post("open")
    answer = visit.post("accept", page="content", comments="De acuerdo.\r\nAna")
    assert answer.status_code == 303
    details = visit.last("acceptance.given").details
    assert (details["words"], details["comments"]) == ("Estoy conforme", "De acuerdo.\nAna")
    assert (visit.row().outcome, visit.row().grade) == ("accepted", 6)
    page = visit.get("content").content.decode()
    assert "Pulsó «Estoy conforme»" in page
    assert 'name="comments"' not in page


def test_what_was_accepted_says_so_and_can_no_longer_be_refused(visit: Visit) -> None:
    visit.post("open")
    visit.post("accept", page="content")
    visit.client.cookies.clear()
    page = visit.get().content.decode()
    assert "<dt>Abierta</dt>" in page
    assert "<dt>Aceptada</dt>" in page
    assert "Abrirla no significa" not in page
    assert f"{visit.root}reject" not in page
    assert visit.get("reject").status_code == 303


def test_what_was_opened_says_what_opening_again_and_refusing_do(visit: Visit) -> None:
    before = visit.get().content.decode()
    assert "Antes de abrirla" in before
    assert "No quiero recibirla" in before
    assert "¿No quiere recibir esta comunicación?" in visit.get("reject").content.decode()
    visit.post("open")
    for language, said in {
        "es": ("Si vuelve a abrirla", "también de esa fecha", "Abrir de nuevo", "Rechazar la comunicación"),
        "en": ("If you open it again", "will be recorded too", "Open it again", "Refuse the communication"),
    }.items():
        page = visit.get(f"?l={language}").content.decode()
        assert [words for words in said if words not in page] == []
    assert "Antes de abrirla" not in visit.get().content.decode()
    refusing = visit.get("reject").content.decode()
    assert "¿Quiere rechazar esta comunicación?" in refusing
    assert "ni descargar la prueba" in refusing


def test_a_proof_that_is_being_made_has_no_look_of_one(visit: Visit) -> None:
    visit.post("open")
    page = visit.get("content").content.decode()
    assert "Se está preparando" in page
    assert 'class="paper' not in page


@pytest.mark.parametrize(
    ("act", "page", "outcome"), [("accept", "content", "accepted"), ("reject", "reject", "refused")]
)
def test_a_comment_that_is_too_long_is_refused_whole(visit: Visit, act: str, page: str, outcome: str) -> None:
    visit.post("open")
    answer = visit.post(act, page=page, comments="a" * 2001)
    assert answer.status_code == 400
    assert "más de 2000 caracteres" in answer.content.decode()
    assert "a" * 2001 in answer.content.decode(), "what was written is not lost"
    assert visit.row().outcome == "accessed"
    visit.post(act, page=page, comments="a" * 2000)
    assert visit.row().outcome == outcome


def test_a_few_lines_get_a_low_frame(visit: Visit) -> None:
    visit.post("open")
    assert 'class="letter-content brief"' in visit.get("content").content.decode()


def test_accepting_twice_is_one_fact(visit: Visit) -> None:
    visit.post("open")
    token = visit.form("content")
    for _ in range(2):
        visit.client.post(f"{visit.root}accept", {"form": token})
    assert visit.types().count("acceptance.given") == 1


def test_nothing_is_accepted_unopened(visit: Visit) -> None:
    assert visit.post("accept").status_code == 303
    assert "acceptance.given" not in visit.types()


def test_rejecting_closes_the_content(visit: Visit) -> None:
    assert "Quedará constancia de que la rechazó" in visit.get("reject").content.decode()
    visit.post("reject", page="reject", comments="No soy yo.")
    assert visit.last("content.rejected").details["comments"] == "No soy yo."
    assert (visit.row().outcome, visit.row().grade) == ("refused", 1)
    answer = visit.get()
    assert answer.status_code == 410
    assert "Esta comunicación se rechazó" in answer.content.decode()


def test_rejecting_after_opening_keeps_the_grade(visit: Visit) -> None:
    visit.post("open")
    visit.post("reject", page="reject")
    assert (visit.row().outcome, visit.row().grade) == ("refused", 3)
    assert visit.get("message").status_code == 404


def test_what_was_accepted_is_not_rejected(visit: Visit) -> None:
    visit.post("open")
    token = visit.form("reject")
    visit.post("accept", page="content")
    assert visit.client.post(f"{visit.root}reject", {"form": token}).status_code == 409
    assert "content.rejected" not in visit.types()
    assert visit.row().outcome == "accepted"


def test_the_term_ends_by_itself(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert access.expire_due() == 0
    later(monkeypatch, MONTH)
    assert visit.get().status_code == 410, "even before the job came by"
    assert access.expire_due() == 1
    assert access.expire_due() == 0
    assert visit.types().count("term.expired") == 1
    assert (visit.row().outcome, visit.row().grade) == ("expired", 1)
    assert "El plazo para abrir esta comunicación terminó" in visit.get().content.decode()


def test_a_term_that_ends_after_an_access_changes_nothing(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    visit.post("open")
    later(monkeypatch, MONTH)
    access.expire_due()
    assert (visit.row().outcome, visit.row().grade) == ("accessed", 3)
    for language, said in {
        "es": ("El plazo de esta comunicación terminó", "<dt>Abierta</dt>", "la que descargó sigue sirviendo"),
        "en": ("The period of this communication is over", "<dt>Opened</dt>", "one that you downloaded still serves"),
    }.items():
        answer = visit.get(f"?l={language}")
        assert answer.status_code == 410
        assert [words for words in said if words not in answer.content.decode()] == []


def test_a_withdrawn_link_says_so(visit: Visit) -> None:
    access.revoke(communication=visit.communication, actor=Actor(kind="member", id="m"), reason="Error")
    answer = visit.get()
    assert answer.status_code == 410
    assert "ya no está disponible" in answer.content.decode()
    assert visit.last("access.revoked").details["reason"] == "Error"


def test_an_act_after_the_certificate_asks_for_one_that_supersedes_it(visit: Visit) -> None:
    Certificate.objects.filter(subject=visit.communication).update(state="issued", issued_at=clock.now())
    visit.post("open")
    newest = Certificate.objects.filter(subject=visit.communication).order_by("revision").last()
    assert newest is not None
    assert (newest.revision, newest.reason) == (2, "content.accessed")
    visit.client.cookies.clear()
    visit.post("open")
    assert Certificate.objects.filter(subject=visit.communication).count() == 2, "opening it again changes nothing"


def test_a_notice_that_may_have_arrived_can_be_opened_while_tries_go_on(visit: Visit) -> None:
    value = making.credential("otra-empresa")
    communication = making.accept(value, MESSAGE % b"")
    notify(communication, making.UNKNOWN)
    other = Visit(
        organisation=value.organisation,
        communication=communication,
        root=access.link_to(communication).partition("//")[2].partition("/")[2].join(("/", "")),
        notice=b"",
        client=visit.client,
    )
    other.post("open")
    assert (other.row().outcome, other.row().grade, other.row().status) == ("accessed", 3, "in_progress")
    notify(communication, making.REFUSED)
    assert (other.row().outcome, other.row().grade, other.row().status) == ("accessed", 3, "concluded")


def test_consigned_once_for_all_tries(visit: Visit) -> None:
    value = making.credential("tercera-empresa")
    communication = making.accept(value, MESSAGE % b"")
    first, second = notify(communication, making.DEFERRED), notify(communication)
    assert first == second
    types = [fact.type for fact in making.facts(value.organisation, communication)]
    assert types.count("content.consigned") == 1


def test_the_certificate_is_downloaded_until_the_link_ends(visit: Visit) -> None:
    visit.post("open")
    kept = custody.keep(organisation=visit.organisation, content=b"%PDF-1.7 prueba", media_type="application/pdf")
    issued = Certificate.objects.filter(subject=visit.communication)
    issued.update(state="issued", issued_at=clock.now(), sha256=kept.sha256)
    assert visit.get("certificate").content == b"%PDF-1.7 prueba"
    access.revoke(communication=visit.communication, actor=Actor(kind="member", id="m"), reason="Error")
    assert visit.get("certificate").status_code == 303
