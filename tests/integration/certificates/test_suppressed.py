"""From a refusal to the certificate of what was held back because of it: the follower, the words, the proof."""

import subprocess
from uuid import UUID, uuid4

import pytest
from uuid6 import uuid7

from acuse.accounts.queries import Access, organisation_view
from acuse.certificates.models import Certificate
from acuse.delivery.followers import follow_suppressions, suppressions
from acuse.delivery.models import Suppression
from acuse.delivery.services import hold_back, resend
from acuse.delivery.services.work import load_work
from acuse.evidence.models import Alarm
from acuse.proof.report import State
from tests.integration.certificates.conftest import Notary
from tests.integration.making import HOST, NO_DOMAIN, REFUSED, RELAYED, SCHEDULE, accept, attempt, facts, lease, message


def follow(notary: Notary) -> None:
    notary.publish(anchored=False)
    while follow_suppressions():
        pass


def refused(notary: Notary) -> UUID:
    one = accept(notary.value, message(message_id=None))
    attempt(one, REFUSED)
    return one


def held_back(notary: Notary, language: str = "es") -> UUID:
    """A communication to an address on the list, ended as the dispatcher does."""
    one = accept(notary.value, f"Acuse-Language: {language}\r\n".encode() + message(message_id=None))
    held, work = lease(one), load_work(one)
    assert work.listed is not None
    hold_back(work=work, listed=work.listed, lease=held, schedule=SCHEDULE, reporting_host=HOST)
    return one


def told(notary: Notary, row: Certificate) -> str:
    """The words of the document, in one line."""
    printed = subprocess.run(["pdftotext", "-", "-"], input=notary.pdf(row), capture_output=True, check=True)
    return " ".join(printed.stdout.decode().split())


def test_a_refusal_lists_the_address_once(notary: Notary) -> None:
    one, relayed = refused(notary), accept(notary.value, message(message_id=None), "b@cliente.example")
    attempt(relayed, RELAYED)
    follow(notary)
    entry = Suppression.objects.get()
    assert (entry.address, entry.reason, entry.communication_id) == ("ana@cliente.example", "mailbox_not_found", one)
    other = accept(notary.value, message(message_id=None))
    attempt(other, NO_DOMAIN)
    follow(notary)
    assert Suppression.objects.count() == 1
    assert [fact.type for fact in facts(notary.value.organisation, one)].count("suppression.added") == 1
    assert [fact.type for fact in facts(notary.value.organisation, other)][-1] == "attempt.failed"
    assert not Alarm.objects.exists()


def test_what_cannot_be_listed_raises_an_alarm_and_stops_nothing(
    notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(notary)

    def broken(**_: object) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(suppressions, "suppress", broken)
        follow(notary)
    assert Alarm.objects.filter(name=suppressions.ALARM).exists()
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ("No enviada: la dirección está en la lista", "el buzón no existe")),
        ("en", ("Not sent: the address is on the sender’s list", "the mailbox does not exist")),
    ],
)
def test_the_certificate_says_that_nothing_was_sent_and_why(
    notary: Notary, language: str, words: tuple[str, ...]
) -> None:
    first = refused(notary)
    follow(notary)
    one = held_back(notary, language)
    made = {row.subject: row for row in notary.issue_due()}
    checked = notary.verify(made[one])
    assert checked.state is State.VALID, checked.to_text()
    assert checked.verdict is not None
    assert (checked.verdict.outcome, checked.verdict.failure_class) == ("failed", "suppressed")
    said = told(notary, made[one])
    assert [word for word in words if word not in said] == []
    assert str(first) in said.replace(" ", "")


def test_the_certificate_of_what_was_sent_once_more_says_so(notary: Notary) -> None:
    one = refused(notary)
    follow(notary)
    view = organisation_view(notary.value.organisation)
    agent = Access(user=uuid4(), member=uuid4(), role="agent", organisation=notary.value.organisation, view=view)
    new = uuid7()
    resend(access=agent, communication=one, new=new, despite=True)
    attempt(new, RELAYED)
    made = {row.subject: row for row in notary.issue_due()}
    assert notary.verify(made[new]).state is State.VALID
    said = told(notary, made[new])
    assert "enviar otra vez" in said
    assert "aunque la dirección está en la lista" in said
    assert str(one) in said.replace(" ", "")
