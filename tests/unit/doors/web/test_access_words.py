"""The recipient's page says everything in both languages, with the same slots."""

import re

from acuse.doors.portal.access_words import WORDS


def test_the_same_keys_with_the_same_slots() -> None:
    def slots(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert WORDS["es"].keys() == WORDS["en"].keys()
    for key, text in WORDS["es"].items():
        assert slots(text) == slots(WORDS["en"][key]), key


def test_words_that_are_never_said() -> None:
    for words in WORDS.values():
        for text in words.values():
            assert not re.search(r"leíd|cualificad|qualified|fehaciente|\boops|¡|!", text.lower())
