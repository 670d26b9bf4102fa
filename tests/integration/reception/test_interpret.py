"""Reading what came in: what it is, where it came from, and what happens when that cannot be told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections

from acuse.accounts.models import User
from acuse.accounts.queries import InstallationAccess, access_organisation
from acuse.accounts.services import add_member, create_user
from acuse.config.database import conninfo
from acuse.embedded.roles import Addresses
from acuse.errors import ConflictError
from acuse.evidence import custody
from acuse.evidence.fsck import examine
from acuse.evidence.leases import Holder
from acuse.evidence.models import Fact as FactRow
from acuse.evidence.queries import facts_of
from acuse.evidence.rules import INSTALLATION
from acuse.evidence.sequencer import Sequencer
from acuse.proof.checkpoint import SigningKey
from acuse.proof.facts.fact import Fact
from acuse.reception import queries, rules
from acuse.reception.interpret import OriginUnknown, interpret
from acuse.reception.jobs import QUEUE, Reader
from acuse.reception.models import Item
from acuse.reception.origin.answers import NoAnswer, Records
from acuse.reception.services import again
from tests.integration.making import accept, credential
from tests.integration.reception.making import DOMAIN, address, come_in

VECTORS = Path(__file__).parents[2] / "vectors/origin"
KEYS = json.loads((VECTORS / "keys.json").read_text())
REPLY = (VECTORS / "rsa-relaxed-relaxed.eml").read_bytes()
DSN = (
    b"From: MAILER-DAEMON@mx.cliente.example\r\nTo: x@y.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: text/plain\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx.cliente.example\r\n\r\n"
    b"Final-Recipient: rfc822; ana@cliente.example\r\nAction: failed\r\n"
    b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--b\r\n"
    b"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <o1@talleres-ribera.example>\r\n\r\n--b--\r\n"
)
BROKEN = DSN.replace(b"message/delivery-status", b"application/octet-stream").replace(b"Final-Recipient", b"X")


def dns(name: str, kind: str) -> Records:
    """A DNS with the keys of the vectors, SPF and DMARC of their author."""
    texts = {
        **KEYS,
        "cliente.example": "v=spf1 ip4:192.0.2.25 -all",
        "_dmarc.cliente.example": "v=DMARC1; p=reject",
    }
    return Records(values=(texts[name].encode(),) if kind == "TXT" and name in texts else ())


def silent(name: str, kind: str) -> Records:
    raise NoAnswer("silence")


@pytest.fixture
def holder(database: Addresses) -> Iterator[Holder]:
    made = Holder(conninfo=conninfo())
    made.show_life()
    yield made
    made.release()


def read(holder: Holder, look_up: Callable[[str, str], Records] = dns) -> None:
    """Read everything that is due, one after another."""
    for item in holder.claim(QUEUE, term=rules.LEASE, limit=100):
        interpret(item=item, lease=holder.lease, look_up=look_up)


def facts(item: UUID, organisation: UUID = INSTALLATION) -> list[Fact]:
    return [found.fact for found in facts_of(organisation=organisation, kind="reception", id=item)]


def test_a_report_names_its_communication_by_its_address(holder: Holder) -> None:
    value = credential()
    communication = accept(value)
    (item,) = come_in(DSN, address("bounce", communication))
    read(holder, silent)
    _, fact = facts(item, value.organisation)
    assert fact.type == "reception.classified"
    assert fact.details == {
        "reading": "dsn",
        "communication": str(communication),
        "matched_by": "address",
        "reports": 1,
        "authentication": None,
    }
    row = Item.objects.get(id=item)
    assert (row.state, row.reading, row.references) == ("classified", "dsn", ["<o1@talleres-ribera.example>"])


def test_a_forged_report_is_read_and_names_nobody(holder: Holder) -> None:
    accept(credential())
    (item,) = come_in(DSN, f"bounce+{'a' * 42}@{DOMAIN}")
    read(holder)
    _, fact = facts(item)
    assert (fact.details["reading"], fact.details["communication"], fact.details["matched_by"]) == ("dsn", None, None)


def test_the_origin_of_a_reply_is_checked_and_the_answers_kept(holder: Holder) -> None:
    value = credential()
    communication = accept(value)
    (item,) = come_in(REPLY, address("reply", communication), mail_from="ana@cliente.example")
    read(holder)
    _, fact = facts(item, value.organisation)
    found = fact.details["authentication"]
    assert [found[name]["result"] for name in ("spf", "dmarc", "arc")] == ["pass", "pass", "none"]
    assert [(one["result"], one["domain"], one["selector"]) for one in found["dkim"]] == [
        ("pass", "cliente.example", "uno")
    ]
    (answers,) = fact.objects
    kept = json.loads(custody.open_object(organisation=value.organisation, sha256=answers.sha256))
    assert answers.role == "dns-answers"
    asked = {(one["name"], one["type"]): one["values"] for one in kept}
    assert asked["uno._domainkey.cliente.example", "TXT"] == [KEYS["uno._domainkey.cliente.example"]]
    view = queries.item_view(item)
    assert view is not None
    assert (view.author, view.references) == ("ana@cliente.example", ("<o1@talleres-ribera.example>",))
    assert view.authentication == found


def test_a_name_server_that_is_away_is_asked_again_and_then_no_more(holder: Holder) -> None:
    value = credential()
    (item,) = come_in(REPLY, address("inbox", value.organisation), mail_from="ana@cliente.example")
    for _ in range(rules.MOST_ORIGIN_TRIES - 1):
        with pytest.raises(OriginUnknown):
            read(holder, silent)
        Item.objects.update(lease=None, lease_until=None, tries=Item.objects.get().tries + 1)
    read(holder, silent)
    _, fact = facts(item, value.organisation)
    assert fact.details["authentication"]["spf"]["result"] == "temperror"


def test_no_dns_is_asked_about_what_names_nobody(holder: Holder) -> None:
    asked: list[str] = []

    def counting(name: str, kind: str) -> Records:
        asked.append(name)
        raise NoAnswer("silence")

    items = [come_in(REPLY, one)[0] for one in (f"postmaster@{DOMAIN}", f"reply+{'a' * 42}@{DOMAIN}")]
    read(holder, counting)
    assert asked == []
    for item in items:
        fact = facts(item)[-1]
        assert (fact.type, fact.details["authentication"]) == ("reception.classified", None)


def test_what_cannot_be_read_is_kept_in_sight_and_read_again(holder: Holder) -> None:
    value = credential()
    (item,) = come_in(BROKEN, address("bounce", accept(value)))
    read(holder)
    row = Item.objects.get()
    assert (row.state, row.reading) == ("unreadable", "unreadable")
    assert "RFC 6522" in row.reason
    assert again(items=[item]) == 1
    assert again(items=[item]) == 0
    read(holder)
    assert [fact.type for fact in facts(item, value.organisation)] == [
        "reception.recorded",
        "reception.classified",
        "reception.classified",
    ]


def test_a_message_is_read_once_whoever_else_holds_it(holder: Holder) -> None:
    (item,) = come_in(DSN, f"postmaster@{DOMAIN}")
    holder.claim(QUEUE, term=rules.LEASE, limit=1)
    with pytest.raises(ConflictError):
        interpret(item=item, lease=UUID(int=7), look_up=dns)
    interpret(item=item, lease=holder.lease, look_up=dns)
    with pytest.raises(ConflictError):
        interpret(item=item, lease=holder.lease, look_up=dns)
    assert len(facts(item)) == 2


def closing(run: Callable[..., None]) -> Callable[..., None]:
    """Have a thread close its database connections when it has done its work."""

    def closed(*given: object) -> None:
        try:
            run(*given)
        finally:
            connections.close_all()

    return closed


def test_several_workers_read_everything_once(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reader, "_read", closing(Reader._read))
    items = [come_in(DSN + str(number).encode(), f"postmaster@{DOMAIN}")[0] for number in range(20)]
    stop = threading.Event()
    other = Holder(conninfo=conninfo())
    other.show_life()
    readers = [Reader(holder=one, look_up=dns, threads=2) for one in (holder, other)]
    threads = [threading.Thread(target=closing(one.run), args=(stop,)) for one in readers]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 120
    while Item.objects.filter(state="recorded").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    other.release()
    assert all(len(facts(item)) == 2 for item in items)


def test_a_fault_of_ours_does_not_hide_a_message(holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("acuse.reception.jobs.interpret", broken)
    (item,) = come_in(DSN, f"postmaster@{DOMAIN}")
    reader = Reader(holder=holder, look_up=dns, threads=1)
    for tries in range(rules.MOST_TRIES):
        assert Item.objects.get().tries == tries
        Item.objects.update(due_at=Item.objects.get().received_at)
        holder.claim(QUEUE, term=rules.LEASE, limit=1)
        reader._read(item)
    row = Item.objects.get()
    assert (row.state, row.reason) == ("unreadable", "ZeroDivisionError")
    assert facts(item)[-1].details["reason"] == "ZeroDivisionError"


def test_everybody_sees_their_own(holder: Holder) -> None:
    first, second = credential(), credential("flota-norte")
    (mine,) = come_in(DSN, address("inbox", first.organisation))
    come_in(DSN, address("inbox", second.organisation))
    (nobodys,) = come_in(DSN, f"postmaster@{DOMAIN}")
    create_user(email="jefa@ribera.example", password="una frase larga 42")
    user = User.objects.get(email="jefa@ribera.example")
    add_member(organisation=first.organisation, email=user.email, role="owner")
    access = access_organisation(user=user, slug="talleres-ribera")
    assert [one.id for one in queries.items(access).items] == [mine]
    assert queries.item(access, id=nobodys) is None
    assert queries.raw_message(access, id=nobodys) is None
    assert queries.raw_message(access, id=mine) == DSN
    operator = InstallationAccess(user=user.id)
    assert [one.id for one in queries.items(operator).items] == [nobodys]
    assert queries.item(operator, id=mine) is None


def test_pages_follow_each_other(holder: Holder) -> None:
    items = [come_in(DSN + str(number).encode(), f"postmaster@{DOMAIN}")[0] for number in range(5)]
    operator, seen, before = InstallationAccess(user=UUID(int=1)), [], None
    while True:
        page = queries.items(operator, before=before, limit=2)
        seen += [one.id for one in page.items]
        if page.older is None:
            break
        before = page.older
    assert seen == items[::-1]
    assert FactRow.objects.filter(kind="reception").count() == 5


def test_the_ledger_and_custody_hold_with_what_came_in(holder: Holder) -> None:
    value = credential()
    communication = accept(value)
    come_in(REPLY, address("reply", communication), f"bounce+falso@{DOMAIN}", mail_from="ana@cliente.example")
    come_in(BROKEN, f"postmaster@{DOMAIN}")
    read(holder)
    sequencer = Sequencer(conninfo=conninfo(), key=SigningKey.generate("acuse.example/reception"))
    assert sequencer.lead()
    sequencer.tick()
    sequencer.resign()
    examined, findings = examine(tsa_roots=(), progress=lambda _: None)
    assert [one for one in findings if one.damage] == []
    assert examined.facts == FactRow.objects.count()


def test_the_operator_reads_everything_again_at_once(holder: Holder) -> None:
    come_in(BROKEN, f"postmaster@{DOMAIN}")
    come_in(DSN, f"postmaster@{DOMAIN}")
    read(holder)
    (one,) = queries.unreadable(limit=10)
    assert again(items=[one.id]) == 1
    assert queries.unreadable(limit=10) == ()
