"""The start of an organisation's public pages: where it is, in which language, and what it says."""

import pytest
from django.test import Client

from acuse.errors import AccessDenied, InputError
from acuse.evidence.queries import facts_of
from acuse.helpdesk.queries.portal import public_desk
from acuse.helpdesk.services.lines import add_line
from acuse.helpdesk.services.portal import MOST_TEXT, change_portal
from tests.integration.helpdesk.making import SLUG, Desk

START = f"/o/{SLUG}/"


def test_the_start_says_whose_it_is_and_what_can_be_done(desk: Desk, visitor: Client) -> None:
    change_portal(
        access=desk.owner, portal_enabled=True, welcome={"es": "Diga <b>qué</b> pasa.\n\nGracias."}, data_policy=""
    )
    page = visitor.get(START)
    text = page.content.decode()
    assert page.status_code == 200
    assert '<html lang="es"' in text
    assert "<title>Talleres Ribera</title>" in text
    assert "<p>Diga &lt;b&gt;qué&lt;/b&gt; pasa.</p>" in text
    assert 'href="/f/"' in text


def test_a_page_that_is_off_and_a_name_that_is_nobodys_look_alike(desk: Desk, visitor: Client) -> None:
    change_portal(access=desk.owner, portal_enabled=False, data_policy="")
    off, unknown = visitor.get(START), visitor.get("/o/nadie/")
    assert (off.status_code, unknown.status_code) == (404, 404)
    said = [page.content.partition(b"<main")[2] for page in (off, unknown)]
    assert said[0] == said[1] != b""


def test_the_language_is_the_one_that_is_asked_for_and_kept(desk: Desk, visitor: Client) -> None:
    assert b'<html lang="en"' in visitor.get(f"{START}?l=en").content
    assert b'<html lang="en"' in visitor.get(START).content
    assert b'<html lang="es"' in visitor.get(f"{START}?l=fr", headers={"cookie": ""}).content
    assert b'<html lang="es"' in Client(headers={"accept-language": "fr"}).get(START).content


def test_a_form_needs_a_mailbox_of_the_organisation_that_takes_mail(desk: Desk) -> None:
    with pytest.raises(InputError):
        change_portal(access=desk.owner, portal_enabled=True, form_enabled=True, data_policy="")
    with pytest.raises(InputError):
        change_portal(access=desk.owner, portal_enabled=True, form_mailbox=desk.organisation, data_policy="")
    found = public_desk(SLUG)
    assert found is not None
    assert (found.form, found.form_mailbox) == (True, desk.mailbox)


def test_what_is_set_is_limited_to_managers_and_recorded(desk: Desk) -> None:
    for access in (desk.agent, desk.auditor):
        with pytest.raises(AccessDenied):
            change_portal(access=access, portal_enabled=False, data_policy="")
    with pytest.raises(InputError):
        change_portal(access=desk.owner, portal_enabled=True, consent={"es": "x" * (MOST_TEXT + 1)}, data_policy="")
    change_portal(access=desk.administrator, portal_enabled=False, data_policy="")
    facts = facts_of(organisation=desk.organisation, kind="organisation", id=desk.organisation)
    assert facts[-1].fact.details == {"settings": ["form_enabled", "form_mailbox", "portal_enabled"]}


def test_the_telephone_is_named_where_a_line_is_public(desk: Desk, visitor: Client) -> None:
    assert "#telephone" not in visitor.get(START).content.decode()
    add_line(access=desk.owner, name="Taller", number="910 000 000", calendar=None, public=True)
    text = visitor.get(START).content.decode()
    assert f'href="{START}#telephone"' in text
    assert 'id="telephone"' in text
