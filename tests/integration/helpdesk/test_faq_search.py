"""The search of frequent questions: in any form of a word, with or without its accents, the best first."""

from uuid import UUID

import pytest

from acuse.helpdesk.articles import Text
from acuse.helpdesk.queries.faq import MOST_SUGGESTED, Hit, search, suggest
from acuse.helpdesk.services import faq, faq_order
from tests.integration.helpdesk.making import Desk


@pytest.fixture
def articles(desk: Desk) -> UUID:
    """Three questions, one of them in English alone; return the organisation."""
    where = faq_order.add_section(access=desk.owner, title_es="Pedidos", title_en="")
    for texts in (
        {
            "es": Text(title="¿Cuándo llega el dinero?", body="Las **devoluciones** tardan *cinco* días hábiles."),
            "en": Text(title="When does the money arrive?", body="Refunds take five business days."),
        },
        {"es": Text(title="Garantía de la batería", body="La batería tiene dos años. " * 30 + "Guarde la factura.")},
        {"en": Text(title="Opening hours", body="We are open on Saturdays.")},
    ):
        made = faq.write_draft(access=desk.owner, section=where, texts=texts)
        faq.publish_article(access=desk.owner, article=made)
    return desk.organisation


def titles(organisation: UUID, text: str, language: str = "es") -> list[str]:
    return [hit.title for hit in search(organisation, language, text).hits]


def shown(hit: Hit) -> str:
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in hit.excerpt)


@pytest.mark.parametrize("text", ["devolución", "DEVOLUCION", "devoluciones", "  ¿devolución? "])
def test_a_word_is_found_in_any_of_its_forms(articles: UUID, text: str) -> None:
    (hit,) = search(articles, "es", text).hits
    assert hit.title == "¿Cuándo llega el dinero?"
    assert shown(hit) == "Las [devoluciones] tardan cinco días hábiles."


def test_accents_count_neither_in_the_article_nor_in_the_search(articles: UUID) -> None:
    assert titles(articles, "bateria") == titles(articles, "baterías") == ["Garantía de la batería"]
    (hit,) = search(articles, "es", "garantias facturas").hits
    assert shown(hit).startswith("… ")
    assert "[factura]." in shown(hit)


def test_a_reader_finds_what_they_would_be_shown(articles: UUID) -> None:
    assert titles(articles, "refund") == []
    assert titles(articles, "refund", "en") == ["When does the money arrive?"]
    assert titles(articles, "saturday") == ["Opening hours"]
    assert titles(articles, "saturday", "en") == ["Opening hours"]


def test_some_of_the_words_are_offered_where_nothing_has_all(articles: UUID) -> None:
    found = search(articles, "es", "devolución de la batería")
    assert found.some
    assert {hit.title for hit in found.hits} == {"¿Cuándo llega el dinero?", "Garantía de la batería"}
    assert not search(articles, "es", "zanahorias").some


def test_what_somebody_begins_to_write_brings_what_fits_best_first(articles: UUID) -> None:
    found = suggest(articles, "es", "Hola, compré una batería y quiero saber si la garantía vale sin factura. Gracias")
    assert [entry.title for entry in found] == ["Garantía de la batería"]
    assert len(suggest(articles, "es", "dinero batería open")) <= MOST_SUGGESTED


@pytest.mark.parametrize("text", ["", "  ", "de la", "';--", "\x00", "& | ! (", "'\\", "a" * 5000, "😀 ½"])
def test_any_input_is_a_search(articles: UUID, text: str) -> None:
    assert titles(articles, text) == []
    assert suggest(articles, "es", text) == ()
