"""Words of articles as the public search finds them: stemmed as their language is, accents off before that."""

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func

_CONFIGURATION = "CASE {language} WHEN 'en' THEN 'english'::regconfig ELSE 'spanish'::regconfig END"


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
        configuration = _CONFIGURATION.format(language=language)
        sql = (
            f"(setweight(to_tsvector({configuration}, {title}), 'A')"
            f" || setweight(to_tsvector({configuration}, {body}), 'B'))"
        )
        return sql, (*of_language, *of_title, *of_language, *of_body)
