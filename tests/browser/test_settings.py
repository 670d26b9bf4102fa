"""The pages of settings in the browser: what is final is asked twice, what is refused is shown in its place."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.test import Client
from playwright.sync_api import expect

from acuse.accounts import services
from acuse.accounts.models import ApiKey, Membership, SenderIdentity, SmtpCredential, User
from acuse.accounts.queries import access_organisation
from acuse.delivery.models import CertificationRule
from acuse.helpdesk.models import TriageRule
from acuse.helpdesk.services.triage import add_rule
from acuse.helpdesk.triage import Rule
from tests.browser import samples
from tests.browser.axe import faults_of_access
from tests.browser.conftest import Opener
from tests.browser.test_every_page import BASE, faults_of_form
from tests.browser.world import World

#: Page, what opens the question, what answers it, and whether it was done in an organisation.
ACTS: tuple[tuple[str, str, str, Callable[[UUID], bool]], ...] = (
    (
        "settings/",
        "Revocar crm-taller",
        "Revocar la credencial",
        lambda owner: not SmtpCredential.objects.filter(organisation_id=owner, revoked_at=None).exists(),
    ),
    (
        "settings/",
        "Quitar @ribera.example",
        "Quitar de la lista",
        lambda owner: not SenderIdentity.objects.filter(organisation_id=owner, pattern="@ribera.example").exists(),
    ),
    (
        "settings/keys/",
        "Revocar erp",
        "Revocar la clave",
        lambda _owner: ApiKey.objects.get().revoked_at is not None,
    ),
    (
        "members/",
        "Desactivar a Ana Colega",
        "Desactivar al miembro",
        lambda _owner: Membership.objects.get(user__email="colega@ribera.example").deactivated_at is not None,
    ),
    (
        "settings/rules/",
        "Quitar la regla 1",
        "Quitar la regla",
        lambda _owner: not CertificationRule.objects.exists(),
    ),
    (
        "settings/triage/",
        "Quitar la regla 1",
        "Quitar la regla",
        lambda _owner: not TriageRule.objects.exists(),
    ),
)


@pytest.fixture
def furnished(world: World) -> None:
    """An API key, a colleague and a rule of each kind, beside the credential and the address that there are."""
    client = Client()
    client.force_login(User.objects.get(email="m.ribera@ribera.example"))
    client.post(f"{BASE}/settings/keys/create/", {"name": "erp", "days": "365", "scopes": ["verify"]})
    client.post(f"{BASE}/settings/rules/add/", {"subject": "Factura*", "does": "certify"})
    services.create_user(email="colega@ribera.example", password=samples.PASSWORD, name="Ana Colega")
    services.add_member(organisation=world.organisation, email="colega@ribera.example", role="agent")
    access = access_organisation(user=User.objects.get(email="m.ribera@ribera.example"), slug="talleres-ribera")
    add_rule(access=access, rule=Rule(id=uuid4(), name="Facturas", words=("factura",), type="claim"))


@pytest.mark.parametrize(("path", "opens", "answers", "done"), ACTS, ids=[f"{one[0]} {one[1]}" for one in ACTS])
def test_what_is_not_taken_back_is_asked_twice(
    world: World,
    furnished: None,
    visit: Opener,
    path: str,
    opens: str,
    answers: str,
    done: Callable[[UUID], bool],
) -> None:
    page = visit(scripts=False).open(f"{BASE}/{path}")
    question = page.locator("details", has=page.locator(f"summary[aria-label='{opens}']"))
    final = question.get_by_role("button", name=answers)
    expect(final).to_be_hidden()
    question.locator("summary").press("Enter")
    expect(final).to_be_visible()
    assert not done(world.organisation)
    final.press("Enter")
    expect(question).to_have_count(0)
    assert done(world.organisation)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light"), (320, "dark")])
def test_the_questions_are_accessible_and_fit(
    world: World, furnished: None, visit: Opener, width: int, scheme: str
) -> None:
    seen, faults = visit(width=width, scheme=scheme), []
    changed = f"settings/triage/{TriageRule.objects.get().id}/edit/"
    for path in (*sorted({one[0] for one in ACTS}), changed):
        page = seen.open(f"{BASE}/{path}")
        for summary in page.locator(".confirm summary").all():
            summary.click()
        faults += [f"{path}: {one}" for one in faults_of_access(page)]
        faults += [f"{path}: {one}" for one in faults_of_form(page, width)]
    assert faults == []


#: Page, form, what is filled in, and the control that should have the focus afterwards.
REFUSALS = (
    ("settings/", "#senders form.form-row", {"pattern": "not an address"}, "#sender_pattern"),
    ("settings/", "#credential form.form-row", {"name": ""}, "#credential_name"),
    ("settings/keys/", "form[action$='create/']", {"name": "crm"}, "[name=scopes] >> nth=0"),
    ("settings/handling/", "#defaults form", {"term_days": "0"}, "#id_term_days"),
    ("members/", "#invite form.form-row", {"email": "nobody"}, "#id_email"),
)


@pytest.mark.parametrize(("path", "form", "given", "focus"), REFUSALS, ids=[one[3] for one in REFUSALS])
def test_what_is_refused_is_shown_where_the_person_is(
    world: World, visit: Opener, path: str, form: str, given: dict[str, str], focus: str
) -> None:
    page = visit(scripts=False).open(f"{BASE}/{path}")
    for name, value in given.items():
        page.fill(f"{form} [name={name}]", value)
    page.locator(f"{form} button[type=submit]").click()
    control = page.locator(focus)
    expect(control).to_be_focused()
    expect(control).to_be_in_viewport()
    expect(control).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field-error")).to_be_in_viewport()


def test_what_is_refused_of_a_whole_form_is_shown_where_the_person_is(world: World, visit: Opener) -> None:
    page = visit().open(f"{BASE}/settings/rules/")
    page.fill("#rule_header", "two words")
    page.get_by_role("button", name="Añadir la regla").click()
    error = page.get_by_role("alert")
    expect(error).to_be_focused()
    expect(error).to_be_in_viewport()
