"""The public form: what it asks, keeps and opens, and how much of it."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory

from acuse import clock
from acuse.accounts.models import User
from acuse.contacts.models import OneTimeCode
from acuse.delivery.models import Notice
from acuse.doors.portal import verify, write
from acuse.errors import ConflictError, TemporaryError
from acuse.evidence import custody
from acuse.evidence.queries import facts_of
from acuse.helpdesk import form_guard
from acuse.helpdesk.followers import follow_openings
from acuse.helpdesk.models import Interaction, Outgoing, Ticket
from acuse.helpdesk.queries import triage as triage_queries
from acuse.helpdesk.queries.triage import rules_of, try_rules
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services.codes import send_codes
from acuse.helpdesk.services.portal import change_portal
from acuse.helpdesk.services.triage import add_rule
from acuse.helpdesk.triage import Rule
from tests.integration.contacts.test_codes import digits
from tests.integration.helpdesk.making import ANA, SLUG, Desk
from tests.integration.portal.writing import FILLED, WRITE, answer_names, hidden, networks, steps

CONSENT = "Acepto que traten mis datos para responderme."


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_names(monkeypatch)


@pytest.fixture(autouse=True)
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """People take their time, and these ones take none."""
    monkeypatch.setattr(form_guard, "LEAST_AGE", timedelta())


def test_what_is_sent_opens_a_case_with_its_answers_files_and_consent(desk: Desk, visitor: Client) -> None:
    change_portal(
        access=desk.owner,
        portal_enabled=True,
        form_enabled=True,
        form_mailbox=desk.mailbox,
        consent={"es": CONSENT},
        data_policy="",
    )
    ready = steps(visitor, product="Berlina", purchase_date="2026-03-02")
    assert visitor.post(WRITE, ready).status_code == 400  # nothing was agreed to
    hostile = SimpleUploadedFile("../../año\u202e/fac\ttura\u0301.pdf", b"%PDF", content_type="text/html; charset=x")
    files = [hostile, SimpleUploadedFile("🧾" * 200 + ".pdf", b"x", content_type="nonsense")]
    answer = visitor.post(WRITE, {**ready, "consent": "yes", "files": files})
    assert answer.status_code == 303, unescape(answer.content.decode())
    ticket = desk.ticket()
    assert (ticket.channel, ticket.type, ticket.address, ticket.mailbox_id) == ("form", "claim", ANA, desk.mailbox)
    assert (ticket.product, str(ticket.purchase_date)) == ("Berlina", "2026-03-02")
    opened = desk.only("ticket.opened")
    assert opened.details["consent"] == CONSENT
    assert opened.details["client"]["ip"] == "127.0.0.1"
    assert [(one.role, one.media_type) for one in opened.objects] == [
        ("message", "application/json"),
        ("attachment", "text/html"),
        ("attachment", "application/octet-stream"),
    ]
    kept = custody.open_object(organisation=desk.organisation, sha256=opened.objects[0].sha256)
    said = json.loads(kept)
    assert said | {"text": FILLED["text"], "consent": CONSENT, "purchase_date": "2026-03-02"} == said
    listed = [one["name"] for one in said["files"]]
    assert listed[0] == "factur\u00e1.pdf"
    assert (listed[1].endswith(".pdf"), len(listed[1])) == (True, form_guard.MOST_FILE_NAME)
    shown = visitor.get(answer["Location"])
    # Who proved nothing is told where the link went, and not the link.
    assert ticket.key in shown.content.decode()
    assert ANA in shown.content.decode()
    assert follow_path(ticket.id) not in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    assert visitor.get(answer["Location"].replace("sent/", "sent/x")).status_code == 404
    desk.sequencer.tick()
    while follow_openings():
        pass
    assert Outgoing.objects.get(ticket=ticket).act == "receipt"


def test_who_fills_in_the_english_form_gets_the_receipt_in_english(desk: Desk, visitor: Client) -> None:
    visitor.get(f"{WRITE}?l=en")
    sent = visitor.post(f"{WRITE}?l=en", {**steps(visitor), "l": "en"})
    assert sent.status_code == 303
    ticket = desk.ticket()
    assert (ticket.language, desk.only("ticket.opened").details["language"]) == ("en", "en")
    desk.file()
    assert "We have received your message" in Outgoing.objects.get(ticket=ticket, act="receipt").body


def test_what_was_chosen_and_the_product_decide_what_the_case_is_taken_for(desk: Desk, visitor: Client) -> None:
    brakes = Rule(
        id=uuid4(),
        words=("berlina",),
        form_type="claim",
        type="incident",
        priority="high",
        assignee=desk.agent.member,
        tag="taller",
    )
    for rule in (replace(brakes, id=uuid4(), form_type="incident", priority="low"), brakes):
        add_rule(access=desk.owner, rule=rule)
    assert visitor.post(WRITE, steps(visitor, product="Berlína 2.0")).status_code == 303
    ticket = desk.ticket()
    assert (ticket.type, ticket.priority, ticket.tags) == ("incident", "high", ["taller"])
    assert ticket.assignee_id == desk.agent.member
    # Tried with the case that it made, the same rule applies, though its type is another now.
    tried = try_rules(desk.owner, rules_of(desk.owner))
    assert (tried.applied, tried.changes) == ((0, 1), ())


def test_answers_that_are_no_forms_are_passed_over_and_few_are_read(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("Uno.", "Dos."):
        assert visitor.post(WRITE, steps(visitor, text=text)).status_code == 303
    rule = Rule(id=uuid4(), form_type="claim", priority="high")
    for foreign in (b"{}", b"[1]", b"\xff", b"[" * 100_000):
        kept = custody.keep(organisation=desk.organisation, content=foreign, media_type="application/json")
        Interaction.objects.update(sha256=kept.sha256)
        assert try_rules(desk.owner, [rule]).applied == (2,), "as the cases are now"
    monkeypatch.setattr(triage_queries, "CASES_READ", 1)
    assert try_rules(desk.owner, [rule]).cases == 1
    assert try_rules(desk.owner, [replace(rule, form_type="")]).cases == 2


def test_nobody_agrees_to_words_that_they_did_not_see(desk: Desk, visitor: Client) -> None:
    def ask(words: str) -> None:
        change_portal(
            access=desk.owner,
            portal_enabled=True,
            form_enabled=True,
            form_mailbox=desk.mailbox,
            consent={"es": words, "en": "I agree."},
            data_policy="",
        )

    ask(CONSENT)
    ready = {**steps(visitor), "consent": "yes"}
    ask("Acepto también que me vendan cosas.")
    answers = [visitor.post(WRITE, ready), visitor.post(f"{WRITE}?l=en", ready)]
    assert [one.status_code for one in answers] == [400, 400]
    assert "me vendan cosas" in answers[0].content.decode()
    assert not any(" checked" in one.content.decode() for one in answers)
    assert Ticket.objects.count() == 0
    assert visitor.post(f"{WRITE}?l=es", {**ready, **hidden(answers[0])}).status_code == 303
    assert desk.only("ticket.opened").details["consent"] == "Acepto también que me vendan cosas."


@pytest.mark.parametrize("failure", [TemporaryError, ConflictError])
def test_what_cannot_be_kept_now_comes_back_as_it_was_typed(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    def fail(**_given: object) -> None:
        raise failure("not now")

    ready = steps(visitor)
    with monkeypatch.context() as broken:
        broken.setattr(custody, "keep", fail)
        page = visitor.post(WRITE, ready)
    assert (page.status_code, hidden(page)["text"]) == (503, FILLED["text"])
    with monkeypatch.context() as hurried:
        hurried.setattr(write, "POSTS_PER_WINDOW", 0)
        often = visitor.post(WRITE, {**ready, **hidden(page)})
    assert often.status_code == 429
    assert f">\n{FILLED['text']}</textarea>" in often.content.decode()
    assert visitor.post(WRITE, {**ready, **hidden(page)}).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("address", "", "address"),
        ("address", "sin arroba", "address"),
        ("address", "ana@nadie.example", "address"),
        ("address", "ana@nulo.example", "address"),
        ("address", "ana@cliente.example\r\nBcc: x@y.example", "address"),
        ("subject", " ", "subject"),
        ("text", "x" * 20_001, "text"),
        ("type", "wish", "type"),
        ("purchase_date", "2999-01-01", "purchase_date"),
        ("purchase_date", "ayer", "purchase_date"),
    ],
)
def test_what_does_not_fit_is_said_where_it_is_and_nothing_is_lost(
    desk: Desk, visitor: Client, field: str, value: str, said: str
) -> None:
    page = visitor.post(
        WRITE, {**FILLED, "name": "Ana <b>", **hidden(visitor.get(WRITE)), field: value, "step": "check"}
    )
    text = page.content.decode()
    assert page.status_code == 400
    assert f'id="id_{said}_error"' in text
    assert text.count('class="field-error"') == 1
    assert 'value="Ana &lt;b&gt;"' in text
    assert field == "text" or FILLED["text"] in text


def test_name_servers_that_are_silent_forbid_nothing(desk: Desk, visitor: Client) -> None:
    ready = steps(visitor, address="ana@callado.example")
    assert visitor.post(WRITE, ready).status_code == 303
    assert desk.ticket().address == "ana@callado.example"


def test_files_that_are_too_big_are_refused_in_words_and_the_rest_stays(desk: Desk, visitor: Client) -> None:
    ready = steps(visitor)
    big = SimpleUploadedFile("vídeo.mp4", b"\0" * 30_000_000, content_type="video/mp4")
    many = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]
    for files in ([big], many, [SimpleUploadedFile("vacío.txt", b"")]):
        page = visitor.post(WRITE, {**ready, "files": files})
        text = unescape(page.content.decode())
        assert page.status_code == 400
        assert 'role="alert"' in text
        assert hidden(page)["text"] == FILLED["text"]
        assert f"Elija otra vez: <bdi>{files[0].name}" in text
    huge = visitor.generic("POST", WRITE, b"", "multipart/form-data", CONTENT_LENGTH="100000000")
    assert (huge.status_code, "25" in huge.content.decode()) == (413, True)
    assert Ticket.objects.count() == 0
    assert visitor.post(WRITE, {**ready, "files": [SimpleUploadedFile("a.txt", b"x")]}).status_code == 303


def named(place: str) -> str:
    """What the address of the page after the form names, without when that was signed."""
    return place.partition("/sent/")[2].partition(":")[0]


def test_the_same_form_sent_twice_opens_one_case(desk: Desk, visitor: Client) -> None:
    ready = steps(visitor)
    first, second = visitor.post(WRITE, ready), visitor.post(WRITE, ready)
    assert (first.status_code, named(first["Location"])) == (303, named(second["Location"]))
    assert Ticket.objects.count() == 1
    assert desk.types().count("ticket.opened") == 1


def test_what_is_corrected_after_it_was_sent_opens_a_case_with_the_correction(desk: Desk, visitor: Client) -> None:
    ready = steps(visitor)
    forgotten = {"files": SimpleUploadedFile("factura.pdf", b"%PDF")}
    places = [named(visitor.post(WRITE, given)["Location"]) for given in (ready, ready | {"text": "Y no frena."})]
    places.append(named(visitor.post(WRITE, {**ready, **forgotten})["Location"]))
    assert len(set(places)) == 3
    said = Interaction.objects.order_by("ticket__number").values_list("text", "attachments__0__name")
    assert list(said) == [(FILLED["text"], None), ("Y no frena.", None), (FILLED["text"], "factura.pdf")]


def test_a_page_that_is_swapped_has_its_files_wherever_it_leads(desk: Desk, visitor: Client) -> None:
    ready, script = steps(visitor), {"HX-Request": "true"}
    changed = visitor.post(WRITE, {**ready, "step": "change"}, headers=script).content.decode()
    wrong = visitor.post(WRITE, {**ready, "address": ""}, headers=script).content.decode()
    first = visitor.post(WRITE, {**ready, "step": "change"}).content.decode()
    assert [page.count(" hx-preserve") for page in (changed, wrong, first)] == [1, 1, 0]
    sent = visitor.post(WRITE, {**ready, "files": SimpleUploadedFile("a.txt", b"x")}, headers=script)
    assert (sent.status_code, visitor.get(sent["HX-Redirect"]).status_code) == (200, 200)
    again = visitor.post(WRITE, {**ready, "files": SimpleUploadedFile("a.txt", b"x")})
    assert named(again["Location"]) == named(sent["HX-Redirect"])
    assert desk.only("ticket.opened").objects[1].role == "attachment"


def test_a_form_that_comes_twice_at_once_opens_one_case(desk: Desk, visitor: Client) -> None:
    ready = steps(visitor)

    def send(_number: int) -> int:
        try:
            return Client().post(WRITE, ready).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(send, range(4))) == [303] * 4
    assert Ticket.objects.count() == 1


def test_a_form_too_young_too_old_or_of_nobody_is_not_taken(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = steps(visitor)
    monkeypatch.setattr(form_guard, "LEAST_AGE", timedelta(seconds=60))
    young = visitor.post(WRITE, ready)
    assert young.status_code == 400
    assert 0 < int(re.findall(r'data-early="(\d+)"', young.content.decode())[0]) <= 60_000
    assert visitor.post(WRITE, {**ready, "form": "made-up"}).status_code == 400
    later = clock.now() + form_guard.MOST_AGE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    old = visitor.post(WRITE, ready)
    assert old.status_code == 400
    assert Ticket.objects.count() == 0
    # The page that comes back can be sent at once; whoever brought no token of ours waits as at first.
    assert 'data-early="0"' in old.content.decode()
    unknown = visitor.post(WRITE, {**ready, "form": "made-up"})
    assert visitor.post(WRITE, {**ready, **hidden(unknown)}).status_code == 400
    assert visitor.post(WRITE, {**ready, **hidden(old)}).status_code == 303


def test_a_program_that_fills_everything_in_opens_nothing(desk: Desk, visitor: Client) -> None:
    ready = steps(visitor)
    assert visitor.post(WRITE, {**ready, "website": "https://x.example"}).status_code == 400
    assert Ticket.objects.count() == 0


def test_a_thousand_from_one_network_open_few(desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    ready = steps(visitor)
    statuses = []
    for number in range(1000):
        token = hidden(visitor.get(WRITE)) if number < 40 else {}
        address = f"a{number}@cliente.example"
        statuses.append(visitor.post(WRITE, {**ready, **token, "address": address}).status_code)
    assert Ticket.objects.count() == form_guard.MOST_OF_NETWORK
    assert set(statuses) == {303, 429}
    assert statuses.count(303) == form_guard.MOST_OF_NETWORK


def test_a_flood_from_everywhere_is_asked_for_proof_and_a_person_gets_through(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_guard, "MOST_UNPROVED", 4)
    monkeypatch.setattr(form_guard, "MOST_CODES", 3)
    places = networks()
    pages = []
    for number in range(12):
        client = Client(REMOTE_ADDR=next(places), headers={"accept-language": "es"})
        first = client.get(WRITE)
        filled = {**FILLED, **hidden(first), "address": f"a{number}@cliente.example", "step": "send"}
        pages.append(client.post(WRITE, filled))
    assert [page.status_code for page in pages] == [303] * 4 + [429] * 8
    assert Ticket.objects.count() == 4
    send_codes()
    assert Notice.objects.count() == 3
    asked = pages[6]
    answer = {**FILLED, **hidden(asked), "step": "send", "code": "000000"}
    client = Client(REMOTE_ADDR=next(places))
    wrong = client.post(WRITE, {**answer, "code": "x"})
    assert wrong.status_code == 400
    right = client.post(WRITE, {**answer, **hidden(wrong), "code": digits(desk)})
    assert right.status_code == 303, unescape(right.content.decode())
    contact = Ticket.objects.get(address="a6@cliente.example").contact_id
    facts = facts_of(organisation=desk.organisation, kind="contact", id=contact)
    assert [one.fact.type for one in facts] == ["contact.made", "address.added", "contact.proved"]


def test_whoever_shows_that_an_address_is_theirs_is_not_held_up_by_who_used_it(desk: Desk, visitor: Client) -> None:
    places = networks()
    answers = []
    for _ in range(form_guard.MOST_OF_ADDRESS + 1):
        client = Client(REMOTE_ADDR=next(places))
        sent = {**FILLED, **hidden(client.get(WRITE)), "step": "send"}
        answers.append(client.post(WRITE, sent))
    assert [one.status_code for one in answers] == [303] * form_guard.MOST_OF_ADDRESS + [429]
    send_codes()
    proof = {**sent, **hidden(answers[-1]), "code": digits(desk)}
    right = client.post(WRITE, proof)
    assert right.status_code == 303, unescape(right.content.decode())
    assert follow_path(Ticket.objects.latest("number").id) in client.get(right["Location"]).content.decode()
    # What was proved shows the way to no case of another address.
    luis = {**sent, **hidden(client.get(WRITE)), "address": "luis@cliente.example"}
    assert client.post(WRITE, luis).status_code == 303
    again = client.get(client.post(WRITE, {**proof, **luis})["Location"]).content.decode()
    theirs = Ticket.objects.get(address="luis@cliente.example")
    assert (theirs.key in again, follow_path(theirs.id) in again) == (True, False)


def test_codes_go_out_where_proof_is_wanted_alone_and_few_for_one_network(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = steps(visitor)
    assert visitor.post(WRITE, {**ready, "step": "code"}).status_code == 200
    assert OneTimeCode.objects.count() == 0
    monkeypatch.setattr(form_guard, "MOST_UNPROVED", 0)
    monkeypatch.setattr(form_guard, "MOST_CODES_OF_NETWORK", 2)
    statuses = [
        visitor.post(WRITE, {**ready, "address": f"a{number}@cliente.example", "step": "check"}).status_code
        for number in range(4)
    ]
    assert statuses == [200, 200, 429, 429]
    assert OneTimeCode.objects.count() == 2


def test_a_site_of_many_networks_is_limited_as_a_whole(
    desk: Desk, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(form_guard, "MOST_OF_NETWORK", 1)
    monkeypatch.setattr(verify, "SITE", 3)
    ready = steps(visitor)
    statuses = []
    for place in ("1::1", "1::2", "2::1", "3::1", "4::1"):
        client = Client(REMOTE_ADDR=f"2001:db8:1:{place}")
        sent = {**ready, **hidden(client.get(WRITE)), "address": f"a{place[0]}@cliente.example"}
        statuses.append(client.post(WRITE, sent).status_code)
    assert statuses == [303, 429, 303, 303, 429]
    request = RequestFactory().get("/", REMOTE_ADDR="2001:db8:2:1::1")
    assert [verify.limited(request, "x", 1) for _ in range(2)] == [False, True]


def test_a_form_that_is_off_is_no_page(desk: Desk, visitor: Client) -> None:
    change_portal(access=desk.owner, portal_enabled=True, data_policy="")
    assert visitor.get(WRITE).status_code == 404
    assert visitor.post(WRITE, FILLED).status_code == 404
    assert visitor.get(f"/o/{SLUG}/write/suggested/").status_code == 405


def test_its_settings_show_what_leads_to_the_form(desk: Desk) -> None:
    owner = Client()
    owner.force_login(User.objects.get(id=desk.owner.user))
    text = owner.get(f"/console/{SLUG}/settings/portal/").content.decode()
    link = f"&lt;a href=&quot;http://testserver{WRITE}&quot;&gt;Escríbanos&lt;/a&gt;"
    assert f"{link}</code>" in text
    assert f'data-copy="{link}"' in text
