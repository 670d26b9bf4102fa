"""What readers say of articles, and what they look for in vain. It is counted and is no fact; nothing says who."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F

from acuse import clock
from acuse.evidence.fulltext import SIGNS, folded
from acuse.evidence.statements import execute
from acuse.helpdesk.models import Article, MissedWord
from acuse.helpdesk.stems import configuration, endings

MOST_MISSED = 2_000
"""Words of one organisation; when there are more, the oldest that were looked for once make room."""
KEPT = timedelta(days=180)
_LENGTHS = range(3, 31)
_MOST_AT_ONCE = 12
# In one order, so that two readers who miss the same words do not wait for each other.
_COUNT = """
INSERT INTO helpdesk_faq_missed_words AS held (id, organisation_id, language, word, times, last_at)
SELECT gen_random_uuid(), %(organisation)s, %(language)s::text, one.word, 1, %(now)s
FROM unnest(%(words)s::text[]) AS one (word)
WHERE numnode(plainto_tsquery({configuration}, {word})) > 0
ORDER BY one.word
ON CONFLICT (organisation_id, language, word) DO UPDATE SET times = held.times + 1, last_at = excluded.last_at
"""
# A word that somebody counts at this moment is left alone.
_MAKE_ROOM = """
DELETE FROM helpdesk_faq_missed_words WHERE id IN (
    SELECT id FROM helpdesk_faq_missed_words
    WHERE organisation_id = %(organisation)s AND times = 1
    ORDER BY last_at, id
    LIMIT greatest(0, (
        SELECT count(*) FROM helpdesk_faq_missed_words WHERE organisation_id = %(organisation)s
    ) - %(most)s)
    FOR UPDATE SKIP LOCKED
)
"""


def count_help(*, organisation: UUID, article: UUID, helped: bool) -> bool:
    """Count what a reader says of a published article; return whether there is such a one."""
    rows = Article.objects.filter(organisation_id=organisation, id=article, version__gt=0)
    counter = "helped" if helped else "not_helped"
    return bool(rows.update(**{counter: F(counter) + 1}))


def count_missed(*, organisation: UUID, language: str, text: str) -> None:
    """Count each word of a search that found nothing.

    Words alone, of letters alone: neither numbers nor addresses, nor which words came together.

    Args:
        organisation: whose questions. language: of the reader. text: of the search, as it was written.
    """
    written = (word.strip(SIGNS) for word in folded(text).lower().split())
    words = sorted({word for word in written if word.isalpha() and len(word) in _LENGTHS})[:_MOST_AT_ONCE]
    statement = _COUNT.format(configuration=configuration("%(language)s::text"), word=endings("one.word"))
    asked = {"organisation": organisation, "language": language, "words": words, "now": clock.now()}
    with transaction.atomic():
        execute(statement, asked)
        execute(_MAKE_ROOM, {"organisation": organisation, "most": MOST_MISSED})


def forget_missed() -> None:
    """Forget words that nobody looked for in half a year."""
    MissedWord.objects.filter(last_at__lt=clock.now() - KEPT).delete()
