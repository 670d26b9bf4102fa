"""Words of articles as the public search finds them: stemmed as their language is, accents off before that.

PostgreSQL's Spanish stemmer knows "devoluciones" and "devolución" for one word, but not "devolucion": so that ending
gets its accent back after all others are off, in what is stored and in what is asked for.
"""

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func

_CONFIGURATION = "CASE {language} WHEN 'en' THEN 'english'::regconfig ELSE 'spanish'::regconfig END"


def configuration(language: str) -> str:
    """Return SQL for the text search configuration of a language.

    Args:
        language: SQL that says which; "en", or Spanish.
    """
    return _CONFIGURATION.format(language=language)


def endings(words: str) -> str:
    """Return SQL for words without accents that the stemmers know; as many characters as before.

    Args:
        words: SQL of the words.
    """
    return f"regexp_replace({words}, '([au])cion\\M', '\\1ción', 'gi')"


class StemmedWords(Func):
    """The lexemes of a title (weight A) and a body (weight B) in the language that the first expression names.

    Changing it needs a migration, for what is stored stays.
    """

    output_field = SearchVectorField()

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]
        """Write both vectors as one."""
        (language, of_language), (title, of_title), (body, of_body) = map(
            compiler.compile, self.get_source_expressions()
        )
        by = configuration(language)
        sql = (
            f"(setweight(to_tsvector({by}, {endings(title)}), 'A')"
            f" || setweight(to_tsvector({by}, {endings(body)}), 'B'))"
        )
        return sql, (*of_language, *of_title, *of_language, *of_body)
