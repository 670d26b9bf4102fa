"""What a message asks for, the defaults and the rules: what becomes of the communication, its facts and its terms."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acuse.accounts import services as accounts
from acuse.accounts.models import Organisation
from acuse.accounts.queries import Access, access_organisation
from acuse.accounts.values import SmtpCredentialValue
from acuse.certificates.models import Certificate
from acuse.delivery import services
from acuse.delivery.models import Communication
from acuse.delivery.queries import public_content
from acuse.delivery.queries.rules import remembered_rules, rules_of
from acuse.delivery.selection import MOST_RULES, Rule
from acuse.delivery.services import keep_message
from acuse.delivery.services.reports import Returned
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.ledger import YEAR, refer
from acuse.evidence.models import Head, StoredObject
from acuse.evidence.queries import facts_of
from tests.integration.making import HOST, RELAYED, accept, attempt, credential, envelope, facts, message

SLUG = "talleres-ribera"


@pytest.fixture
def value(database: Addresses) -> SmtpCredentialValue:
    return credential(SLUG)


def member(role: str = "owner") -> Access:
    email = f"{role}@ribera.example"
    user = accounts.create_user(email=email, password=None)
    accounts.add_member(organisation=Organisation.objects.get(slug=SLUG).id, email=email, role=role)
    return access_organisation(user=user, slug=SLUG)


def asking(*lines: str, **changes: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode() + message(**changes)


def details(value: SmtpCredentialValue, communication: UUID) -> dict[str, object]:
    return dict(facts(value.organisation, communication)[0].details)


def test_what_a_message_asks_for_is_in_its_row_and_its_fact(value: SmtpCredentialValue) -> None:
    one = accept(value, asking("Acuse-Access: otp", "Acuse-Language: en", "Acuse-Reference: R-1"))
    row = Communication.objects.get(id=one)
    assert (row.mode, row.access, row.language, row.reference) == ("notice", "otp", "en", "R-1")
    assert row.certified
    assert row.expires_at == row.created_at + timedelta(days=30)
    told = details(value, one)
    assert {name: told[name] for name in ("mode", "access", "language", "reference")} == {
        "mode": "notice",
        "access": "otp",
        "language": "en",
        "reference": "R-1",
    }
    assert "term_until" in told
    assert not told.keys() & {"rule", "certified", "retention_years"}


def test_a_bad_choice_is_refused_before_anything_is_kept(value: SmtpCredentialValue) -> None:
    with pytest.raises(InputError, match="Acuse-Mode may be"):
        accept(value, asking("Acuse-Mode: letter"))
    assert not Communication.objects.exists()
    assert not list(custody.store().keys("objects"))


def test_defaults_of_the_program_go_before_those_of_its_organisation(value: SmtpCredentialValue) -> None:
    access = member()
    accounts.change_settings(access=access, mode="notice", term_days=10)
    row = Communication.objects.get(id=accept(value))
    assert (row.mode, row.access, row.expires_at) == ("notice", "button", row.created_at + timedelta(days=10))
    accounts.change_credential(access=access, credential=value.id, mode="content", language="en")
    row = Communication.objects.get(id=accept(value, message(message_id="dos")))
    assert (row.mode, row.access, row.language, row.expires_at) == ("content", "", "en", None)
    changed = [
        item.fact for item in facts_of(organisation=value.organisation, kind="organisation", id=value.organisation)
    ]
    assert changed[-1].details == {
        "changes": [
            {"name": "mode", "before": "", "after": "content"},
            {"name": "language", "before": "", "after": "en"},
        ],
        "credential": str(value.id),
    }


@pytest.mark.parametrize(
    "changes",
    [{"mode": "letter"}, {"retention_years": 4}, {"retention_years": 31}, {"retention_years": ""}, {"name": "x"}],
)
def test_a_default_that_cannot_be_is_refused(value: SmtpCredentialValue, changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        accounts.change_credential(access=member(), credential=value.id, **changes)


def test_a_longer_retention_holds_for_all_that_the_communication_cites(value: SmtpCredentialValue) -> None:
    one = accept(value, asking("Acuse-Retention: 12 years", body="largo"))
    other = accept(value, message(message_id="dos", body="corto"))
    for communication in (one, other):
        attempt(communication, replace(RELAYED, transcript=str(communication).encode()))
    row = Communication.objects.get(id=one)
    until = row.created_at + 12 * YEAR
    assert details(value, one)["retention_years"] == 12
    assert Head.objects.get(subject=one).retain_until == until
    cited = {item.sha256 for fact in facts(value.organisation, one) for item in fact.objects}
    assert len(cited) >= 2
    assert set(StoredObject.objects.filter(sha256__in=cited).values_list("retain_until", flat=True)) == {until}
    others = {item.sha256 for fact in facts(value.organisation, other) for item in fact.objects}
    assert all(
        each < until for each in StoredObject.objects.filter(sha256__in=others).values_list("retain_until", flat=True)
    )
    assert Head.objects.get(subject=other).retain_until < until


def test_what_a_rule_relays_plainly_is_recorded_and_never_certified(value: SmtpCredentialValue) -> None:
    access = member()
    rule = Rule(id=uuid4(), subject="boletín*", certify=False)
    services.add_rule(access=access, rule=rule)
    plain = accept(value, message(subject="Boletín de otoño"))
    certified = accept(value, message(subject="Factura", message_id="dos"))
    for communication in (plain, certified):
        attempt(communication, RELAYED)
    assert not Communication.objects.get(id=plain).certified
    assert details(value, plain)["certified"] is False
    assert details(value, plain)["rule"] == str(rule.id)
    assert list(Certificate.objects.values_list("subject", flat=True)) == [certified]
    row = Communication.objects.get(id=plain)
    assert (row.status, row.outcome) == ("concluded", "relayed")
    assert public_content(sha256=row.submission.message_sha256) is None, "nobody had it certified"
    came = custody.keep(organisation=value.organisation, content=b"informe", media_type="message/rfc822")
    report = {"form": "dsn", "status": "5.1.1", "reply": None, "diagnostic": None, "reporting_mta": None}
    returned = Returned(
        reception=uuid4(),
        type="bounce.received",
        details={**report, "remote_mta": None, "failure_class": "mailbox_not_found", "permanent": True},
        came=refer("report", came),
        received_at=row.created_at + timedelta(minutes=1),
    )
    assert services.apply_return(
        organisation=value.organisation, communication=plain, returned=returned, reporting_host=HOST
    )
    assert Communication.objects.get(id=plain).status == "failed"
    assert not Certificate.objects.filter(subject=plain).exists()


def test_each_recipient_has_its_own_rule(value: SmtpCredentialValue) -> None:
    services.add_rule(access=member(), rule=Rule(id=uuid4(), domain="*.interno.example", certify=False))
    kept = keep_message(credential=value, envelope=envelope("a@x.interno.example", "b@cliente.example"), raw=message())
    services.accept_each([kept])
    assert dict(Communication.objects.values_list("recipient", "certified")) == {
        "a@x.interno.example": False,
        "b@cliente.example": True,
    }


def test_rules_are_read_once_for_many_messages(value: SmtpCredentialValue) -> None:
    services.add_rule(access=member(), rule=Rule(id=uuid4(), subject="x"))
    remembered_rules(value.organisation)
    with CaptureQueriesContext(connection) as queries:
        for number in range(5):
            keep_message(credential=value, envelope=envelope(), raw=message(message_id=str(number)))
    assert not queries.captured_queries


def test_rules_keep_their_order_and_each_change_is_a_fact(value: SmtpCredentialValue) -> None:
    access = member()
    one, two, three = (Rule(id=uuid4(), subject=name) for name in ("uno", "dos", "tres"))
    for rule in (one, two, three):
        services.add_rule(access=access, rule=rule)
    services.move_rule(access=access, rule=three.id, up=True)
    services.move_rule(access=access, rule=one.id, up=True)
    services.change_rule(access=access, rule=replace(two, enabled=False))
    services.change_rule(access=access, rule=replace(two, enabled=False))
    services.remove_rule(access=access, rule=one.id)
    assert rules_of(access) == [three, replace(two, enabled=False)]
    told = [
        (item.fact.type.partition(".")[2], item.fact.details["subject"], item.fact.details["position"])
        for item in facts_of(organisation=value.organisation, kind="organisation", id=value.organisation)
        if item.fact.type.startswith("certification_rule.")
    ]
    assert told == [
        ("added", "uno", 1),
        ("added", "dos", 2),
        ("added", "tres", 3),
        ("moved", "tres", 2),
        ("changed", "dos", 3),
        ("removed", "uno", 1),
    ]


def test_rules_are_bounded_and_belong_to_managers(value: SmtpCredentialValue) -> None:
    access = member()
    for _ in range(MOST_RULES):
        services.add_rule(access=access, rule=Rule(id=uuid4()))
    with pytest.raises(ConflictError):
        services.add_rule(access=access, rule=Rule(id=uuid4()))
    agent = member("agent")
    first = rules_of(access)[0]
    for act in (
        lambda: services.add_rule(access=agent, rule=Rule(id=uuid4())),
        lambda: services.change_rule(access=agent, rule=first),
        lambda: services.move_rule(access=agent, rule=first.id, up=False),
        lambda: services.remove_rule(access=agent, rule=first.id),
        lambda: accounts.change_credential(access=agent, credential=value.id, mode="notice"),
    ):
        with pytest.raises(AccessDenied):
            act()


def test_a_rule_of_another_organisation_is_not_there(value: SmtpCredentialValue) -> None:
    access = member()
    services.add_rule(access=access, rule=Rule(id=uuid4()))
    foreign = replace(access, organisation=credential("flota-norte").organisation)
    for act in (
        lambda: services.change_rule(access=foreign, rule=rules_of(access)[0]),
        lambda: services.remove_rule(access=foreign, rule=rules_of(access)[0].id),
        lambda: accounts.change_credential(access=foreign, credential=value.id, mode="notice"),
    ):
        with pytest.raises(InputError):
            act()
