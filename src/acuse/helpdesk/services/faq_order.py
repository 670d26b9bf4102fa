"""The sections of frequent questions, and the order in which articles stand in them."""

from typing import TypeVar
from uuid import UUID

from django.db import transaction

from acuse.accounts.queries import Access
from acuse.errors import ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.helpdesk.articles import check_section
from acuse.helpdesk.models import Article, Section
from acuse.helpdesk.services.changes import by

MOST_SECTIONS = 50
_Row = TypeVar("_Row", Section, Article)


def add_section(*, access: Access, title_es: str, title_en: str) -> UUID:
    """Make a section, the last one; return it.

    Raises:
        AccessDenied: the member may not. InputError: it has no title, or too long a one. ConflictError: too many.
    """
    access.require_manager()
    titles = check_section(title_es, title_en)
    with transaction.atomic():
        rows = Section.objects.select_for_update().filter(organisation_id=access.organisation)
        positions = list(rows.values_list("position", flat=True))
        if len(positions) >= MOST_SECTIONS:
            raise ConflictError("There are %(most)s sections, which is the most.", most=MOST_SECTIONS)
        row = Section.objects.create(
            organisation_id=access.organisation, position=max(positions, default=0) + 1, **titles
        )
        _told(access, "faq_sections")
    return row.id


def rename_section(*, access: Access, section: UUID, title_es: str, title_en: str) -> None:
    """Call a section otherwise.

    Raises:
        AccessDenied: the member may not. InputError: there is no such section, or its title does not fit.
    """
    access.require_manager()
    titles = check_section(title_es, title_en)
    with transaction.atomic():
        row = locked_section(access, section)
        row.title_es, row.title_en = titles["title_es"], titles["title_en"]
        row.save(update_fields=list(titles))
        _told(access, "faq_sections")


def move_section(*, access: Access, section: UUID, up: bool) -> None:
    """Change places with the section before or behind; the first and the last stay.

    Raises:
        AccessDenied: the member may not. InputError: there is no such section.
    """
    access.require_manager()
    with transaction.atomic():
        rows = Section.objects.select_for_update().filter(organisation_id=access.organisation)
        if not _move(list(rows.order_by("position", "id")), section, up=up):
            raise InputError("There is no such section.")
        _told(access, "faq_sections")


def remove_section(*, access: Access, section: UUID) -> None:
    """Remove a section that has no articles, drafts and withdrawn ones included.

    Raises:
        AccessDenied: the member may not. InputError: there is no such section. ConflictError: it has articles.
    """
    access.require_manager()
    with transaction.atomic():
        row = locked_section(access, section)
        if row.articles.exists():
            raise ConflictError("Move its articles to another section first.")
        row.delete()
        _told(access, "faq_sections")


def move_article(*, access: Access, article: UUID, up: bool) -> None:
    """Change places with the article of its section before or behind; the first and the last stay.

    Raises:
        AccessDenied: the member may not. InputError: there is no such article.
    """
    access.require_manager()
    with transaction.atomic():
        held = Article.objects.filter(organisation_id=access.organisation, id=article).values("section")
        rows = Article.objects.select_for_update(of=("self",)).filter(section__in=held)
        if not _move(list(rows.order_by("position", "id")), article, up=up):
            raise InputError("There is no such article.")
        _told(access, "faq_order")


def locked_section(access: Access, section: UUID) -> Section:
    """Return a section of the organisation, locked until the caller's transaction ends.

    Raises:
        InputError: there is no such section.
    """
    row = Section.objects.select_for_update().filter(organisation_id=access.organisation, id=section).first()
    if row is None:
        raise InputError("There is no such section.")
    return row


def _told(access: Access, what: str) -> None:
    record(
        FactDraft(
            organisation=access.organisation,
            subject_kind="organisation",
            subject_id=access.organisation,
            type="desk.changed",
            actor=by(access),
            details={"settings": [what]},
        )
    )


def _move(rows: list[_Row], one: UUID, *, up: bool) -> bool:
    """Write the places of locked rows anew, after one and its neighbour changed; False where it is not there."""
    place = next((number for number, row in enumerate(rows) if row.pk == one), None)
    if place is None:
        return False
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, 1):
        if row.position != number:
            row.position = number
            row.save(update_fields=["position"])
    return True
