"""What was requested of a tracked copy, as the certificate tells it: by a person or a machine, beside the verdict."""

from pathlib import Path

import pytest

from acuse.certificates.stories.runs import plain
from acuse.proof.facts.tracking import REASONS
from acuse.proof.verdicts.delivery import statement, verdict
from tests.unit.certificates import samples
from tests.unit.certificates.test_documents import pages, pdf
from tests.unit.certificates.test_stories import rows, told

BOTH = pytest.mark.parametrize("language", ["es", "en"])
CLIENT = {"ip": "198.51.100.7", "user_agent": "Mozilla/5.0 (iPhone)"}
LINK = "https://ribera.example/presupuesto?n=1"


def relayed(language: str = "es") -> samples.History:
    """A message that the recipient's server took."""
    return samples.History(language=language).opened(1).answered("attempt.relayed", 2, 250, "2.0.0 queued")


def image(history: samples.History, seconds: int, by: str, *reasons: str) -> samples.History:
    """A request for the image."""
    return history.add("tracker.image_requested", seconds, by=by, reasons=list(reasons), client=CLIENT)


def link(history: samples.History, seconds: int, number: int = 1, address: str = LINK) -> samples.History:
    """A request for a link that looks like a person's."""
    return history.add(
        "tracker.link_requested",
        seconds,
        number=number,
        link=address,
        by="person",
        reasons=["browser"],
        client=CLIENT,
    )


def tracked(language: str = "es") -> samples.History:
    """A message with requests of every kind, and a withdrawal."""
    history = relayed(language)
    image(history, 3, "scanner", "known_scanner", "soon")
    image(history, 600, "mail_proxy", "google_proxy")
    image(history, 660, "unknown", "no_agent")
    link(history, 700)
    return history.add("tracking.withdrawn", 900, client=CLIENT)


def sentences(history: samples.History, language: str = "es") -> list[str]:
    """Title, source and remarks of each row."""
    return [
        " ".join(plain(runs) for runs in (row["title"], row["source"] or [], *row["remarks"]))
        for row in rows(told(history, language))
    ]


def test_requests_are_by_a_person_or_a_machine() -> None:
    said = sentences(tracked())[-5:]
    assert said[0].startswith("Una petición de la imagen, por una persona o una máquina Desde 198.51.100.7")
    assert "Parece hecha por un programa, no por una persona: nombra un servicio que examina correos" in said[0]
    assert "dice ser el intermediario de imágenes de Google" in said[1]
    assert "No se puede saber si la hizo una persona o una máquina: no dice qué programa es." in said[2]
    assert said[3].startswith("Una petición del enlace 1, por una persona o una máquina")
    assert f"Lleva a {LINK}." in said[3]
    assert "Parece hecha desde el dispositivo de alguien: parece de un navegador." in said[3]
    for one in said[:4]:
        assert "No prueba quién la hizo, ni la lectura, y no pesa nada en el resultado." in one
    assert "Quien tenía el enlace del mensaje pulsó el botón. Ya no se registra nada más." in said[4]


def test_in_english() -> None:
    said = sentences(tracked("en"), "en")[-5:]
    assert said[0].startswith("A request for the image, by a person or a machine")
    assert "It looks like a request by a mail provider, not by a person: it says that it is Google's" in said[1]
    assert "weighs nothing in the outcome" in said[3]


def test_links_that_were_requested_together_look_like_a_programs_from_the_first() -> None:
    history = relayed()
    for number in (1, 2, 3):
        link(history, 700 + number, number)
    for one in sentences(history)[-3:]:
        assert "Parece hecha por un programa, no por una persona: otro enlace del mensaje se pidió" in one


@BOTH
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words(language: str, reason: str) -> None:
    row = sentences(image(relayed(language), 600, "unknown", reason), language)[-1]
    assert ": ." not in row
    assert reason not in row or "_" not in reason


def test_a_judgement_of_a_later_version_breaks_nothing() -> None:
    history = image(relayed(), 600, "person", "browser")
    history.facts[-1].fact.details.update(by="thing", reasons=["browser", "of_tomorrow"])
    said = sentences(history)[-1]
    assert "No se puede saber si la hizo una persona o una máquina: parece de un navegador." in said


def test_they_weigh_nothing() -> None:
    without, with_them = ([item.fact for item in made.facts] for made in (relayed(), tracked()))
    before, after = verdict(without), verdict(with_them)
    assert before == after
    ignored = {"facts", "facts_up_to", "last_entry"}
    first, second = (statement(verdict(facts), facts, facts_up_to=1) for facts in (without, with_them))
    assert {key: first[key] for key in first.keys() - ignored} == {key: second[key] for key in second.keys() - ignored}
    plainly, observed = told(relayed()), told(tracked())
    for part in ("first", "ladder", "proves", "limits"):
        assert plainly[part] == observed[part]


@BOTH
def test_the_document_is_set_with_many_requests_and_long_links(language: str, tmp_path: Path) -> None:
    history = tracked(language)
    for number in range(120):
        link(history, 1000 + 60 * number, 1 + number % 3, "https://ribera.example/" + "año/" * 400)
    made = tmp_path / "certificate.pdf"
    made.write_bytes(pdf(told(history, language)))
    words = " ".join(" ".join(pages(made)).split())
    assert words.count("Una petición del enlace" if language == "es" else "A request for link") == 121
