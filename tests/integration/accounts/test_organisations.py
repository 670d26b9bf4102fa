"""Organisations, members and settings, and the facts that say who changed them."""

from uuid import uuid4

import pytest

from acuse.accounts import queries, services
from acuse.accounts.models import Membership, Organisation, SenderIdentity, User
from acuse.embedded.roles import Addresses
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence.ledger import record
from acuse.evidence.queries import facts_of
from acuse.proof.facts.fact import Fact


def organisation(slug: str = "talleres-ribera") -> Organisation:
    return services.create_organisation(name=" Talleres Ribera ", slug=slug)


def member(made: Organisation, *, email: str = "marta@ribera.example", role: str = "owner") -> queries.Access:
    if not User.objects.filter(email=email).exists():
        services.create_user(email=email, password="correct-horse-battery-91")
    services.add_member(organisation=made.id, email=email, role=role)
    return queries.access_organisation(user=User.objects.get(email=email), slug=made.slug)


def facts(made: Organisation) -> list[Fact]:
    return [item.fact for item in facts_of(organisation=made.id, kind="organisation", id=made.id)]


def test_an_organisation_begins_with_a_fact(database: Addresses) -> None:
    made = organisation()
    assert made.name == "Talleres Ribera"
    (fact,) = facts(made)
    assert (fact.type, fact.details, fact.actor.id) == (
        "organisation.created",
        {"name": "Talleres Ribera"},
        "operator",
    )


def test_a_short_name_is_taken_once(database: Addresses) -> None:
    organisation()
    with pytest.raises(ConflictError, match="taken"):
        organisation()
    assert Organisation.objects.count() == 1


def test_without_its_fact_there_is_no_organisation(database: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(services, "record", fail)
        with pytest.raises(ZeroDivisionError):
            organisation()
    assert not Organisation.objects.exists()
    assert services.record is record


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "x" * 121}, {"slug": "Ñ"}, {"language": "fr"}, {"tax_id": "9" * 21}]
)
def test_an_organisation_that_cannot_be_is_refused(database: Addresses, wrong: dict[str, str]) -> None:
    with pytest.raises(InputError):
        services.create_organisation(**{"name": "Talleres", "slug": "talleres", **wrong})
    assert not Organisation.objects.exists()


def test_users_log_in_with_an_address_whatever_its_case(database: Addresses) -> None:
    services.create_user(email=" Marta@Ribera.Example ", password="correct-horse-battery-91")
    user = User.objects.get()
    assert user.email == "marta@ribera.example"
    assert user.check_password("correct-horse-battery-91")
    assert "correct-horse" not in user.password
    with pytest.raises(ConflictError):
        services.create_user(email="MARTA@ribera.example", password=None)


@pytest.mark.parametrize("email", ["", "marta", "marta@", "a@b c.example", "x" * 250 + "@b.example"])
def test_what_is_no_address_is_no_user(database: Addresses, email: str) -> None:
    with pytest.raises(InputError):
        services.create_user(email=email, password=None)
    assert not User.objects.exists()


def test_passwords_can_be_set_again(database: Addresses) -> None:
    services.create_or_reset_user(email="marta@ribera.example", password="first-password-1")
    services.create_or_reset_user(email="Marta@ribera.example", password="second-password-2")
    user = User.objects.get()
    assert user.check_password("second-password-2")
    assert not user.check_password("first-password-1")
    with pytest.raises(InputError, match="no user"):
        services.set_password(email="nadie@ribera.example", password="x")


def test_a_member_has_one_role_and_a_change_is_a_fact(database: Addresses) -> None:
    made = organisation()
    assert member(made, role="auditor").role == "auditor"
    assert member(made, role="administrator").role == "administrator"
    assert Membership.objects.count() == 1
    assert [(fact.type, fact.details.get("role")) for fact in facts(made)][1:] == [
        ("member.added", "auditor"),
        ("member.added", "administrator"),
    ]


def test_unknown_users_and_roles_are_refused(database: Addresses) -> None:
    made = organisation()
    with pytest.raises(InputError, match="create it first"):
        services.add_member(organisation=made.id, email="nadie@ribera.example", role="owner")
    with pytest.raises(InputError, match="no role"):
        services.add_member(organisation=made.id, email="nadie@ribera.example", role="king")


@pytest.mark.parametrize(
    ("role", "manages", "sends"),
    [("owner", True, True), ("administrator", True, True), ("agent", False, True), ("auditor", False, False)],
)
def test_what_each_role_may(database: Addresses, role: str, manages: bool, sends: bool) -> None:
    access = member(organisation(), role=role)
    assert (access.manages, access.sends) == (manages, sends)


def test_one_organisation_does_not_exist_for_the_members_of_another(database: Addresses) -> None:
    mine, theirs = organisation(), organisation("flota-norte")
    access = member(mine)
    member(theirs, email="otra@norte.example")
    user = User.objects.get(id=access.user)
    assert access.organisation == mine.id
    foreign, none = "", ""
    with pytest.raises(AccessDenied) as denied:
        queries.access_organisation(user=user, slug="flota-norte")
    foreign = str(denied.value)
    with pytest.raises(AccessDenied) as denied:
        queries.access_organisation(user=user, slug="no-existe")
    none = str(denied.value)
    assert foreign == none
    assert [view.slug for view in queries.organisations_of(user=user)] == ["talleres-ribera"]


def test_who_is_not_active_has_no_access(database: Addresses) -> None:
    made = organisation()
    access = member(made)
    User.objects.update(is_active=False)
    with pytest.raises(AccessDenied):
        queries.access_organisation(user=User.objects.get(id=access.user), slug=made.slug)


def test_a_login_is_a_fact_of_the_member(database: Addresses) -> None:
    made = organisation()
    access = member(made)
    services.record_login(access=access)
    (found,) = facts_of(organisation=made.id, kind="member", id=access.member)
    assert (found.fact.type, found.fact.actor.kind, found.fact.actor.id) == (
        "member.logged_in",
        "member",
        str(access.member),
    )


def test_changed_settings_are_one_fact_with_before_and_after(database: Addresses) -> None:
    made = organisation()
    access = member(made)
    services.change_settings(access=access, language="en", seal_level="B-T", time_zone="Europe/Madrid")
    made.refresh_from_db()
    assert (made.language, made.seal_level) == ("en", "B-T")
    fact = facts(made)[-1]
    assert (fact.type, fact.actor.id) == ("settings.changed", str(access.member))
    assert fact.details == {
        "changes": [
            {"name": "language", "before": "es", "after": "en"},
            {"name": "seal_level", "before": "B-LTA", "after": "B-T"},
        ]
    }


def test_settings_that_stay_are_no_fact(database: Addresses) -> None:
    made = organisation()
    access = member(made)
    before = len(facts(made))
    services.change_settings(access=access, language="es")
    assert len(facts(made)) == before


@pytest.mark.parametrize(
    "change",
    [
        {"language": "fr"},
        {"seal_level": "B-LT"},
        {"time_zone": "Europe/Atlantis"},
        {"certificate_by_email": "yes"},
        {"name": ""},
        {"name": "x" * 121},
        {"tax_id": "9" * 21},
        {"slug": "otro"},
        {"id": uuid4()},
    ],
)
def test_a_setting_that_cannot_be_is_refused_whole(database: Addresses, change: dict[str, object]) -> None:
    made = organisation()
    access = member(made)
    before = len(facts(made))
    with pytest.raises(InputError):
        services.change_settings(access=access, **{"language": "en", **change})
    made.refresh_from_db()
    assert (made.language, made.name, made.slug) == ("es", "Talleres Ribera", "talleres-ribera")
    assert len(facts(made)) == before


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_only_managers_change_settings(database: Addresses, role: str) -> None:
    made = organisation()
    with pytest.raises(AccessDenied):
        services.change_settings(access=member(made, role=role), language="en")
    made.refresh_from_db()
    assert made.language == "es"


def test_preferences_are_checked(database: Addresses) -> None:
    user = services.create_user(email="marta@ribera.example", password=None)
    services.change_preferences(user=user, language="en", single_keys=False)
    user.refresh_from_db()
    assert (user.language, user.single_keys, user.time_zone) == ("en", False, "Europe/Madrid")
    with pytest.raises(InputError):
        services.change_preferences(user=user, time_zone="Mars/Olympus")


def test_sender_identities_are_facts_once(database: Addresses) -> None:
    made = organisation()
    for _ in range(2):
        services.add_sender_identity(organisation=made.id, pattern="@Ribera.Example")
    assert queries.sender_patterns(made.id) == {"@ribera.example"}
    for _ in range(2):
        services.remove_sender_identity(organisation=made.id, pattern="@RIBERA.example")
    assert not SenderIdentity.objects.exists()
    assert [fact.type for fact in facts(made)][1:] == ["sender_identity.added", "sender_identity.removed"]
    with pytest.raises(InputError):
        services.add_sender_identity(organisation=made.id, pattern="ribera")


def test_identities_of_one_organisation_are_not_anothers(database: Addresses) -> None:
    mine, theirs = organisation(), organisation("flota-norte")
    services.add_sender_identity(organisation=mine.id, pattern="@ribera.example")
    services.remove_sender_identity(organisation=theirs.id, pattern="@ribera.example")
    assert queries.sender_patterns(theirs.id) == frozenset()
    assert queries.sender_patterns(mine.id) == {"@ribera.example"}


def test_a_domain_belongs_to_one_organisation(database: Addresses) -> None:
    first, second = organisation("primera"), organisation("segunda")
    services.add_sender_identity(organisation=first.id, pattern="@empresa.example")
    for pattern in ("@empresa.example", "avisos@empresa.example"):
        with pytest.raises(ConflictError, match="Another organisation"):
            services.add_sender_identity(organisation=second.id, pattern=pattern)
    services.add_sender_identity(organisation=second.id, pattern="@otra.example")
    services.remove_sender_identity(organisation=first.id, pattern="@empresa.example")
    services.add_sender_identity(organisation=second.id, pattern="@empresa.example")
