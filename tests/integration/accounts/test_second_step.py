"""A second step that was lost."""

import pytest
from allauth.mfa.models import Authenticator

from acuse.accounts import queries, services
from acuse.accounts.models import User
from acuse.accounts.second_step import remove_second_step
from acuse.embedded.roles import Addresses
from acuse.errors import InputError
from acuse.evidence.queries import facts_of
from tests.integration.accounts.test_organisations import member, organisation

EMAIL = "marta@ribera.example"


def types(access: queries.Access) -> list[str]:
    facts = facts_of(organisation=access.organisation, kind="member", id=access.member)
    return [item.fact.type for item in facts]


def test_it_is_removed_for_one_user_and_recorded_in_each_of_their_organisations(database: Addresses) -> None:
    first, second = organisation(), organisation("flota-norte")
    seats = [member(first), member(second)]
    other = member(first, email="luis@ribera.example")
    for email in (EMAIL, "luis@ribera.example"):
        user = User.objects.get(email=email)
        for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
            Authenticator.objects.create(user=user, type=kind, data={})
    assert remove_second_step(email="MARTA@ribera.example") == 2
    assert set(Authenticator.objects.values_list("user__email", flat=True)) == {"luis@ribera.example"}
    assert [types(seat) for seat in seats] == [["member.second_step_removed"]] * 2
    assert types(other) == []


@pytest.mark.parametrize(("email", "said"), [(EMAIL, "password alone"), ("nobody@ribera.example", "no user")])
def test_where_there_is_none_it_says_so(database: Addresses, email: str, said: str) -> None:
    services.create_user(email=EMAIL, password="correct-horse-battery-91")
    with pytest.raises(InputError, match=said):
        remove_second_step(email=email)
