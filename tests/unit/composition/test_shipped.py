"""The standard texts: there for every use and language, right, and whole with every value and with the fewest."""

import re

import pytest

from acuse.composition import rules
from acuse.composition.samples import samples
from acuse.composition.shipped import shipped
from acuse.composition.uses import LANGUAGES, USES
from acuse.errors import InputError

ALL = [(use, language) for use in USES for language in LANGUAGES]


@pytest.mark.parametrize(("use", "language"), ALL)
@pytest.mark.parametrize("bare", [False, True])
def test_a_standard_text_is_right_and_reads_whole(use: str, language: str, bare: bool) -> None:
    text = shipped(use, language)
    assert rules.problems(USES[use], text.subject, text.body) == []
    filled = rules.fill(USES[use], text.subject, text.body, samples(USES[use], language, bare=bare), language=language)
    assert re.search(r"\b148\b", filled.subject + filled.parts.text)
    assert ("acuse.example/f/K7M2P9QX/" in filled.parts.text) is not (bare and use == "ticket.receipt")
    assert "NOR-0148-K7M2P9" in filled.parts.html
    for gap in ("  ", " ,", " .", "None", "{{", "{%", "()", ": \n"):
        assert gap not in filled.parts.text.replace("\n  ", "\n"), gap
    assert all(len(line) <= 78 for line in filled.parts.text.split("\n"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rejection_or_suspension_says_why_and_where_to_turn(language: str) -> None:
    """Ley 10/2025, articles 13.1 and 13.6."""
    for use in ("ticket.rejection", "ticket.suspension", "warranty.rejection"):
        text = shipped(use, language)
        assert "{{ answer.text }}" in text.body
        assert "dispute.bodies" in text.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_must_complete_a_claim_hears_of_ten_business_days(language: str) -> None:
    """Ley 10/2025, article 13.3."""
    for use in ("ticket.data_request", "warranty.documents"):
        text = shipped(use, language)
        said = rules.fill(
            USES[use], text.subject, text.body, samples(USES[use], language, bare=True), language=language
        )
        wanted = {
            "es": "Dispone de 10 días hábiles desde que le enviamos este mensaje.",
            "en": "You have 10 business days from when we send you this message.",
        }
        assert wanted[language] in " ".join(said.parts.text.split())


@pytest.mark.parametrize(
    ("language", "runs"),
    [
        ("es", "no detiene el plazo que tenemos para resolver su caso."),
        ("en", "does not stop the term that we have to resolve your case."),
    ],
)
def test_a_suspension_says_that_our_term_runs_on(language: str, runs: str) -> None:
    """Ley 10/2025, article 13: no term stops because the company says so. The first answer is this letter."""
    assert runs in shipped("ticket.suspension", language).body


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_about_a_claim_says_nothing_of_a_guarantee(language: str) -> None:
    for use in ("ticket.rejection", "ticket.data_request", "ticket.suspension"):
        text = shipped(use, language)
        assert re.search("garant|guarant|warrant", text.subject + text.body, re.IGNORECASE) is None, use


def test_a_receipt_says_content_date_and_hour() -> None:
    """Ley 10/2025, article 12.1."""
    text = shipped("ticket.receipt", "es")
    for name in ("message.text", "message.received_at", "ticket.key", "message.attachments"):
        assert name in text.body


@pytest.mark.parametrize(
    ("language", "first", "answer", "final"),
    [
        ("es", "una primera respuesta,", "nuestra respuesta,", "nuestra respuesta definitiva,"),
        ("en", "a first answer,", "our answer,", "our final answer,"),
    ],
)
def test_a_receipt_names_each_term_that_runs(language: str, first: str, answer: str, final: str) -> None:
    def receipt(*terms: str) -> str:
        use, text = USES["ticket.receipt"], shipped("ticket.receipt", language)
        known = samples(use, language)
        values = {name: None if name.startswith("deadline.") and name not in terms else known[name] for name in known}
        return rules.fill(use, text.subject, text.body, values, language=language).parts.text

    due, response = "deadline.due", "deadline.response_due"
    said = {terms: receipt(*terms) for terms in ((), (due,), (response,), (due, response))}
    assert [first in said[terms] for terms in said] == [False, False, True, True]
    assert [answer in said[terms] for terms in said] == [False, True, False, False]
    assert [final in said[terms] for terms in said] == [False, False, False, True]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_activation_names_the_product_or_the_case(language: str) -> None:
    def activation(*left: str) -> tuple[str, str]:
        use, text = USES["warranty.activation"], shipped("warranty.activation", language)
        values = {**samples(use, language), **dict.fromkeys(left)}
        filled = rules.fill(use, text.subject, text.body, values, language=language)
        return filled.subject, " ".join(filled.parts.text.split())

    whole, of_case, bare = activation(), activation("product.name"), activation("product.name", "ticket.subject")
    product = str(samples(USES["warranty.activation"], language)["product.name"])
    assert product in whole[0]
    assert product in whole[1]
    named = {"es": "la garantía del producto de su caso 148", "en": "the product of your case 148"}
    subject = {"es": "«Cobro repetido en la factura de octubre».", "en": "“Charged twice on the October invoice”."}
    assert f"{named[language]}, {subject[language]}" in of_case[1]
    assert f"{named[language]}." in bare[1]
    assert of_case[0].endswith({"es": "caso 148", "en": "case 148"}[language])


def test_there_is_no_other_use_or_language() -> None:
    with pytest.raises(InputError):
        shipped("ticket.nothing", "es")
    with pytest.raises(InputError):
        shipped("ticket.receipt", "../es")
