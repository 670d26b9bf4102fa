"""Setting a desk up from nothing: one form makes every part, and what is refused leaves the others done."""

import pytest
from django.test import Client

from acuse.accounts import services
from acuse.accounts.models import User
from acuse.accounts.queries import Access, access_organisation
from acuse.calendars.models import Calendar
from acuse.embedded.roles import Addresses
from acuse.helpdesk.models import Line, Mailbox, Ticket
from acuse.helpdesk.queries.policies import current_policy
from acuse.helpdesk.queries.portal import public_desk
from acuse.helpdesk.services.opening import open_by_member, settings_of
from acuse.helpdesk.services.portal import change_portal, standard_consent

SLUG = "empresa"
PAGE = f"/console/{SLUG}/settings/desk/start/"
GIVEN = {
    "hours": "office",
    "region": "ES-MD",
    "terms": "both",
    "address": "atencion@empresa.example",
    "number": "910 000 000",
    "public": "on",
}


@pytest.fixture
def owner(database: Addresses) -> Access:
    made = services.create_organisation(name="Empresa", slug=SLUG)
    user = services.create_user(email="ana@empresa.example", password=None, name="Ana")
    services.add_member(organisation=made.id, email=user.email, role="owner")
    return access_organisation(user=user, slug=SLUG)


def client() -> Client:
    """Ana, signed in."""
    made = Client()
    made.force_login(User.objects.get(email="ana@empresa.example"))
    return made


@pytest.mark.parametrize(
    ("language", "names"), [("es", ("Horario de atención", "Teléfono")), ("en", ("Opening hours", "Telephone"))]
)
def test_what_it_makes_is_called_in_the_organisations_language(
    owner: Access, language: str, names: tuple[str, str]
) -> None:
    services.change_settings(access=owner, language=language)
    assert client().post(PAGE, GIVEN).status_code == 302
    assert (Calendar.objects.get().name, Line.objects.get().name) == names


def test_one_form_makes_a_desk_that_takes_cases_in(owner: Access) -> None:
    assert client().get(PAGE).status_code == 200
    assert client().post(PAGE, GIVEN).status_code == 302
    policy = current_policy(owner.organisation)
    assert policy is not None
    assert len(policy.policy.terms) > 3
    desk = public_desk(SLUG)
    assert desk is not None
    assert client().get(f"/o/{SLUG}/write/").status_code == 200
    assert settings_of(owner.organisation).consent == standard_consent("Empresa")
    ticket = open_by_member(
        access=owner, address="c@cliente.example", number="", name="C", subject="Hola", text="¿Hay sitio?", type="claim"
    )
    assert Ticket.objects.get(id=ticket).due_at is not None
    page = client().get(PAGE).content.decode()
    assert f"/settings/desk/mailboxes/{Mailbox.objects.get().id}/" in page, "the mailbox may be fetched by IMAP"
    assert '<form class="form-stack"' not in page, "nothing is left to ask"


def test_what_is_refused_is_said_at_its_field_and_the_rest_stays_done(owner: Access) -> None:
    other = services.create_organisation(name="Otra", slug="otra")
    services.add_sender_identity(organisation=other.id, pattern="@empresa.example")
    answer = client().post(PAGE, GIVEN)
    assert answer.status_code == 200
    assert "address" in answer.context["form"].errors
    assert (Calendar.objects.count(), Line.objects.count(), Mailbox.objects.count()) == (1, 1, 0)
    assert public_desk(SLUG) is None, "without a mailbox nobody could answer the form"
    again = client().get(PAGE).context["form"]
    assert set(again.fields) == {"address", "public"}
    assert client().post(PAGE, {"address": "atencion@propia.example", "public": "on"}).status_code == 302
    assert public_desk(SLUG) is not None


def test_what_was_set_for_a_public_page_that_is_off_stays_when_the_form_switches_it_on(owner: Access) -> None:
    policy = "https://empresa.example/privacidad"
    change_portal(
        access=owner, portal_enabled=False, portal_indexed=False, quiet_hours_public=False, data_policy=policy
    )
    assert client().post(PAGE, GIVEN).status_code == 302
    row = settings_of(owner.organisation)
    assert row.portal_enabled
    assert (row.portal_indexed, row.quiet_hours_public, row.data_policy) == (False, False, policy)


@pytest.mark.parametrize("wrong", [{"hours": "never"}, {"address": "nonsense"}, {"region": "XX"}, {"terms": "mine"}])
def test_nothing_is_made_of_a_form_that_makes_no_sense(owner: Access, wrong: dict[str, str]) -> None:
    assert client().post(PAGE, {**GIVEN, **wrong}).status_code == 200
    assert not Calendar.objects.exists()


def test_a_new_owner_is_led_to_the_desk(owner: Access) -> None:
    first = f"/console/{SLUG}/communications/"
    assert f'href="{PAGE}"' in client().get(first, follow=True).content.decode()
    assert client().post(PAGE, GIVEN).status_code == 302
    assert "atencion@empresa.example" in client().get(first, follow=True).content.decode()
