"""Articles of frequent questions: written, published, withdrawn, looked at again; sections and their order."""

import json
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from acuse import clock
from acuse.accounts.queries import Access
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.queries import facts_of
from acuse.helpdesk.articles import MOST_BODY, Text
from acuse.helpdesk.models import Article
from acuse.helpdesk.queries.faq import chapters, reading
from acuse.helpdesk.services import faq, faq_order
from acuse.proof.facts.fact import Fact
from tests.integration.helpdesk.making import Desk

RETURNS = Text(title="¿Cómo pido una devolución?", body="Escríbanos y le diremos **cómo**.")
REFUND = Text(title="How do I ask for a refund?", body="Write to us.")


def section(access: Access, title: str = "Facturas", title_en: str = "Invoices") -> UUID:
    return faq_order.add_section(access=access, title_es=title, title_en=title_en)


def published(desk: Desk, *, text: Text = RETURNS, within: UUID | None = None) -> UUID:
    made = faq.write_draft(access=desk.agent, section=within or section(desk.owner), texts={"es": text})
    faq.publish_article(access=desk.owner, article=made)
    return made


def told(desk: Desk, article: UUID) -> list[Fact]:
    return [one.fact for one in facts_of(organisation=desk.organisation, kind="article", id=article)]


def tomorrow() -> date:
    return (clock.now() + timedelta(days=2)).date()


def test_a_draft_is_read_by_nobody_until_it_is_published_as_a_version_in_custody(desk: Desk) -> None:
    made = faq.write_draft(
        access=desk.agent, section=section(desk.owner), texts={"es": RETURNS, "en": Text(title=" ", body="")}
    )
    assert chapters(desk.organisation, "es") == ()
    assert reading(desk.organisation, made, "es") is None
    assert faq.publish_article(access=desk.administrator, article=made, review_date=tomorrow()) == 1
    shown = reading(desk.organisation, made, "en")
    assert shown is not None
    assert (shown.title, shown.language, shown.section) == (RETURNS.title, "es", "Invoices")
    first, second = told(desk, made)
    assert (first.type, second.type) == ("article.published", "article.reviewed")
    assert first.details["languages"] == ["es"]
    assert second.details == {"version": 1, "review_date": tomorrow().isoformat()}
    kept = custody.open_object(organisation=desk.organisation, sha256=first.objects[0].sha256)
    said = json.loads(kept)
    assert said["texts"] == {"es": {"title": RETURNS.title, "body": RETURNS.body}}


def test_a_change_is_read_only_once_it_is_published_and_an_old_version_can_be_taken_up_again(desk: Desk) -> None:
    made = published(desk)
    where = Article.objects.get(id=made).section_id
    faq.write_draft(access=desk.agent, section=where, texts={"es": RETURNS, "en": REFUND}, article=made)
    before = reading(desk.organisation, made, "en")
    assert before is not None
    assert before.languages == ("es",)
    faq.publish_article(access=desk.owner, article=made)
    after = reading(desk.organisation, made, "en")
    assert after is not None
    assert (after.version, after.title) == (2, REFUND.title)
    with pytest.raises(ConflictError, match="just this"):
        faq.publish_article(access=desk.owner, article=made)
    faq.restore_version(access=desk.agent, article=made, version=1)
    assert faq.publish_article(access=desk.owner, article=made) == 3
    again = reading(desk.organisation, made, "en")
    assert again is not None
    assert again.languages == ("es",)


def test_a_withdrawn_article_is_gone_at_once_and_said(desk: Desk) -> None:
    made = published(desk)
    faq.withdraw_article(access=desk.owner, article=made)
    assert reading(desk.organisation, made, "es") is None
    assert told(desk, made)[-1].details == {"version": 1}
    with pytest.raises(ConflictError):
        faq.withdraw_article(access=desk.owner, article=made)
    assert faq.publish_article(access=desk.owner, article=made) == 2


def test_two_who_write_at_once_do_not_write_over_each_other(desk: Desk) -> None:
    made = faq.write_draft(access=desk.agent, section=section(desk.owner), texts={"es": RETURNS})
    row = Article.objects.get(id=made)
    faq.write_draft(access=desk.owner, section=row.section_id, texts={"es": REFUND}, article=made, seen=row.changed_at)
    with pytest.raises(ConflictError):
        faq.write_draft(
            access=desk.agent, section=row.section_id, texts={"es": RETURNS}, article=made, seen=row.changed_at
        )


def test_what_does_not_fit_is_refused(desk: Desk) -> None:
    where = section(desk.owner)
    for texts in (
        {},
        {"es": Text(title="", body="Sin pregunta")},
        {"es": Text(title="x" * 201, body="")},
        {"es": Text(title="Larga", body="x" * (MOST_BODY + 1))},
        {"fr": RETURNS},
    ):
        with pytest.raises(InputError):
            faq.write_draft(access=desk.agent, section=where, texts=texts)
    bare = faq.write_draft(access=desk.agent, section=where, texts={"es": Text(title="¿Y\x00\testo?", body="")})
    with pytest.raises(InputError, match="answer"):
        faq.publish_article(access=desk.owner, article=bare)
    with pytest.raises(InputError):
        faq.review_article(access=desk.owner, article=bare, review_date=clock.now().date() - timedelta(days=1))
    with pytest.raises(InputError):
        faq_order.add_section(access=desk.owner, title_es=" ", title_en="")


def test_agents_draft_managers_publish_and_auditors_read(desk: Desk) -> None:
    where = section(desk.owner)
    made = faq.write_draft(access=desk.agent, section=where, texts={"es": RETURNS})
    with pytest.raises(AccessDenied):
        faq.write_draft(access=desk.auditor, section=where, texts={"es": RETURNS})
    for access in (desk.agent, desk.auditor):
        with pytest.raises(AccessDenied):
            faq.publish_article(access=access, article=made)
        with pytest.raises(AccessDenied):
            faq.review_article(access=access, article=made, review_date=None)
        with pytest.raises(AccessDenied):
            faq_order.move_article(access=access, article=made, up=True)
        with pytest.raises(AccessDenied):
            section(access)


def test_sections_and_articles_keep_the_order_they_are_given(desk: Desk) -> None:
    first, second = section(desk.owner), section(desk.owner, "Entregas", "")
    one, two = (published(desk, text=Text(title=title, body="."), within=first) for title in ("Uno", "Dos"))
    published(desk, text=Text(title="Tres", body="."), within=second)
    faq_order.move_article(access=desk.owner, article=two, up=True)
    faq_order.move_section(access=desk.owner, section=second, up=True)
    faq_order.move_section(access=desk.owner, section=second, up=True)
    found = chapters(desk.organisation, "es")
    assert [(part.title, [entry.title for entry in part.articles]) for part in found] == [
        ("Entregas", ["Tres"]),
        ("Facturas", ["Dos", "Uno"]),
    ]
    with pytest.raises(ConflictError):
        faq_order.remove_section(access=desk.owner, section=first)
    with pytest.raises(ConflictError):
        faq.remove_draft(access=desk.agent, article=one)
    empty = section(desk.owner, "Vacía", "")
    faq_order.remove_section(access=desk.owner, section=empty)
    with pytest.raises(InputError):
        faq_order.rename_section(access=desk.owner, section=empty, title_es="Otra", title_en="")


def test_nothing_of_another_organisation_is_reached(desk: Desk) -> None:
    made, stranger = published(desk), uuid4()
    assert reading(stranger, made, "es") is None
    with pytest.raises(InputError):
        faq.write_draft(access=desk.owner, section=stranger, texts={"es": RETURNS})
    for act in (faq.publish_article, faq.withdraw_article):
        with pytest.raises(InputError):
            act(access=desk.owner, article=stranger)
