"""Frequent questions as the public reads and searches them: published texts alone.

An article that lacks the reader's language is shown in the one it has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from acuse.composition.bodies import plain
from acuse.evidence.fulltext import SIGNS, folded
from acuse.evidence.statements import execute
from acuse.helpdesk.excerpts import MARKS, Piece, excerpt, level
from acuse.helpdesk.models import Article, ArticleText, Section
from acuse.helpdesk.stems import configuration, endings

MOST_SEARCH = 200
"""Characters of a search; what comes after them is not looked at."""
MOST_WORDS = 12
MOST_HITS = 20
MOST_SUGGESTED = 5
_SPACES = str.maketrans(dict.fromkeys(SIGNS, " "))
_ALL = f"plainto_tsquery('spanish', {endings('%(words)s')}), plainto_tsquery('english', %(words)s)"
_ANY = (
    f"replace(plainto_tsquery('spanish', {endings('%(words)s')})::text, ' & ', ' | ')::tsquery,"
    " replace(plainto_tsquery('english', %(words)s)::text, ' & ', ' | ')::tsquery"
)
_SEARCH = """
WITH asked (es, en) AS (SELECT {queries})
SELECT shown.article_id, shown.language, shown.title, shown.body
FROM helpdesk_faq_articles AS article
    JOIN helpdesk_faq_texts AS shown ON shown.article_id = article.id AND shown.version = article.version
    CROSS JOIN asked
WHERE article.organisation_id = %(organisation)s AND article.version > 0
    AND (shown.language = 'en' AND shown.search @@ asked.en OR shown.language <> 'en' AND shown.search @@ asked.es)
    AND (shown.language = %(language)s OR NOT EXISTS (
        SELECT FROM helpdesk_faq_texts AS own
        WHERE own.article_id = article.id AND own.version = article.version AND own.language = %(language)s
    ))
ORDER BY ts_rank(shown.search, CASE shown.language WHEN 'en' THEN asked.en ELSE asked.es END) DESC,
    article.helped - article.not_helped DESC, article.id
LIMIT %(most)s
"""
_MARKED = """
WITH asked (es, en) AS (SELECT {queries})
SELECT ts_headline(
    {configuration}, CASE language WHEN 'en' THEN body ELSE {body} END,
    CASE language WHEN 'en' THEN asked.en ELSE asked.es END, %(marks)s
)
FROM unnest(%(languages)s::text[], %(bodies)s::text[]) WITH ORDINALITY AS one (language, body, place)
    CROSS JOIN asked
ORDER BY place
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An article in a list: its question, and the language that it is in."""

    id: UUID
    title: str
    language: str


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A section with the articles of it that can be read."""

    id: UUID
    title: str
    articles: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An article to read: `body` in the marks of `acuse.composition.bodies`, `languages` are all that it has."""

    id: UUID
    section: str
    version: int
    language: str
    languages: tuple[str, ...]
    title: str
    body: str
    published_at: datetime


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An article that a search found, with what of it says so."""

    id: UUID
    title: str
    language: str
    excerpt: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search found, the best first. `some`: nothing has all of its words, these have some of them."""

    hits: tuple[Hit, ...]
    some: bool


def suggest(organisation: UUID, language: str, text: str) -> tuple[Entry, ...]:
    """Return the published articles that fit best what somebody begins to write, at most five.

    Args:
        organisation: whose. language: of the reader. text: of any length; its first words are looked for.
    """
    words = _words(text)
    rows = _rows(organisation, language, words, most=MOST_SUGGESTED, some=True)
    return tuple(Entry(id=id, title=title, language=spoken) for id, spoken, title, _body in rows)


def search(organisation: UUID, language: str, text: str) -> Found:
    """Return the published articles that have the words of a search, in any form of them; see `Found`."""
    words = _words(text)
    rows = _rows(organisation, language, words, most=MOST_HITS, some=False)
    some = not rows
    if some:
        rows = _rows(organisation, language, words, most=MOST_HITS, some=True)
    bodies = [plain(body) for _id, _language, _title, body in rows]
    shown = zip(rows, _excerpts(words, [row[1] for row in rows], bodies), strict=True)
    hits = tuple(
        Hit(id=id, title=title, language=spoken, excerpt=pieces) for (id, spoken, title, _body), pieces in shown
    )
    return Found(hits=hits, some=some and bool(hits))


def chapters(organisation: UUID, language: str) -> tuple[Chapter, ...]:
    """Return the sections that have something to read, in their order."""
    sections = Section.objects.filter(organisation_id=organisation).order_by("position", "id")
    found = Article.objects.filter(organisation_id=organisation, version__gt=0).order_by("position", "id")
    texts = _texts(found, language)
    held: dict[UUID, list[Entry]] = {}
    for row in found:
        held.setdefault(row.section_id, []).append(_entry(texts[row.id]))
    return tuple(
        Chapter(id=one.id, title=section_title(one, language), articles=tuple(held[one.id]))
        for one in sections
        if one.id in held
    )


def top(organisation: UUID, language: str) -> tuple[Entry, ...]:
    """Return the articles that helped most readers, at most five; where nobody said so, the first ones."""
    rows = Article.objects.filter(organisation_id=organisation, version__gt=0).order_by(
        "-helped", "section__position", "position", "id"
    )[:MOST_SUGGESTED]
    texts = _texts(rows, language)
    return tuple(_entry(texts[row.id]) for row in rows)


def reading(organisation: UUID, article: UUID, language: str) -> Reading | None:
    """Return a published article, or None where the organisation shows no such one."""
    found = readings(organisation, language, article=article)
    return found[0] if found else None


def readings(organisation: UUID, language: str, *, article: UUID | None = None) -> tuple[Reading, ...]:
    """Return all published articles in their order, or the one that is asked for."""
    rows = Article.objects.select_related("section").filter(organisation_id=organisation, version__gt=0)
    if article is not None:
        rows = rows.filter(id=article)
    ordered = rows.order_by("section__position", "section_id", "position", "id")
    texts = _texts(ordered, language)
    return tuple(_reading(row, texts[row.id], language) for row in ordered)


def section_title(row: Section, language: str) -> str:
    """Return how a section is called in a language, else in the other."""
    own, other = (row.title_en, row.title_es) if language == "en" else (row.title_es, row.title_en)
    return own or other


def _reading(row: Article, texts: list[ArticleText], language: str) -> Reading:
    assert row.published_at is not None
    return Reading(
        id=row.id,
        section=section_title(row.section, language),
        version=row.version,
        language=texts[0].language,
        languages=tuple(sorted(text.language for text in texts)),
        title=texts[0].title,
        body=texts[0].body,
        published_at=row.published_at,
    )


def _texts(articles: Iterable[Article], language: str) -> dict[UUID, list[ArticleText]]:
    """Return what each says in its published version, the reader's language first."""
    published = {row.id: row.version for row in articles}
    texts = ArticleText.objects.filter(article_id__in=published).defer("search")
    held: dict[UUID, list[ArticleText]] = {}
    for text in sorted(texts, key=lambda text: text.language != language):
        if text.version == published[text.article_id]:
            held.setdefault(text.article_id, []).append(text)
    return held


def _entry(texts: list[ArticleText]) -> Entry:
    return Entry(id=texts[0].article_id, title=texts[0].title, language=texts[0].language)


def _words(text: str) -> str:
    """Return the first words of what somebody wrote, without accents and signs."""
    return " ".join(folded(text[:MOST_SEARCH]).translate(_SPACES).split()[:MOST_WORDS])


def _rows(organisation: UUID, language: str, words: str, *, most: int, some: bool) -> list[tuple[UUID, str, str, str]]:
    statement = _SEARCH.format(queries=_ANY if some else _ALL)
    asked = {"organisation": organisation, "language": language, "words": words, "most": most}
    rows: list[tuple[UUID, str, str, str]] = execute(statement, asked).fetchall()
    return rows


def _excerpts(words: str, languages: list[str], bodies: list[str]) -> list[tuple[Piece, ...]]:
    if not bodies:
        return []
    levelled = [level(body) for body in bodies]
    asked = {"words": words, "languages": languages, "bodies": levelled, "marks": MARKS}
    statement = _MARKED.format(queries=_ANY, configuration=configuration("language"), body=endings("body"))
    marked = execute(statement, asked).fetchall()
    return [excerpt(body, str(row[0])) for body, row in zip(bodies, marked, strict=True)]
