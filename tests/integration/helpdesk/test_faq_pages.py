"""The pages on which members keep frequent questions and the settings of the public page."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client

from acuse import clock
from acuse.accounts.models import User
from acuse.accounts.queries import Access
from acuse.helpdesk.articles import Text
from acuse.helpdesk.models import Article, MissedWord, Section, Settings
from acuse.helpdesk.queries.faq import reading
from acuse.helpdesk.services import faq, faq_order
from acuse.helpdesk.services.portal import change_portal
from tests.integration.helpdesk.making import SLUG, Desk

BASE = f"/console/{SLUG}/faq/"
PORTAL = f"/console/{SLUG}/settings/portal/"


def member(access: Access) -> Client:
    client = Client()
    client.force_login(User.objects.get(id=access.user))
    return client


@pytest.fixture
def section(desk: Desk) -> UUID:
    return faq_order.add_section(access=desk.owner, title_es="Facturas", title_en="Invoices")


def written(section: UUID, **more: str) -> dict[str, str]:
    return {"section": str(section), "title_es": "¿Y la factura?", "body_es": "Va **por correo**.", **more}


def test_a_question_is_drafted_by_an_agent_and_published_by_a_manager(desk: Desk, section: UUID) -> None:
    drafted = member(desk.agent).post(f"{BASE}new/", written(section, act="save"), follow=True)
    assert "El borrador está guardado" in drafted.content.decode()
    (row,) = Article.objects.all()
    again = written(section, act="publish", seen=row.changed_at.isoformat())
    assert member(desk.agent).post(f"{BASE}{row.id}/", again).status_code == 403
    day = (clock.now() + timedelta(days=90)).date()
    page = member(desk.owner).post(f"{BASE}{row.id}/", {**again, "review_date": day.isoformat()}, follow=True)
    text = page.content.decode()
    assert "Publicado. Ya puede leerlo todo el mundo." in text
    assert "<strong>por correo</strong>" in text
    assert reading(desk.organisation, row.id, "es") is not None
    assert Article.objects.get().review_date == day
    public = f'href="/o/{SLUG}/faq/{row.id}/"'
    assert public not in text
    change_portal(access=desk.owner, portal_enabled=True, data_policy="")
    assert public in member(desk.agent).get(f"{BASE}{row.id}/").content.decode()


def test_what_is_refused_stays_in_the_form(desk: Desk, section: UUID) -> None:
    owner = member(desk.owner)
    page = owner.post(f"{BASE}new/", {"section": str(section), "body_es": "Sin pregunta", "act": "save"})
    assert "Una respuesta necesita su pregunta, en el mismo idioma." in page.content.decode()
    assert "Sin pregunta</textarea>" in page.content.decode()
    page = owner.post(f"{BASE}new/", written(section, act="publish", review_date="2001-01-01"))
    assert "Elija un día futuro" in page.content.decode()
    assert not Article.objects.exists()
    bare = owner.post(f"{BASE}new/", written(section, act="publish", body_es=""), follow=True).content.decode()
    assert "El borrador está guardado, pero no publicado." in bare
    assert Article.objects.get().version == 0


def test_a_day_to_look_again_is_one_to_come_where_the_organisation_is(
    desk: Desk, section: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At half past eleven in UTC it is the next day in Madrid already."""
    night = (clock.now() + timedelta(days=1)).replace(hour=23, minute=30)
    monkeypatch.setattr(clock, "now", lambda: night)
    today = (night + timedelta(days=1)).date().isoformat()
    page = member(desk.owner).post(f"{BASE}new/", written(section, act="publish", review_date=today))
    assert "Elija un día futuro" in page.content.decode()
    assert not Article.objects.exists()


def test_a_change_that_was_overtaken_is_not_lost(desk: Desk, section: UUID) -> None:
    made = faq.write_draft(access=desk.agent, section=section, texts={"es": Text(title="Una", body="")})
    seen = Article.objects.get().changed_at.isoformat()
    faq.write_draft(access=desk.owner, section=section, texts={"es": Text(title="Otra", body="")}, article=made)
    page = member(desk.agent).post(f"{BASE}{made}/", written(section, act="save", seen=seen)).content.decode()
    assert "Alguien ha cambiado este artículo entretanto." in page
    assert "Va **por correo**." in page


def test_the_list_says_what_is_due_and_what_was_looked_for_in_vain(desk: Desk, section: UUID) -> None:
    made = faq.write_draft(access=desk.agent, section=section, texts={"es": Text(title="Una", body="Sí.")})
    faq.publish_article(access=desk.owner, article=made)
    Article.objects.update(review_date=date(2026, 1, 2), helped=4, not_helped=1)
    for word, times in (("neumaticos", 3), ("prieto", 2)):
        MissedWord.objects.create(
            organisation_id=desk.organisation, language="es", word=word, times=times, last_at=clock.now()
        )
    text = member(desk.auditor).get(BASE).content.decode()
    assert "Un artículo espera a que alguien lo mire" in text
    assert "le sirvió a 4, a 1 no" in text
    assert "neumaticos" in text
    assert "prieto" not in text
    owner = member(desk.owner)
    assert "Un artículo espera a que alguien lo mire" in owner.get(f"/console/{SLUG}/board/").content.decode()
    later = (clock.now() + timedelta(days=30)).date().isoformat()
    owner.post(f"{BASE}{made}/review/", {"review_date": "mañana"})
    owner.post(f"{BASE}{made}/review/", {"review_date": later})
    assert "espera a que alguien lo mire" not in owner.get(BASE).content.decode()


def test_versions_show_their_differences_and_are_taken_up_again(desk: Desk, section: UUID) -> None:
    made = faq.write_draft(access=desk.agent, section=section, texts={"es": Text(title="Una", body="Antes.")})
    faq.publish_article(access=desk.owner, article=made)
    faq.write_draft(access=desk.agent, section=section, texts={"es": Text(title="Una", body="Ahora.")}, article=made)
    agent = member(desk.agent)
    assert "Publicado, con cambios en el borrador" in agent.get(BASE).content.decode()
    text = agent.get(f"{BASE}{made}/versions/1/").content.decode()
    assert "<del><span" in text
    assert "Ahora.</ins>" in text
    agent.post(f"{BASE}{made}/versions/1/")
    assert "con cambios" not in agent.get(BASE).content.decode()
    assert agent.get(f"{BASE}{made}/versions/2/").status_code == 404


def test_sections_are_ordered_renamed_and_removed_on_the_list(desk: Desk, section: UUID) -> None:
    owner = member(desk.owner)
    owner.post(f"{BASE}sections/", {"title_es": "Entregas", "title_en": ""})
    second = Section.objects.get(title_es="Entregas").id
    owner.post(f"{BASE}sections/{second}/", {"act": "up"})
    owner.post(f"{BASE}sections/{second}/", {"act": "rename", "title_es": "Envíos", "title_en": "Deliveries"})
    assert list(Section.objects.order_by("position").values_list("title_es", flat=True)) == ["Envíos", "Facturas"]
    text = owner.post(f"{BASE}sections/{second}/", {"act": "rename", "title_es": "", "title_en": ""}).content.decode()
    assert "Dé a la sección un título" in text
    faq.write_draft(access=desk.agent, section=second, texts={"es": Text(title="Una", body="")})
    text = owner.post(f"{BASE}sections/{second}/", {"act": "remove"}, follow=True).content.decode()
    assert "Pase antes sus artículos a otra sección." in text
    owner.post(f"{BASE}sections/{section}/", {"act": "remove"})
    assert not Section.objects.filter(id=section).exists()


def test_the_public_page_is_switched_on_where_its_form_can_be_answered(desk: Desk) -> None:
    owner = member(desk.owner)
    given = {"portal_enabled": "on", "form_enabled": "on", "welcome_es": "Hola", "form_mailbox": ""}
    page = owner.post(PORTAL, given).content.decode()
    assert "Elija el buzón" in page
    assert ">\nHola</textarea>" in page
    owner.post(PORTAL, {**given, "form_mailbox": str(desk.mailbox)})
    row = Settings.objects.get()
    assert (row.portal_enabled, row.form_mailbox_id, row.welcome) == (True, desk.mailbox, {"es": "Hola"})
    assert (row.portal_indexed, row.quiet_hours_public) == (False, False)
    assert f"http://testserver/o/{SLUG}/" in owner.get(PORTAL).content.decode()
    assert member(desk.auditor).post(PORTAL, given).status_code == 403
