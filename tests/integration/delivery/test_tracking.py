"""Who does not want to be tracked."""

from acuse import clock
from acuse.delivery.models import TrackingWithdrawal
from acuse.delivery.queries.tracking import withdrawn_among
from acuse.embedded.roles import Addresses
from tests.integration import making


def test_a_withdrawal_holds_for_one_organisation_and_one_mailbox(database: Addresses) -> None:
    ours, theirs = making.credential().organisation, making.credential("otra-empresa").organisation
    TrackingWithdrawal.objects.create(organisation_id=ours, address="ana@cliente.example", withdrawn_at=clock.now())
    TrackingWithdrawal.objects.create(organisation_id=theirs, address="luis@cliente.example", withdrawn_at=clock.now())
    everybody = [(whose, f"{name}@Cliente.example") for whose in (ours, theirs) for name in ("Ana", "Luis")]
    assert withdrawn_among(everybody) == {(ours, "Ana@Cliente.example"), (theirs, "Luis@Cliente.example")}


def test_nobody_is_asked_about_nobody(database: Addresses) -> None:
    assert withdrawn_among([]) == frozenset()
