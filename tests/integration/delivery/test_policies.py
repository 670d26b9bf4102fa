"""The table of MTA-STS policies: what one worker fetched holds for all and over a restart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from acuse import clock
from acuse.channels.base import Outcome
from acuse.channels.dns import Tlsa
from acuse.channels.email import dane
from acuse.channels.email.mta_sts import MAX_POLICY, KeptPolicy
from acuse.channels.email.policies import Policy, Tls, applied
from acuse.delivery.envelope import Recipient
from acuse.delivery.models import TransportPolicy
from acuse.delivery.services.policies import PolicyTable, forget_policies
from acuse.embedded.roles import Addresses
from acuse.errors import TemporaryError
from tests.integration.making import DEFERRED, REFUSED, RELAYED, UNKNOWN, accept, attempt, credential, facts, message

pytestmark = pytest.mark.usefixtures("database")
NOW = clock.now()
TEXT = "version: STSv1\r\nmode: enforce\r\nmx: mx.recibe.example\r\nmax_age: 86400\r\n"


LONG = Tlsa(usage=0, selector=0, matching=0, data=b"x" * 5000)


def kept(domain: str = "recibe.example", *, identifier: str = "1", text: str = TEXT, days: int = 1) -> KeptPolicy:
    return KeptPolicy(
        domain=domain, identifier=identifier, text=text, fetched_at=NOW, expires_at=NOW + timedelta(days=days)
    )


def test_a_policy_is_found_as_it_was_kept_and_the_next_takes_its_place() -> None:
    table = PolicyTable()
    assert table.load("recibe.example") is None
    for one in (kept(), kept(identifier="2", text=TEXT + "x: ñ" + "y" * (MAX_POLICY - len(TEXT) - 10))):
        table.save(one)
        assert PolicyTable().load("recibe.example") == one
    assert TransportPolicy.objects.count() == 1


def test_policies_that_no_longer_hold_are_forgotten() -> None:
    table = PolicyTable()
    table.save(kept())
    table.save(kept("otra.example", days=-1))
    forget_policies()
    assert [row.domain for row in TransportPolicy.objects.all()] == ["recibe.example"]


def test_a_database_that_is_away_is_a_fault_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(connection, "ensure_connection", away)
    monkeypatch.setattr(connection, "cursor", away)
    with pytest.raises(TemporaryError):
        PolicyTable().load("recibe.example")
    with pytest.raises(TemporaryError):
        PolicyTable().save(kept())


@pytest.mark.parametrize(
    "policy",
    [
        Policy(kind="mta-sts", mode="enforce", source=kept().source, names=("mx.recibe.example",)),
        Policy(kind="dane", mode="encrypt", source=(dane.text(LONG),), names=()),
        None,
    ],
)
@pytest.mark.parametrize("met", [RELAYED, DEFERRED, REFUSED, UNKNOWN], ids=lambda one: one.result.value)
def test_what_applied_is_recorded_with_the_attempt(database: Addresses, policy: Policy | None, met: Outcome) -> None:
    value = credential()
    for number, finding in enumerate(("the server offers no TLS", "", None)):
        one = accept(value, message(message_id=str(number)), Recipient(address="ana@cliente.example"))
        said = applied(Tls.REQUIRED if policy else Tls.OPPORTUNISTIC, policy, finding)
        attempt(one, replace(met, policy=said))
        assert facts(value.organisation, one)[-1].details["policy"] == said
