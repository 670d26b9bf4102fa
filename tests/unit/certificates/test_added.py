"""What was added to a copy is told in both languages, with what was sent and with the original."""

from typing import Any

import pytest

from acuse.certificates.stories.runs import plain
from acuse.certificates.stories.wording import WORDING
from acuse.proof.facts.communication import NOT_ADDED
from tests.unit.certificates import samples
from tests.unit.certificates.test_stories import rows, told

BOTH = pytest.mark.parametrize("language", ["es", "en"])


def history(**additions: Any) -> samples.History:
    """A message sent with a copy of which this is said."""
    made = samples.History(tracking="on", footer=True)
    copy = {
        "digest": "cd" * 32,
        "prepended": "Received: x\r\n",
        "removed": "Acuse-Footer: on\r\n",
        "additions": {"footer": False, "image": False, "links": 0, "why_not": "", **additions},
    }
    made.add("attempt.opened", 1, attempt=1, channel="email", target="example.com", copy=copy)
    return made.answered("attempt.relayed", 3.1, 250, "250 2.0.0 Ok\r\n")


def noted(model: dict[str, Any], language: str) -> str:
    """What stands in the section of the content."""
    label = WORDING[language]["content.added"]
    return next(plain(row["parts"][0]["runs"]) for row in model["content"]["rows"] if row["label"] == label)


@BOTH
def test_what_was_added_is_listed_beside_the_lines_and_beside_the_original(language: str) -> None:
    model = told(history(footer=True, image=True, links=2), language)
    _, removed_and_added, *_ = rows(model)
    remarks = [plain(one) for one in removed_and_added["remarks"]]
    links = {"es": "2 enlaces que llevan, a través de Acuse", "en": "2 links that lead by way of Acuse"}[language]
    assert links in remarks[1]
    assert remarks[1] == noted(model, language)
    assert {"es": "con ese único cambio", "en": "with that alone changed"}[language] in remarks[2]
    for wrong in ("sin cambios", "unchanged"):
        assert wrong not in " ".join(remarks)


@BOTH
def test_a_footer_alone_speaks_of_no_image(language: str) -> None:
    said = noted(told(history(footer=True), language), language)
    assert {"es": "una línea con el enlace a su acuse", "en": "a line with the link to its receipt"}[language] in said
    assert not {"imagen", "image", "seguimiento", "tracking"} & set(said.replace(":", " ").replace(".", " ").split())


@BOTH
@pytest.mark.parametrize("reason", NOT_ADDED)
def test_why_nothing_was_added_is_said(language: str, reason: str) -> None:
    model = told(history(why_not=reason), language)
    assert noted(model, language) == WORDING[language][f"added.not.{reason}"]
    remarks = [plain(one) for one in rows(model)[1]["remarks"]]
    assert {"es": "sin esos campos", "en": "without those fields"}[language] in remarks[2]


@BOTH
def test_a_footer_stays_where_the_recipient_withdrew_before_the_copy_was_made(language: str) -> None:
    said = noted(told(history(footer=True, why_not="withdrawn"), language), language)
    assert {"es": "una línea con el enlace a su acuse", "en": "a line with the link to its receipt"}[language] in said
    assert said.endswith(" " + WORDING[language]["added.not.withdrawn"])


@BOTH
def test_a_withdrawal_from_tracking_is_said_of_the_acceptance(language: str) -> None:
    model = told(samples.History(tracking="withdrawn"), language)
    said = " ".join(plain(one) for one in rows(model)[0]["remarks"])
    assert {"es": "la copia no lo lleva", "en": "the copy is not tracked"}[language] in said


@BOTH
def test_a_document_whose_sender_chose_nothing_says_nothing_of_it(language: str) -> None:
    model = told(samples.relayed(), language)
    assert not [row for row in model["content"]["rows"] if row["label"] == WORDING[language]["content.added"]]
