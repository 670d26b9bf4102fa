"""Requests of the image and of the links: answered always, recorded with who seems to have made them."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.test import Client

from acuse import clock
from acuse.certificates.models import Certificate
from acuse.delivery import rules
from acuse.delivery.models import Communication
from acuse.delivery.services import tracking
from acuse.doors.portal.tracked import HITS_PER_WINDOW, PIXEL
from acuse.embedded.roles import Addresses
from acuse.evidence import custody
from acuse.evidence.models import Fact as FactRow
from acuse.proof.verdicts.delivery import verdict
from acuse.proof.verdicts.tracking import judged
from tests.integration import making
from tests.integration.tracking.conftest import LINKS, Copy, later, tracked
from tests.unit.delivery.test_hits import CHROME, GMAIL, YAHOO


def test_the_image_is_recorded_with_who_seems_to_ask(copy: Copy) -> None:
    answer = copy.get("i.gif", REMOTE_ADDR="198.51.100.7")
    assert (answer.status_code, answer.content, len(PIXEL)) == (200, PIXEL, 43)
    assert answer["Content-Type"] == "image/gif"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    (fact,) = copy.facts()
    assert fact.type == "tracker.image_requested"
    assert fact.actor.kind == "remote_host"
    assert fact.details["by"] == "person"
    assert fact.details["reasons"] == ["browser"]
    assert fact.details["client"]["ip"] == "198.51.100.7"
    assert copy.row().tracker_hits == 1


def test_a_link_leads_to_where_the_message_did(copy: Copy) -> None:
    answer = copy.get("1")
    assert (answer.status_code, answer["Location"]) == (302, LINKS[0])
    assert copy.get("2")["Location"] == "http://ribera.example/a%C3%B1o"
    first, second = copy.facts()
    assert (first.type, first.details["number"], first.details["link"]) == ("tracker.link_requested", 1, LINKS[0])
    assert second.details["link"] == LINKS[1]


@pytest.mark.parametrize("rest", ["", "i.gif", "1", "9"])
def test_nothing_of_it_is_kept_found_or_passed_on(copy: Copy, rest: str) -> None:
    answer = copy.get(rest)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert not answer.cookies


@pytest.mark.parametrize("number", ["0", "4", "999999999999999999999999"])
def test_a_link_that_the_message_has_not_leads_nowhere(copy: Copy, number: str) -> None:
    answer = copy.get(number, QUERY_STRING="next=https://malo.example&url=https://malo.example")
    assert answer.status_code == 404
    assert "Este enlace no lleva a ninguna parte" in answer.content.decode()
    assert "malo.example" not in answer.content.decode()
    assert copy.facts() == []


def test_what_is_no_address_of_the_web_leads_nowhere(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "open_object", lambda **_: b'{"links": ["javascript:alert(1)"]}')
    assert copy.get("1").status_code == 404


def test_a_stranger_gets_the_image_and_a_kind_page_and_leaves_nothing(database: Addresses) -> None:
    cache.clear()
    before = FactRow.objects.count()
    for token in ("a" * 42, "x", "A" * 42, "%00", "ñ" * 42):
        answer = Client().get(f"/t/{token}/i.gif")
        assert (answer.status_code, answer.content) == (200, PIXEL)
        for rest in ("", "1"):
            answer = Client().get(f"/t/{token}/{rest}", HTTP_ACCEPT_LANGUAGE="en")
            assert answer.status_code == 404
            assert "This link leads nowhere" in answer.content.decode()
    assert FactRow.objects.count() == before


def test_a_message_that_is_not_tracked_is_as_one_that_never_was(copy: Copy) -> None:
    Communication.objects.filter(id=copy.communication).update(tracking=False)
    assert copy.get("i.gif").content == PIXEL
    assert [copy.get(rest).status_code for rest in ("", "1")] == [404, 404]
    assert copy.facts() == []


def test_machines_are_told_from_persons(copy: Copy) -> None:
    copy.get("i.gif", HTTP_USER_AGENT=GMAIL)
    copy.get("i.gif", HTTP_USER_AGENT=YAHOO)
    copy.get("i.gif", HTTP_USER_AGENT="Mozilla/5.0")
    copy.get("1", HTTP_USER_AGENT="curl/8.4.0")
    copy.get("1", HTTP_SEC_PURPOSE="prefetch;prerender")
    copy.get("1", HTTP_X_MOZ="prefetch")
    copy.get("1")
    assert copy.judgements() == ["mail_proxy"] * 3 + ["scanner", "unknown", "unknown", "person"]


@pytest.mark.parametrize("rest", ["i.gif", "1"])
def test_asking_for_the_headers_is_no_person(copy: Copy, rest: str) -> None:
    answer = copy.client.head(f"{copy.root}{rest}")
    assert answer.status_code in (200, 302)
    assert copy.judgements() == ["scanner"]


def test_what_comes_with_the_message_is_a_scanner(fresh: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh.get("1", HTTP_USER_AGENT=CHROME)
    assert [fact.details["reasons"] for fact in fresh.facts()] == [["soon"]]
    later(monkeypatch, timedelta(seconds=11))
    fresh.get("1")
    assert fresh.judgements() == ["scanner", "person"]


def test_what_comes_before_any_server_took_the_message_is_a_scanner(
    database: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    waiting = tracked(making.credential(), result=making.DEFERRED)
    later(monkeypatch, timedelta(hours=1))
    waiting.get("1")
    assert waiting.judgements() == ["scanner"]


def test_a_message_that_may_have_been_taken_is_opened_by_persons_too(
    database: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    perhaps = tracked(making.credential(), result=making.UNKNOWN)
    later(monkeypatch, timedelta(hours=1))
    perhaps.get("1")
    assert perhaps.judgements() == ["person"]


def test_whoever_follows_every_link_at_once_is_a_scanner_in_the_end_from_the_first(copy: Copy) -> None:
    for number in (1, 2, 3):
        copy.get(str(number))
    assert copy.judgements() == ["person", "scanner", "scanner"]
    facts = copy.facts()
    assert [judged(fact, facts)[0] for fact in facts] == ["scanner"] * 3


def test_the_same_link_twice_is_no_scanner(copy: Copy) -> None:
    copy.get("1")
    copy.get("1")
    facts = copy.facts()
    assert [judged(fact, facts)[0] for fact in facts] == ["person", "person"]


def test_so_many_are_facts_and_the_others_are_answered(copy: Copy) -> None:
    Communication.objects.filter(id=copy.communication).update(tracker_hits=rules.MOST_HITS - 1)
    assert [copy.get("1").status_code for _ in range(3)] == [302] * 3
    assert len(copy.facts()) == 1
    assert copy.row().tracker_hits == rules.MOST_HITS


def test_machines_and_images_leave_room_for_a_person(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_IMAGE_HITS", 3)
    monkeypatch.setattr(rules, "MOST_MACHINE_HITS", 4)
    for number in range(6):
        program = {"HTTP_USER_AGENT": "curl/8.5.0", "REMOTE_ADDR": f"203.0.113.{number}"}
        assert copy.get("i.gif", **program).content == PIXEL
        assert copy.get("3", **program)["Location"] == LINKS[2]
    assert (copy.judgements(), copy.row().tracker_hits) == (["scanner"] * 7, 7)
    assert copy.get("i.gif").content == PIXEL
    copy.get("3")
    assert copy.judgements()[7:] == ["person"]
    assert copy.row().tracker_hits == 8


def test_an_address_that_asks_too_often_is_answered_and_recorded_no_more(copy: Copy) -> None:
    other = tracked(making.credential("otra-empresa"))
    flood = {"REMOTE_ADDR": "203.0.113.66"}
    for _ in range(HITS_PER_WINDOW):
        assert other.get("i.gif", **flood).status_code == 200
    assert copy.get("3", **flood)["Location"] == LINKS[2]
    assert copy.get("i.gif", **flood).content == PIXEL
    assert copy.facts() == []
    copy.get("3", REMOTE_ADDR="198.51.100.7")
    assert len(copy.facts()) == 1


def test_the_list_of_links_is_read_once(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    assert copy.get("3")["Location"] == LINKS[2]
    monkeypatch.delattr(custody, "open_object")
    assert copy.get("1")["Location"] == LINKS[0]
    assert copy.get("4").status_code == 404


def test_a_database_that_refuses_breaks_no_answer(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise OperationalError("no")

    monkeypatch.setattr(tracking, "record", refuse)
    assert copy.get("i.gif").content == PIXEL
    assert copy.get("1")["Location"] == LINKS[0]
    assert copy.facts() == []
    assert copy.row().tracker_hits == 0
    assert "could not be recorded" in caplog.text


def test_nobody_waits_long_for_another_writer(copy: Copy) -> None:
    locked, over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Communication.objects.select_for_update().get(id=copy.communication)
                locked.set()
                assert over.wait(120)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert locked.wait(120)
        assert copy.get("1")["Location"] == LINKS[0]
    finally:
        over.set()
        other.join()
    assert copy.facts() == []


def test_custody_that_lost_the_links_says_so_kindly(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(**_: object) -> bytes:
        raise custody.MissingObject("gone")

    monkeypatch.setattr(custody, "open_object", lose)
    answer = copy.get("1")
    assert answer.status_code == 503
    assert "Este enlace no se puede abrir ahora" in answer.content.decode()


def test_what_was_erased_is_as_what_never_was(copy: Copy) -> None:
    Communication.objects.filter(id=copy.communication).delete()
    gone, never = copy.get("1"), copy.client.get(f"/t/{'a' * 42}/1")
    assert (gone.status_code, gone.content) == (404, never.content)
    assert copy.get("i.gif").content == PIXEL


def test_only_looking_is_taken(copy: Copy) -> None:
    for rest in ("i.gif", "1", ""):
        assert copy.client.post(f"{copy.root}{rest}").status_code == 405
    assert copy.get("withdraw").status_code == 405
    assert copy.facts() == []


def test_a_request_after_the_certificate_asks_for_no_other(copy: Copy) -> None:
    issued = Certificate.objects.filter(subject=copy.communication)
    issued.update(state="issued", issued_at=clock.now())
    copy.get("i.gif")
    copy.get("1")
    copy.withdraw()
    assert issued.count() == 1


def test_the_verdict_knows_nothing_of_requests(copy: Copy) -> None:
    before = verdict(making.facts(copy.organisation, copy.communication))
    status = (copy.row().status, copy.row().outcome, copy.row().grade)
    copy.get("i.gif")
    copy.get("1")
    copy.withdraw()
    after = verdict(making.facts(copy.organisation, copy.communication))
    assert len(copy.facts()) == 3
    assert before == after
    assert (copy.row().status, copy.row().outcome, copy.row().grade) == status
