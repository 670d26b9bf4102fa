"""What readers say of articles and look for in vain: counted, bounded, and forgotten."""

from datetime import timedelta
from uuid import uuid4

import pytest

from acuse import clock
from acuse.helpdesk.models import MissedWord
from acuse.helpdesk.queries.articles import missed_words
from acuse.helpdesk.services import faq_readers
from acuse.helpdesk.services.faq_readers import KEPT, count_help, count_missed, forget_missed
from tests.integration.helpdesk.making import Desk


def words() -> dict[str, int]:
    return dict(MissedWord.objects.values_list("word", "times"))


def test_words_are_counted_alone_and_told_from_the_third_time_on(desk: Desk) -> None:
    for text in ("¿Neumáticos de invierno?", "NEUMATICOS", "los neumáticos", "invierno"):
        count_missed(organisation=desk.organisation, language="es", text=text)
    assert words() == {"neumaticos": 3, "invierno": 2}
    assert [(one.word, one.times) for one in missed_words(desk.auditor)] == [("neumaticos", 3)]


@pytest.mark.parametrize(
    "text", ["", "ana@cliente.example", "600123123", "A-47 4711GTX", "y de la que", "\x00", "x" * 90]
)
def test_what_could_name_somebody_or_says_nothing_is_not_counted(desk: Desk, text: str) -> None:
    count_missed(organisation=desk.organisation, language="es", text=text)
    assert words() == {}


def test_there_is_room_for_so_many_words_and_the_oldest_counted_once_make_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faq_readers, "MOST_MISSED", 2)
    for text in ("ruedas", "frenos", "ruedas", "aceite", "espejos"):
        count_missed(organisation=desk.organisation, language="es", text=text)
    assert words() == {"ruedas": 2, "espejos": 1}


def test_words_that_nobody_looks_for_any_more_are_forgotten(desk: Desk) -> None:
    for text in ("ruedas", "frenos"):
        count_missed(organisation=desk.organisation, language="es", text=text)
    MissedWord.objects.filter(word="ruedas").update(last_at=clock.now() - KEPT - timedelta(days=1))
    forget_missed()
    assert words() == {"frenos": 1}


def test_nothing_is_said_of_what_is_not_published(desk: Desk) -> None:
    assert not count_help(organisation=desk.organisation, article=uuid4(), helped=True)
