"""Who may bring whom in holds too when two act at once, and ends with the right to do so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from django.db import connection, connections, transaction

from acuse.accounts import members, queries, services
from acuse.accounts.models import Invitation, Membership, Organisation, User
from acuse.accounts.queries import Access
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, InputError
from acuse.evidence.queries import facts_of

PASSWORD = "un-caballo-correcto-77"
PATIENCE_SECONDS = 120.0


@pytest.fixture
def made(database: Addresses) -> Organisation:
    """An organisation."""
    return services.create_organisation(name="Talleres Ribera", slug="talleres-ribera")


def member(made: Organisation, name: str, role: str) -> Access:
    """A member's access."""
    email = f"{name}@ribera.example"
    services.create_user(email=email, password=PASSWORD)
    services.add_member(organisation=made.id, email=email, role=role)
    return queries.access_organisation(user=User.objects.get(email=email), slug=made.slug)


def invited(by: Access, email: str, role: str) -> str:
    """The secret of an invitation's link."""
    return members.invite(access=by, email=email, role=role)[1]


def accept(token: str) -> None:
    """Take an invitation up as somebody new."""
    members.accept_as_new(token=token, name="Nuria", password=PASSWORD, language="es")


@pytest.mark.parametrize("act", ["deactivate", "demote"])
def test_whoever_loses_the_right_to_invite_comes_back_by_no_link(made: Organisation, act: str) -> None:
    owner, administrator = member(made, "marta", "owner"), member(made, "luis", "administrator")
    own, other = (
        invited(administrator, "otro-yo@ribera.example", "administrator"),
        invited(owner, "x@x.example", "agent"),
    )
    if act == "deactivate":
        members.deactivate(access=owner, member=administrator.member)
    else:
        members.change_role(access=owner, member=administrator.member, role="agent")
    assert members.find_invitation(own) is None
    with pytest.raises(InputError, match="no longer"):
        accept(own)
    members.reactivate(access=owner, member=administrator.member)
    assert members.find_invitation(own) is None, "it is withdrawn for good"
    accept(other)
    types = [one.fact.type for one in facts_of(organisation=made.id, kind="organisation", id=made.id)]
    assert types.count("member.invitation_withdrawn") == 1


def test_an_owner_who_becomes_an_administrator_brings_in_no_owner(made: Organisation) -> None:
    first, second = member(made, "marta", "owner"), member(made, "luis", "owner")
    above, below = invited(second, "a@x.example", "owner"), invited(second, "b@x.example", "administrator")
    members.change_role(access=first, member=second.member, role="administrator")
    assert members.find_invitation(above) is None
    assert members.find_invitation(below) is not None


def test_what_was_taken_away_while_a_request_was_under_way_is_gone(made: Organisation) -> None:
    owner, administrator = member(made, "marta", "owner"), member(made, "luis", "administrator")
    agent = member(made, "ana", "agent")
    token = invited(owner, "b@x.example", "agent")
    members.change_role(access=owner, member=administrator.member, role="agent")
    acts: tuple[Callable[[], object], ...] = (
        lambda: members.invite(access=administrator, email="a@x.example", role="administrator"),
        lambda: members.change_role(access=administrator, member=administrator.member, role="administrator"),
        lambda: members.change_role(access=administrator, member=agent.member, role="administrator"),
        lambda: members.deactivate(access=administrator, member=agent.member),
        lambda: members.reactivate(access=administrator, member=agent.member),
        lambda: members.withdraw_invitation(access=administrator, invitation=Invitation.objects.get().id),
    )
    for act in acts:
        with pytest.raises(AccessDenied):
            act()
    assert members.find_invitation(token) is not None
    assert Membership.objects.get(id=agent.member).role == "agent"


def in_a_thread(act: Callable[[], None]) -> None:
    """Run with connections of its own."""
    try:
        act()
    finally:
        connections.close_all()


def waiting() -> int:
    """How many sessions of this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction keeps the sessions it first saw
        cursor.execute(
            "SELECT count(*) FROM pg_locks AS lock JOIN pg_stat_activity AS client USING (pid) "
            "WHERE NOT lock.granted AND client.datname = current_database()"
        )
        return int(cursor.fetchone()[0])


def until_waiting(count: int) -> None:
    """Return when so many sessions wait for a lock."""
    end = monotonic() + PATIENCE_SECONDS
    while waiting() < count:
        assert monotonic() < end, "nobody waits"


def test_a_newer_invitation_and_the_older_ones_acceptance_take_turns(made: Organisation) -> None:
    owner = member(made, "marta", "owner")
    token = invited(owner, "nueva@x.example", "agent")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Organisation.objects.select_for_update().get(id=made.id)
            accepting = pool.submit(in_a_thread, lambda: accept(token))
            until_waiting(1)
            newer = invited(owner, "nueva@x.example", "auditor")
        with pytest.raises(InputError, match="no longer"):
            accepting.result(PATIENCE_SECONDS)
    accept(newer)
    assert Membership.objects.get(user__email="nueva@x.example").role == "auditor"


def test_of_two_who_accept_at_once_one_joins(made: Organisation) -> None:
    token = invited(member(made, "marta", "owner"), "nueva@x.example", "agent")
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Organisation.objects.select_for_update().get(id=made.id)
            both = [pool.submit(in_a_thread, lambda: accept(token)) for _ in range(2)]
            until_waiting(2)
        errors = [one.exception(PATIENCE_SECONDS) for one in both]
    assert sorted(type(error) for error in errors if error is not None) == [InputError]
    assert Membership.objects.filter(user__email="nueva@x.example").count() == 1


def test_of_two_organisations_one_makes_the_user_and_the_other_asks_to_sign_in(made: Organisation) -> None:
    other = services.create_organisation(name="Flota Norte", slug="flota-norte")
    first = invited(member(made, "marta", "owner"), "nueva@x.example", "agent")
    second = invited(member(other, "luis", "owner"), "nueva@x.example", "agent")
    accept(first)
    with pytest.raises(InputError, match="sign in to join"):
        accept(second)
    assert members.find_invitation(second) is not None, "it can still be taken up by signing in"
    members.accept_as(token=second, user=User.objects.get(email="nueva@x.example"))
    assert Membership.objects.filter(user__email="nueva@x.example").count() == 2


def test_no_letter_makes_one_address_of_two(made: Organisation) -> None:
    owner = member(made, "mark", "owner")
    token = invited(owner, "mar\N{KELVIN SIGN}@ribera.example", "agent")
    accept(token)
    assert Membership.objects.get(user__email="mar\N{KELVIN SIGN}@ribera.example").role == "agent"
    assert Membership.objects.get(user__email="mark@ribera.example").role == "owner"
