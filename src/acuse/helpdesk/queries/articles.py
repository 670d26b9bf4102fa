"""Frequent questions for the members who keep them: drafts and versions, what is due, what readers look for in vain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from acuse import clock
from acuse.accounts.queries import Access
from acuse.errors import InputError
from acuse.evidence.queries import facts_of
from acuse.helpdesk.articles import Text
from acuse.helpdesk.models import Article, ArticleText, MissedWord, Section
from acuse.helpdesk.queries.faq import section_title

DRAFT = 0
LEAST_TIMES = 3
"""How often a word has to be missed before members see it: what one reader wrote stays theirs."""
MOST_MISSED = 30


@dataclass(frozen=True, kw_only=True)
class ArticleRow:
    """An article in the list.

    Attributes:
        title: of the draft, in the member's language where it has it. languages: of the draft.
        state: "draft", "published", "changed" (published, and the draft says something else) or "withdrawn".
        review_date: when to look whether it holds. due: that day has come, and it is published.
    """

    id: UUID
    section: UUID
    title: str
    languages: tuple[str, ...]
    state: str
    version: int
    changed_at: datetime
    review_date: date | None
    due: bool
    helped: int
    not_helped: int


@dataclass(frozen=True, kw_only=True)
class SectionView:
    """A section with all of its articles; `title` is in the member's language where it has it."""

    id: UUID
    title: str
    title_es: str
    title_en: str
    articles: tuple[ArticleRow, ...]


@dataclass(frozen=True, kw_only=True)
class ArticleView:
    """One article to write: its row, and what its draft says, by language."""

    row: ArticleRow
    texts: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version that was published: what it says, since when, and by which member."""

    number: int
    published_at: datetime
    published_by: str
    texts: Mapping[str, Text]


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A word by which readers found nothing, and how often."""

    word: str
    language: str
    times: int


def sections(access: Access, language: str) -> tuple[SectionView, ...]:
    """Return all sections with all their articles, in their order; see `SectionView`."""
    held: dict[UUID, list[ArticleRow]] = {}
    for row in _rows(access, language):
        held.setdefault(row.section, []).append(row)
    found = Section.objects.filter(organisation_id=access.organisation).order_by("position", "id")
    return tuple(
        SectionView(
            id=one.id,
            title=section_title(one, language),
            title_es=one.title_es,
            title_en=one.title_en,
            articles=tuple(held.get(one.id, ())),
        )
        for one in found
    )


def article(access: Access, id: UUID, language: str) -> ArticleView:
    """Return an article to write; raise InputError where the organisation has no such one."""
    found = _rows(access, language, id)
    if not found:
        raise InputError("There is no such article.")
    return ArticleView(row=found[0], texts=_said([id], {DRAFT})[id][DRAFT])


def versions(access: Access, id: UUID) -> tuple[Version, ...]:
    """Return what was published of an article, the newest first: when and by whom, as the ledger says."""
    facts = (one.fact for one in facts_of(organisation=access.organisation, kind="article", id=id))
    told = {one.details["version"]: one for one in facts if one.type == "article.published"}
    said = _said([id], told).get(id, {})
    return tuple(
        Version(number=number, published_at=fact.occurred_at, published_by=fact.actor.id, texts=said[number])
        for number, fact in sorted(told.items(), reverse=True)
    )


def due_for_review(access: Access) -> int:
    """Return how many published articles somebody should look at, because their day has come."""
    return Article.objects.filter(
        organisation_id=access.organisation, version__gt=0, review_date__lte=_today(access)
    ).count()


def missed_words(access: Access) -> tuple[Missed, ...]:
    """Return the words by which most readers found nothing; see `LEAST_TIMES`."""
    rows = MissedWord.objects.filter(organisation_id=access.organisation, times__gte=LEAST_TIMES)
    ordered = rows.order_by("-times", "word")[:MOST_MISSED]
    return tuple(Missed(word=row.word, language=row.language, times=row.times) for row in ordered)


def _today(access: Access) -> date:
    return clock.now().astimezone(ZoneInfo(access.view.time_zone)).date()


def _rows(access: Access, language: str, id: UUID | None = None) -> list[ArticleRow]:
    found = Article.objects.filter(organisation_id=access.organisation).order_by("position", "id")
    rows = list(found.filter(id=id) if id else found)
    said = _said([row.id for row in rows], {DRAFT} | {row.version for row in rows})
    return [_row(row, said[row.id], language, _today(access)) for row in rows]


def _row(row: Article, said: Mapping[int, Mapping[str, Text]], language: str, today: date) -> ArticleRow:
    draft = said[DRAFT]
    return ArticleRow(
        id=row.id,
        section=row.section_id,
        title=(draft.get(language) or next(iter(draft.values()))).title,
        languages=tuple(sorted(draft)),
        state=_state(row, said),
        version=row.version,
        changed_at=row.changed_at,
        review_date=row.review_date,
        due=row.version > 0 and row.review_date is not None and row.review_date <= today,
        helped=row.helped,
        not_helped=row.not_helped,
    )


def _state(row: Article, said: Mapping[int, Mapping[str, Text]]) -> str:
    if not row.version:
        return "withdrawn" if row.newest else "draft"
    return "published" if said[row.version] == said[DRAFT] else "changed"


def _said(articles: list[UUID], numbers: set[int] | Mapping[int, object]) -> dict[UUID, dict[int, dict[str, Text]]]:
    """Return what articles say in some versions, by article, version and language."""
    texts = ArticleText.objects.filter(article_id__in=articles, version__in=[*numbers]).defer("search")
    said: dict[UUID, dict[int, dict[str, Text]]] = {}
    for one in texts.order_by("-language"):
        held = said.setdefault(one.article_id, {}).setdefault(one.version, {})
        held[one.language] = Text(title=one.title, body=one.body)
    return said
