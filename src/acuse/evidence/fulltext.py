"""Words of rows as a list finds them: accents do not count, and words inside addresses are words.

What is indexed (a generated column) and what is asked for are folded alike: accents off (NFD without its marks), signs
taken for spaces, lower case as the database makes it. Whole addresses and domains are indexed too, so that one of them
is found by a single lexeme however many rows share its parts.
"""

import unicodedata

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Func, TextField

SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¡¿«»“”‘’–—…·€"
LENGTH = 200
_WORDS = 8
_MARKS = range(0x0300, 0x0370)
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
    words = (_term(word) for word in folded(search[:LENGTH]).split()[:_WORDS])
    return " & ".join(term for term in words if term)


def folded(text: str) -> str:
    """Return text without accents: marks that combine with letters are gone, signs and case stay."""
    parted = unicodedata.normalize("NFD", text.replace("\0", ""))
    return "".join(letter for letter in parted if ord(letter) not in _MARKS)


def _term(word: str) -> str:
    parts = word.translate(_NO_SIGNS).split()
    if len(parts) < 2:
        return "".join(f"{_quoted(part)}:*" for part in parts)
    whole = _quoted(word.strip(SIGNS))
    beginning = "" if word.rpartition(parts[-1])[0].endswith(".") else ":*"
    return f"({whole}:* | {' & '.join(map(_quoted, parts))}{beginning})"


def _quoted(lexeme: str) -> str:
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
