"""Codes by e-mail: for one asking, one address, one organisation; few tries, ten minutes, nothing to strangers."""

import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import psycopg
import pytest

from acuse import clock
from acuse.config.database import conninfo
from acuse.config.periodic import forget_counters
from acuse.contacts.models import Address, OneTimeCode
from acuse.contacts.services import codes
from acuse.contacts.services.codes import Proved, Refused, ask_code, end_proof, give_code, proved
from acuse.delivery.models import Notice
from acuse.delivery.services.proving import WrittenCode, write_code
from acuse.errors import TemporaryError
from acuse.evidence import custody
from acuse.evidence.leases import Holder
from acuse.evidence.queries import facts_of
from acuse.helpdesk.services import codes as sending
from acuse.helpdesk.services.codes import send_codes
from acuse.proof.facts.fact import Actor
from tests.integration.delivery.conftest import holder
from tests.integration.delivery.test_loops import Endpoint, one_turn
from tests.integration.helpdesk.conftest import desk
from tests.integration.helpdesk.making import ADDRESS, ANA, Desk, letter

__all__ = ["desk", "holder"]
ACTOR = Actor(kind="component", id="portal")


def ask(desk: Desk, address: str = ANA, purpose: str = "form") -> UUID:
    asked = ask_code(organisation=desk.organisation, purpose=purpose, value=address, language="es")
    assert asked is not None
    send_codes()
    return asked


def digits(desk: Desk) -> str:
    """The code of the last e-mail."""
    notice = Notice.objects.filter(kind=Notice.Kind.CODE).latest("created_at")
    raw = custody.open_object(organisation=desk.organisation, sha256=notice.message_sha256)
    found = re.search(rb"(?m)^Subject: (\d{6}) ", raw)
    assert found is not None
    return found[1].decode()


def give(desk: Desk, asked: UUID, typed: str, *, organisation: UUID | None = None, purpose: str = "form") -> object:
    return give_code(
        code=asked, organisation=organisation or desk.organisation, purpose=purpose, digits=typed, actor=ACTOR
    )


def test_who_gives_a_code_back_is_known_by_it(desk: Desk) -> None:
    asked = ask(desk)
    code = digits(desk)
    found = give(desk, asked, f" {code[:3]} {code[3:]} ")
    assert isinstance(found, Proved)
    address = Address.objects.get(organisation_id=desk.organisation)
    assert (address.value, address.basis) == (ANA, "code_confirmed")
    facts = [one.fact for one in facts_of(organisation=desk.organisation, kind="contact", id=address.contact_id)]
    assert [fact.type for fact in facts] == ["contact.made", "address.added", "contact.proved"]
    assert facts[-1].details["purpose"] == "form"
    assert ANA not in facts[-1].canonical().decode()
    # It served once, and what it showed holds until it is ended.
    assert give(desk, asked, code) == Refused(tries_left=0)
    assert proved(code=asked, organisation=desk.organisation, purpose="form") is not None
    assert proved(code=asked, organisation=desk.organisation, purpose="mailbox") is None
    end_proof(code=asked, organisation=desk.organisation)
    assert proved(code=asked, organisation=desk.organisation, purpose="form") is None


def test_its_mail_goes_out_once_under_the_organisations_name(desk: Desk, holder: Holder) -> None:
    ask(desk)
    endpoint = Endpoint()
    for _ in range(2):
        one_turn(holder, endpoint)
    ((recipient, content),) = endpoint.own
    assert recipient == ANA
    mail = message_from_bytes(content, policy=default)
    assert mail["Subject"] == f"{digits(desk)} es su código para escribir a Talleres Ribera"
    assert (mail["To"], mail["Reply-To"], mail["Auto-Submitted"]) == (ANA, ADDRESS, "auto-generated")
    assert Notice.objects.get().sent_at is not None


def test_five_wrong_codes_end_it_and_nobody_elses(desk: Desk) -> None:
    mine = ask(desk)
    code = digits(desk)
    strangers = ask(desk)
    assert [give(desk, strangers, "x") for _ in range(6)] == [Refused(tries_left=left) for left in (4, 3, 2, 1, 0, 0)]
    assert give(desk, strangers, digits(desk)) == Refused(tries_left=0)
    assert isinstance(give(desk, mine, code), Proved)


def test_a_code_serves_for_its_organisation_purpose_and_ten_minutes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask(desk)
    code = digits(desk)
    assert give(desk, asked, code, organisation=desk.mailbox) == Refused(tries_left=0)
    assert give(desk, asked, code, purpose="mailbox") == Refused(tries_left=0)
    moved(monkeypatch, codes.TERM)
    assert give(desk, asked, code) == Refused(tries_left=4)
    assert Address.objects.count() == 0


def test_who_has_nothing_there_is_sent_nothing(desk: Desk) -> None:
    asked = ask(desk, "nadie@correo.example", "mailbox")
    assert Notice.objects.count() == 0
    row = OneTimeCode.objects.get(id=asked)
    assert (row.sent_at is not None, row.mac) == (True, "")
    assert give(desk, asked, "", purpose="mailbox") == Refused(tries_left=4)
    desk.receive(letter())
    ask(desk, ANA.upper(), "mailbox")
    assert Notice.objects.get().recipient == ANA.upper()


@pytest.mark.parametrize(("failure", "waits"), [(ValueError, False), (TemporaryError, True)])
def test_a_code_that_cannot_be_made_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, failure: type[Exception], waits: bool
) -> None:
    def write(**given: Any) -> WrittenCode:
        if given["recipient"] == ANA:
            raise failure("no")
        return write_code(**given)

    monkeypatch.setattr(sending, "write_code", write)
    bad, good = (
        ask_code(organisation=desk.organisation, purpose="form", value=address, language="es")
        for address in (ANA, "luis@cliente.example")
    )
    send_codes()
    assert [one.recipient for one in Notice.objects.all()] == ["luis@cliente.example"]
    settled = {row.id: (row.sent_at is None, row.mac == "") for row in OneTimeCode.objects.all()}
    assert settled == {bad: (waits, True), good: (False, False)}
    assert [one.id for one in codes.asked_codes(most=9)] == ([bad] if waits else [])
    moved(monkeypatch, codes.WAITS)
    assert codes.asked_codes(most=9) == ()


def test_a_code_that_another_process_makes_puts_no_second_mail_into_custody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ask_code(organisation=desk.organisation, purpose="form", value=ANA, language="es")
    assert asked is not None
    seen = codes.asked_codes(most=9)
    before = set(custody.store().keys("objects"))
    # The other process is at it, then done with it; this one looked for work before that.
    with psycopg.connect(conninfo(), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (f"code {asked}",))
        assert send_codes() == 0
    assert set(custody.store().keys("objects")) == before
    assert send_codes() == 1
    monkeypatch.setattr(sending, "asked_codes", lambda most: seen)
    assert send_codes() == 0
    assert len(set(custody.store().keys("objects")) - before) == 1


def test_few_codes_go_to_one_address(desk: Desk) -> None:
    def asked(address: str) -> UUID | None:
        return ask_code(organisation=desk.organisation, purpose="form", value=address, language="es")

    assert [asked(ANA) is None for _ in range(codes.MOST_AN_HOUR + 1)] == [False] * codes.MOST_AN_HOUR + [True]
    assert asked("Ana@Cliente.example") is None
    assert asked("luis@cliente.example") is not None


def test_codes_and_their_mails_are_forgotten_after_two_days(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(desk)
    sha256 = Notice.objects.get().message_sha256
    forget_counters.func(0)
    assert Notice.objects.count() == OneTimeCode.objects.count() == 1
    moved(monkeypatch, codes.KEPT + timedelta(seconds=1))
    forget_counters.func(0)
    assert Notice.objects.count() == OneTimeCode.objects.count() == 0
    with pytest.raises(custody.MissingObject):
        custody.open_object(organisation=desk.organisation, sha256=sha256)


def moved(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let time pass."""
    later: datetime = clock.now() + by
    monkeypatch.setattr(clock, "now", lambda: later)
