"""The recipient wants no more of it: one button, one fact, and nothing is recorded afterwards."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acuse.accounts.values import SmtpCredentialValue
from acuse.delivery.models import Communication, TrackingWithdrawal
from acuse.delivery.queries.tracking import withdrawn_among
from acuse.doors.portal.tracked import ACTS_PER_WINDOW, PIXEL
from acuse.doors.portal.tracked_words import WORDS
from acuse.mail.read import read
from tests.integration import making
from tests.integration.access.conftest import notify
from tests.integration.tracking.conftest import LINKS, MESSAGE, Copy, later, tracked


def test_looking_at_the_page_changes_nothing(copy: Copy) -> None:
    page = copy.get().content.decode()
    assert "Qué cuenta este mensaje a Talleres Ribera" in page
    assert "ana@cliente.example" in page
    assert page.count("<button") == 1
    assert copy.client.head(copy.root).status_code == 200
    assert copy.facts() == []
    assert not TrackingWithdrawal.objects.exists()


def test_the_page_in_the_other_language(copy: Copy) -> None:
    answer = copy.get("?l=en")
    assert answer["Content-Language"] == "en"
    assert "What this message tells Talleres Ribera" in answer.content.decode()


def test_one_press_is_a_fact_and_the_page_says_so(copy: Copy) -> None:
    copy.get("i.gif")
    answer = copy.withdraw(REMOTE_ADDR="198.51.100.8")
    assert (answer.status_code, answer["Location"]) == (303, f"{copy.root}?l=es")
    fact = copy.facts()[-1]
    assert (fact.type, fact.actor.kind) == ("tracking.withdrawn", "remote_host")
    assert fact.details["client"]["ip"] == "198.51.100.8"
    page = copy.get().content.decode()
    assert "Ya no se registra" in page
    assert "<button" not in page
    assert withdrawn_among([(copy.organisation, "Ana@cliente.example")])


def test_afterwards_links_lead_on_and_nothing_is_recorded(copy: Copy) -> None:
    copy.withdraw()
    assert copy.get("1")["Location"] == LINKS[0]
    assert copy.get("i.gif").content == PIXEL
    assert [fact.type for fact in copy.facts()] == ["tracking.withdrawn"]


def test_a_second_press_changes_nothing(copy: Copy) -> None:
    page = copy.get().content.decode()
    form = page.split('name="form" value="')[1].split('"')[0]
    for _ in range(2):
        assert copy.client.post(f"{copy.root}withdraw", {"form": form}).status_code == 303
    assert [fact.type for fact in copy.facts()] == ["tracking.withdrawn"]
    assert TrackingWithdrawal.objects.count() == 1


def test_a_domain_of_other_letters_is_one_in_both_spellings(fresh: Copy) -> None:
    value = making.credential("otra-empresa")
    copy = tracked(value, "ana@peña.example")
    copy.withdraw()
    for spelling in ("ana@peña.example", "Ana@xn--pea-8ma.example", "ANA@PEÑA.EXAMPLE"):
        assert withdrawn_among([(value.organisation, spelling)]) == {(value.organisation, spelling)}
        later_one = making.accept(value, MESSAGE.format(subject=spelling).encode(), spelling)
        assert not Communication.objects.get(id=later_one).tracking


def test_it_holds_for_every_message_of_that_organisation_to_that_mailbox_alone(
    fresh: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = making.credential("otra-empresa")
    same = tracked(value, "Ana@Cliente.example")
    another = tracked(value, "luis@cliente.example")
    earlier = tracked(value, "ana@cliente.example")
    later(monkeypatch, timedelta(hours=1))
    earlier.withdraw()
    for one in (same, another, fresh):
        one.get("i.gif")
    assert [len(one.facts()) for one in (same, another, fresh)] == [0, 1, 1]
    assert "Ya no se registra" in same.get().content.decode()
    assert "Ya no se registra" not in fresh.get().content.decode()


def test_the_next_message_is_sent_as_it_is(copy: Copy) -> None:
    copy.withdraw()
    credential = Communication.objects.get(id=copy.communication).submission.credential
    value = SmtpCredentialValue(id=credential.id, organisation=copy.organisation, name=credential.name)
    following = making.accept(value, MESSAGE.format(subject="Otra").encode(), "ANA@cliente.example")
    accepted = making.facts(copy.organisation, following)[0]
    assert accepted.details["tracking"] == "withdrawn"
    sent = read(notify(following)).html or ""
    assert "/t/" not in sent
    assert all(link in sent for link in LINKS)
    another = tracked(value, "luis@cliente.example")
    assert making.facts(copy.organisation, another.communication)[0].details["tracking"] == "on"


def test_another_site_cannot_press_it(copy: Copy) -> None:
    for site in ("cross-site", "same-site"):
        answer = copy.withdraw(HTTP_SEC_FETCH_SITE=site)
        assert answer.status_code == 403
    assert copy.withdraw(HTTP_SEC_FETCH_SITE="same-origin").status_code == 303


def test_a_form_of_another_message_or_none_is_not_taken(copy: Copy) -> None:
    other = tracked(making.credential("otra-empresa"))
    form = other.get().content.decode().split('name="form" value="')[1].split('"')[0]
    for carried in (form, "", "x"):
        answer = copy.client.post(f"{copy.root}withdraw", {"form": carried})
        assert answer.status_code == 403
        assert "Esta página había caducado" in answer.content.decode()
    assert copy.facts() == []


def test_so_many_presses_a_minute_of_one_address_and_others_keep_their_own(copy: Copy) -> None:
    answers = [
        copy.client.post(f"{copy.root}withdraw", {"form": "x"}, REMOTE_ADDR="198.51.100.66").status_code
        for _ in range(ACTS_PER_WINDOW + 2)
    ]
    assert (answers[0], answers[-1]) == (403, 429)
    assert copy.withdraw(REMOTE_ADDR="198.51.100.1").status_code == 303


def test_both_languages_say_the_same() -> None:
    spanish, english = WORDS["es"], WORDS["en"]
    assert spanish.keys() == english.keys()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    token=st.text(st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=60)
    | st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=42, max_size=42),
    number=st.integers(0, 10**30),
    agent=st.text(st.characters(codec="latin-1", exclude_categories=("Cc",)), max_size=2000),
    language=st.text(st.characters(codec="latin-1", exclude_categories=("Cc",)), max_size=50),
    real=st.booleans(),
)
def test_whatever_is_asked_for_is_answered(
    copy: Copy, token: str, number: int, agent: str, language: str, real: bool
) -> None:
    root = copy.root if real else f"/t/{quote(token, safe='')}/"
    headers = {"HTTP_USER_AGENT": agent, "HTTP_ACCEPT_LANGUAGE": language, "HTTP_SEC_PURPOSE": language}
    assert copy.client.get(f"{root}i.gif", **headers).content == PIXEL  # type: ignore[arg-type]
    answer = copy.client.get(f"{root}{number}", **headers)  # type: ignore[arg-type]
    assert answer.status_code in (302, 404, 429)
    if answer.status_code == 302:
        assert real
        assert 1 <= number <= len(LINKS)
