"""Which language a letter is in: clear ones are known, and on doubt nothing is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.helpdesk.tongue import language_of

SPANISH = (
    "Hola, el coche hace ruido desde la revisión.",
    "Buenos dias, no me funciona la calefaccion y querria que la miraran",
    "¿Cuándo puedo recoger la furgoneta? Gracias.",
    "Factura incorrecta\n\nMe han cobrado dos veces el cambio de aceite.",
    "No estoy conforme con la factura: no pedí el cambio de filtro.",
    "Buenas tardes. Quisiera saber si tienen hora para el lunes. Un saludo, John Smith, The Office Ltd.",
    "Estimados señores:\n\nLes escribo porque el coche que retiré ayer no arranca.\n\n-- \nThe Best of the World",
    "Sigo sin su respuesta y el coche no arranca.\n\nOn Mon, 16 Nov 2026, Talleres wrote:\n> We "
    "have received your message and will "
    "answer you within the term that is set by the law.\n",
)
ENGLISH = (
    "Hello, the car makes a noise since the service.",
    "My invoice is wrong\n\nYou have charged me twice for the oil change.",
    "When can I pick up the van? Thanks.",
    "I do not agree with the bill, please send it to me again.",
    "Dear Sirs,\n\nI am writing about the vehicle that I collected yesterday. It does not start.\n\n-- \nTalleres de "
    "la Ribera, el mejor de los talleres",
    "Could you tell me the price, please?\n\nEl lun, 16 nov 2026 a las 16:20, Talleres Ribera escribió:\n> Hemos "
    "recibido su mensaje y le responderemos en el plazo que marca la ley.\n",
    "It still does not work.\n\n> Es la pastilla de los frenos, que hay que cambiar por una nueva.\n",
)
DOUBTFUL = (
    "",
    "ok",
    "Gracias",
    "Sigo esperando su respuesta.",
    "Hola",
    "Thanks!",
    "1234-ABC 600112233",
    "Factura 2026/113",
    "RE: OK",
    "https://www.example/the/of/and/to/in",
    "Hola, the brakes no funcionan, please call me, gracias",
    "Bonjour, je vous écris pour la facture que vous avez envoyée, elle n'est pas correcte. Merci.",
    "Bom dia, o meu carro não funciona e não recebi a fatura. Muito obrigado.",
    "Bon dia, el meu cotxe fa soroll des de la revisió i no m'han dit res. Moltes gràcies.",
    "Buongiorno, la macchina non parte e non ho ricevuto il conto per la riparazione. Grazie.",
    "Guten Tag, ich habe die Rechnung nicht bekommen und das Auto ist nicht fertig.",
    "自動車の調子が悪いです。",
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor",
)


@pytest.mark.parametrize(
    ("text", "language"),
    [*((one, "es") for one in SPANISH), *((one, "en") for one in ENGLISH), *((one, "") for one in DOUBTFUL)],
)
def test_a_letter_is_in_the_language_of_its_own_words(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("rest", ["a", "_", "a@", "> ", "\n", f"{ENGLISH[0]} "])
def test_of_a_text_without_end_its_beginning_alone_is_read(rest: str) -> None:
    """Whoever writes it chooses its length, and a case is being opened meanwhile."""
    begun = f"{SPANISH[0]} " * (5_000 // len(SPANISH[0]))
    assert len(begun) >= 5_000
    assert language_of(begun + rest * (200_000 // len(rest))) == "es"
    assert language_of(rest * (200_000 // len(rest)) + begun) == language_of(rest * 5_000)


PIECES = st.sampled_from(("the", "el", "of", "de", ">", "\n", "-- ", "\0", "está", "ﷺ", "\ud800"))


@given(st.text(max_size=400) | st.lists(PIECES).map(" ".join))
def test_any_text_has_an_answer(text: str) -> None:
    assert language_of(text) in {"", "es", "en"}
    assert language_of("\n".join(f"> {line}" for line in text.split("\n"))) in {"", "es", "en"}
