"""Words of rows as a list finds them: accents do not count, and words inside addresses are words.

What is indexed (a generated column) and what is asked for are folded alike: accents off (NFD without its marks), signs
taken for spaces, lower case as the database makes it. Whole addresses and domains are indexed too, so that one of them
is found by a single lexeme however many rows share its parts.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, Model, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce

Row = TypeVar("Row", bound=Model)

SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡¿«»“”‘’–—…·€"
LENGTH = 200
_WORDS = 8
_NEWEST = 500
_FEW = 500
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_MARKS = range(0x0300, 0x0370)
#: PostgreSQL's parser takes the beginning of such a word for a number with an exponent, and the rest for another word.
_EXPONENT = re.compile(r"\b([0-9]+[eE][0-9]+)(?=[^\W\d_])")
_NO_SIGNS = str.maketrans(dict.fromkeys(SIGNS, " "))
_QUOTED_SIGNS = SIGNS.replace("'", "''").replace("%", "%%")


class FoldedWords(Func):
    """Some columns as words alone: see the module. Changing it needs a migration, for what is stored stays."""

    arg_joiner = " || ' ' || "
    template = (
        "translate(regexp_replace(normalize(%(expressions)s, NFD), '[\\u0300-\\u036f]', '', 'g'), "
        f"'{_QUOTED_SIGNS}', repeat(' ', {len(SIGNS)}))"
    )
    output_field = TextField()


class SearchWords(Func):
    """The lexemes of some columns, without their places."""

    arg_joiner = " || ' ' || "
    template = "strip(to_tsvector('simple'::regconfig, %(expressions)s))"
    output_field = SearchVectorField()


class Lexemes(SearchQuery):
    """A tsquery whose words are lexemes already; `to_tsquery` would read addresses and hyphens in its own way."""

    template = "lower(%(expressions)s)::tsquery"


def terms(search: str) -> str:
    """Return a tsquery in which each word matches from its beginning; "" where there is none.

    A word with signs inside, such as an address, is found whole, or by its parts one and all. Behind a dot a part must
    be the whole word: most rows have a word that begins like the end of a domain.
    """
    return " & ".join(map(_term, each_word(search)))


def each_word(search: str) -> list[str]:
    """Return the words of a search apart, folded, without what is signs alone."""
    # Folding may make more of them, and a lexeme of PostgreSQL has 2,046 octets at most.
    return [word for word in folded(search[:LENGTH])[:LENGTH].split()[:_WORDS] if word.strip(SIGNS)]


def newest_found(found: "QuerySet[Row]", every: "QuerySet[Row]", *, by: str, count: int) -> list[Row]:
    """Return the first rows of a search that stand the newest first.

    PostgreSQL cannot know how many rows hold a word by its beginning: to find a page of a common one it may read every
    match, and to find a rare one walk back through everything. So a search looks at the newest rows first, which a
    common word fills a page from; then finds few matches by their ids; and walks back for what is neither.

    Args:
        found: what is searched for, in its order. every: the same without the search.
        by: the moment by which both are sorted. count: at most so many.
    """
    last_of_newest = Subquery(every.values(by)[_NEWEST - 1 : _NEWEST])
    rows = list(found.filter(**{f"{by}__gte": Coalesce(last_of_newest, _LONG_AGO)})[:count])
    return rows if len(rows) == count else first_found(found, every, count=count)


def first_found(
    found: "QuerySet[Row]", every: "QuerySet[Row]", *, count: int, ways: "Sequence[QuerySet[Row]]" = ()
) -> list[Row]:
    """Return the first rows of a search in whatever order: few matches by their ids, many by walking; see above.

    Args:
        found, every, count: see `newest_found`.
        ways: where a row is found in one of several, what each of them finds: asked apart, each uses its own index,
            where PostgreSQL may read the whole table for a row that is found by this or that.
    """
    identities = {one for way in ways or (found,) for one in way.order_by().values_list("id", flat=True)[: _FEW + 1]}
    return list((found if len(identities) > _FEW else every.filter(id__in=identities))[:count])


def folded(text: str) -> str:
    """Return text without accents: marks that combine with letters are gone, signs and case stay."""
    parted = unicodedata.normalize("NFD", text.replace("\0", ""))
    return "".join(letter for letter in parted if ord(letter) not in _MARKS)


def _term(word: str) -> str:
    parts = _EXPONENT.sub(r"\1 ", word.translate(_NO_SIGNS)).split()
    if len(parts) < 2:
        return "".join(f"{_quoted(part)}:*" for part in parts)
    whole = _quoted(word.strip(SIGNS))
    beginning = "" if word.rpartition(parts[-1])[0].endswith(".") else ":*"
    return f"({whole}:* | {' & '.join(map(_quoted, parts))}{beginning})"


def _quoted(lexeme: str) -> str:
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
