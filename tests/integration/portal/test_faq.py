"""Frequent questions for the public: listed, searched, read in the other language, printed, and whether they helped."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from acuse import clock
from acuse.composition import bodies
from acuse.helpdesk.articles import Text
from acuse.helpdesk.models import Article, MissedWord
from acuse.helpdesk.services import faq, faq_order
from acuse.helpdesk.services.portal import change_portal
from tests.integration.helpdesk.making import SLUG, Desk

FAQ = f"/o/{SLUG}/faq/"
BODY = """Escriba a [la tienda](https://tienda.example/ayuda) o *llame*.

- Con <b>factura</b>
- [no](javascript:alert(1))"""


@pytest.fixture
def article(desk: Desk) -> UUID:
    """A question in Spanish, and one in English alone."""
    where = faq_order.add_section(access=desk.owner, title_es="Facturas", title_en="Invoices")
    made = [
        faq.write_draft(access=desk.owner, section=where, texts=texts)
        for texts in (
            {"es": Text(title="¿Cómo pido una devolución?", body=BODY)},
            {"en": Text(title="Where are you?", body="In Ribera.")},
        )
    ]
    for one in made:
        faq.publish_article(access=desk.owner, article=one)
    return made[0]


def read(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def test_the_index_lists_what_is_published_by_section(desk: Desk, visitor: Client, article: UUID) -> None:
    text = read(visitor, FAQ)
    assert "<title>Preguntas frecuentes · Talleres Ribera</title>" in text
    assert ">Facturas</h2>" in text
    assert f'href="{FAQ}{article}/"' in text
    assert ' lang="en">Where are you?' in text
    faq.withdraw_article(access=desk.owner, article=article)
    assert str(article) not in read(visitor, FAQ)
    assert visitor.get(f"{FAQ}{article}/").status_code == 404


def test_an_answer_keeps_its_marks_and_nothing_that_could_harm(visitor: Client, article: UUID) -> None:
    text = read(visitor, f"{FAQ}{article}/")
    assert '<a href="https://tienda.example/ayuda" rel="noopener noreferrer nofollow">la tienda</a>' in text
    assert "<em>llame</em>" in text
    assert "Con &lt;b&gt;factura&lt;/b&gt;" in text
    assert "<li>[no](javascript:alert(1))</li>" in text


def test_who_reads_another_language_is_told_kindly(visitor: Client, article: UUID) -> None:
    text = read(visitor, f"{FAQ}{article}/?l=en")
    assert '<html lang="en"' in text
    assert "We have this answer only in Spanish so far." in text
    assert '<article lang="es">' in text


def test_a_search_shows_the_words_it_found(visitor: Client, article: UUID) -> None:
    text = read(visitor, f"{FAQ}?q=FACTURAS")
    assert "<mark>factura</mark>" in text
    assert "Se ha encontrado una pregunta." in text
    assert "&lt;script&gt;" in read(visitor, f"{FAQ}?q=<script>")
    assert read(visitor, f"{FAQ}?q=" + "a" * 5000)


def test_words_that_found_nothing_are_counted_without_names_or_numbers(
    desk: Desk, visitor: Client, article: UUID
) -> None:
    for _ in range(2):
        read(visitor, f"{FAQ}?q=de Neumáticos ana@correo.invalid 600123123 A-47")
    read(visitor, f"{FAQ}?q=devoluciones")
    assert list(MissedWord.objects.values_list("organisation", "language", "word", "times")) == [
        (desk.organisation, "es", "neumaticos", 2)
    ]


def test_searches_from_one_address_are_limited(visitor: Client, article: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acuse.doors.portal.faq.SEARCHES_PER_WINDOW", 1)
    read(visitor, f"{FAQ}?q=factura")
    assert visitor.get(f"{FAQ}?q=factura").status_code == 429
    assert visitor.get(FAQ).status_code == 200


def test_a_reader_says_once_whether_it_helped(desk: Desk, article: UUID) -> None:
    reader = Client(enforce_csrf_checks=True, headers={"accept-language": "es"})
    address = f"{FAQ}{article}/helped/"
    assert reader.post(address, {"said": "no"}).status_code == 403
    reader.get(f"{FAQ}{article}/")
    form = {"said": "no", "csrfmiddlewaretoken": reader.cookies["csrftoken"].value}
    page = reader.post(address, form, follow=True).content.decode()
    assert "se ha contado" in page
    assert f'href="/o/{SLUG}/write/"' in page
    reader.post(address, {**form, "said": "yes"})
    row = Article.objects.get(id=article)
    assert (row.helped, row.not_helped) == (0, 1)


def test_what_is_said_is_limited_and_makes_sense(
    desk: Desk, visitor: Client, article: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acuse.doors.portal.faq.SAYINGS_PER_WINDOW", 1)
    visitor.post(f"{FAQ}{article}/helped/", {"said": "perhaps"})
    statuses = [Client().post(f"{FAQ}{article}/helped/", {"said": "yes"}).status_code for _ in range(2)]
    assert statuses == [302, 429]
    assert Article.objects.get(id=article).helped == 1
    assert visitor.post(f"{FAQ}{uuid4()}/helped/", {"said": "yes"}).status_code == 404


def test_all_of_it_is_one_page_to_print_now_and_then(
    desk: Desk, visitor: Client, article: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []
    real = bodies.article

    def render(body: str) -> str:
        rendered.append(body)
        return real(body)

    monkeypatch.setattr("acuse.doors.portal.faq.PRINTS_PER_WINDOW", 2)
    monkeypatch.setattr(bodies, "article", render)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for _ in range(2):
        text = read(visitor, f"{FAQ}print/")
        assert text.index("¿Cómo pido una devolución?") < text.index("Where are you?") < text.index("In Ribera.")
    # Each answer is made once of its marks.
    assert len(rendered) == 2
    often = visitor.get(f"{FAQ}print/")
    assert (often.status_code, 'role="alert"' in often.content.decode()) == (429, True)


def test_search_engines_list_what_the_organisation_lets_them(desk: Desk, visitor: Client, article: UUID) -> None:
    assert "X-Robots-Tag" not in visitor.get(f"{FAQ}{article}/")
    assert visitor.get(f"{FAQ}?q=factura")["X-Robots-Tag"] == "noindex"
    change_portal(access=desk.owner, portal_enabled=True, portal_indexed=False, data_policy="")
    assert visitor.get(f"{FAQ}{article}/")["X-Robots-Tag"] == "noindex"
    change_portal(access=desk.owner, portal_enabled=False, data_policy="")
    assert visitor.get(FAQ).status_code == visitor.get(f"{FAQ}{article}/").status_code == 404
