"""Writing articles of frequent questions: drafts, and versions for the public.

What is published is in custody before its transaction; a crash in between leaves an object that nobody cites.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from uuid6 import uuid7

from acuse import clock
from acuse.accounts.queries import Access
from acuse.errors import ConflictError, InputError
from acuse.evidence import custody
from acuse.evidence.ledger import FactDraft, record, refer
from acuse.helpdesk.articles import Text, check_complete, check_review, check_texts
from acuse.helpdesk.models import Article, ArticleText, Section
from acuse.helpdesk.services.changes import by
from acuse.helpdesk.services.faq_order import locked_section
from acuse.proof.canonical import canonicalise
from acuse.proof.facts.fact import ObjectReference

KIND = "article"
DRAFT = 0
MOST_ARTICLES = 1_000
MOST_VERSIONS = 500


def write_draft(
    *,
    access: Access,
    section: UUID,
    texts: Mapping[str, Text],
    article: UUID | None = None,
    seen: datetime | None = None,
) -> UUID:
    """Keep the draft of an article, or begin one; readers see nothing of it.

    Args:
        access: of a member who acts. section: where it stands. texts: by language; those that are empty are left out.
        article: which one; None for a new one. seen: when what the member saw was changed last; None to write over it.

    Returns:
        The article.

    Raises:
        AccessDenied: the member may not. InputError: something is missing, too long, or not there.
        ConflictError: somebody changed it meanwhile, or there are too many.
    """
    access.require_sender()
    checked = check_texts(texts)
    with transaction.atomic():
        chosen = locked_section(access, section)
        row = _begun(access, chosen) if article is None else _locked(access, article)
        if seen is not None and row.changed_at != seen:
            raise ConflictError("Somebody changed this article meanwhile. Look at it, then make your change again.")
        if row.section_id != chosen.id:
            row.section, row.position = chosen, _last(chosen) + 1
        _put_draft(access, row, checked)
    return row.id


def restore_version(*, access: Access, article: UUID, version: int) -> None:
    """Make the draft say again what a version said; readers see it when it is published.

    Raises:
        AccessDenied: the member may not. InputError: there is no such article or version.
    """
    access.require_sender()
    with transaction.atomic():
        row = _locked(access, article)
        texts = _texts(row, version) if version > DRAFT else {}
        if not texts:
            raise InputError("There is no such version.")
        _put_draft(access, row, texts)


def remove_draft(*, access: Access, article: UUID) -> None:
    """Remove an article that never was published.

    Raises:
        AccessDenied: the member may not. InputError: there is none. ConflictError: it was published once.
    """
    access.require_sender()
    with transaction.atomic():
        row = _locked(access, article)
        if row.newest:
            raise ConflictError("What was published once can be withdrawn, but stays to be looked up.")
        row.delete()


def publish_article(*, access: Access, article: UUID, review_date: date | None = None) -> int:
    """Let everybody read what the draft says, as the article's next version; return its number.

    Args:
        access: of an owner or administrator. article: which one.
        review_date: when somebody should look whether it still holds; None for never.

    Raises:
        AccessDenied: the member may not. InputError: there is no such article, or it is not complete.
        ConflictError: nothing is different from what can be read, or the draft was changed at this moment.
        TemporaryError: custody cannot keep it now.
    """
    access.require_manager()
    check_review(review_date, today=_today(access))
    row = Article.objects.filter(organisation_id=access.organisation, id=article).first()
    if row is None:
        raise InputError("There is no such article.")
    texts = check_complete(_texts(row, DRAFT))
    if row.version and texts == _texts(row, row.version):
        raise ConflictError("Readers see just this already.")
    if row.newest >= MOST_VERSIONS:
        raise ConflictError("An article has at most %(most)s versions; write a new one.", most=MOST_VERSIONS)
    number = row.newest + 1
    content = canonicalise(
        {
            "v": 1,
            "article": str(row.id),
            "version": number,
            "texts": {language: {"title": one.title, "body": one.body} for language, one in texts.items()},
        }
    )
    kept = custody.keep(organisation=access.organisation, content=content, media_type="application/json")
    with transaction.atomic():
        locked = _locked(access, article)
        if (locked.changed_at, locked.newest) != (row.changed_at, row.newest):
            raise ConflictError("Somebody changed this article meanwhile. Look at it, then make your change again.")
        locked.version = locked.newest = number
        locked.published_at = clock.now()
        locked.save(update_fields=["version", "newest", "published_at"])
        _write(locked, number, texts)
        details = {"version": number, "section": str(locked.section_id), "languages": sorted(texts)}
        _told(access, locked, "article.published", details, refer(KIND, kept))
        if review_date != locked.review_date:
            _reviewed(access, locked, review_date)
    return number


def withdraw_article(*, access: Access, article: UUID) -> None:
    """Take an article off the public page; its draft and versions stay.

    Raises:
        AccessDenied: the member may not. InputError: there is no such article. ConflictError: it is not published.
    """
    access.require_manager()
    with transaction.atomic():
        row = _locked(access, article)
        if not row.version:
            raise ConflictError("This article is not published.")
        _told(access, row, "article.withdrawn", {"version": row.version})
        row.version, row.published_at = 0, None
        row.save(update_fields=["version", "published_at"])


def review_article(*, access: Access, article: UUID, review_date: date | None) -> None:
    """Say that an article was looked at and still holds.

    Args:
        access: of an owner or administrator. article: which one. review_date: when to look again; None for never.

    Raises:
        AccessDenied: the member may not. InputError: there is no such article, or the day is over.
    """
    access.require_manager()
    check_review(review_date, today=_today(access))
    with transaction.atomic():
        _reviewed(access, _locked(access, article), review_date)


def _today(access: Access) -> date:
    return clock.now().astimezone(ZoneInfo(access.view.time_zone)).date()


def _begun(access: Access, section: Section) -> Article:
    if Article.objects.filter(organisation_id=access.organisation).count() >= MOST_ARTICLES:
        raise ConflictError("There are %(most)s articles, which is the most.", most=MOST_ARTICLES)
    return Article.objects.create(
        id=uuid7(),
        organisation_id=access.organisation,
        section=section,
        position=_last(section) + 1,
        changed_at=clock.now(),
        changed_by_id=access.member,
    )


def _last(section: Section) -> int:
    return section.articles.aggregate(last=Max("position"))["last"] or 0


def _put_draft(access: Access, row: Article, texts: Mapping[str, Text]) -> None:
    row.changed_at, row.changed_by_id = clock.now(), access.member
    row.save(update_fields=["section", "position", "changed_at", "changed_by"])
    ArticleText.objects.filter(article=row, version=DRAFT).delete()
    _write(row, DRAFT, texts)


def _write(row: Article, version: int, texts: Mapping[str, Text]) -> None:
    ArticleText.objects.bulk_create(
        ArticleText(article=row, version=version, language=language, title=one.title, body=one.body)
        for language, one in texts.items()
    )


def _texts(row: Article, version: int) -> dict[str, Text]:
    rows = ArticleText.objects.filter(article=row, version=version).order_by("language").defer("search")
    return {one.language: Text(title=one.title, body=one.body) for one in rows}


def _reviewed(access: Access, row: Article, review_date: date | None) -> None:
    row.review_date = review_date
    row.save(update_fields=["review_date"])
    details = {"version": row.version, "review_date": review_date.isoformat() if review_date else None}
    _told(access, row, "article.reviewed", details)


def _told(access: Access, row: Article, type: str, details: dict[str, Any], *objects: ObjectReference) -> None:
    record(
        FactDraft(
            organisation=access.organisation,
            subject_kind=KIND,
            subject_id=row.id,
            type=type,
            actor=by(access),
            details=details,
            objects=objects,
        )
    )


def _locked(access: Access, article: UUID) -> Article:
    row = Article.objects.select_for_update().filter(organisation_id=access.organisation, id=article).first()
    if row is None:
        raise InputError("There is no such article.")
    return row
