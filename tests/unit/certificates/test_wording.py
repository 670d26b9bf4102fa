"""Both languages say everything, with the same slots, in characters that the fonts draw."""

import re
from pathlib import Path

import pytest

from acuse.certificates.rules import CHANGES
from acuse.certificates.stories.wording.en import WORDS as ENGLISH
from acuse.certificates.stories.wording.es import WORDS as SPANISH
from acuse.pdf.text import drawn
from acuse.proof.facts.catalogue import CATALOGUE
from acuse.proof.facts.communication import FAILURE_CLASSES, KIND
from acuse.proof.verdicts.delivery import LIMITS, OUTCOMES

STORIES = Path(__file__).parents[3] / "src/acuse/certificates/stories"
LANGUAGES = pytest.mark.parametrize("words", [SPANISH, ENGLISH], ids=["es", "en"])


def slots(sentence: str) -> list[str]:
    return sorted(set(re.findall(r"\{(\w+)\}", sentence)))


def test_the_same_keys_with_the_same_slots() -> None:
    assert SPANISH.keys() == ENGLISH.keys()
    assert {key: slots(SPANISH[key]) for key in SPANISH} == {key: slots(ENGLISH[key]) for key in ENGLISH}


@LANGUAGES
def test_every_outcome_class_and_limit_has_words(words: dict[str, str]) -> None:
    for outcome in set(OUTCOMES) - {"accessed", "failed"}:
        assert f"headline.{outcome}" in words
        assert f"sentence.{outcome}" in words
    for grade in (3, 4, 5):
        assert f"headline.accessed.{grade}" in words
        assert f"sentence.accessed.{grade}" in words
    for failure_class in FAILURE_CLASSES:
        assert f"class.{failure_class}" in words
    for failure_class in set(FAILURE_CLASSES) - {"throttled", "undetermined"}:
        assert f"headline.failed.{failure_class}" in words
        assert f"failed.{failure_class}" in words
    for change in (*CHANGES, "level", "later"):
        assert f"reason.{change}" in words
    for limit in LIMITS:
        assert f"limit.{limit}" in words


@LANGUAGES
def test_every_role_of_a_cited_object_has_a_name_and_a_description(words: dict[str, str]) -> None:
    roles = {role for kind in CATALOGUE.values() if KIND in kind.kinds for role in kind.roles} - {
        "certificate",
        "proof-bundle",
    }
    for role in roles:
        assert f"file.{role}" in words
        assert f"name.{role}" in words
        assert re.fullmatch(r"[a-z{}-]+\.[a-z]+", words[f"name.{role}"])


@LANGUAGES
def test_headlines_have_at_most_sixty_characters_and_no_name(words: dict[str, str]) -> None:
    for key, sentence in words.items():
        if key.startswith("headline."):
            assert len(sentence) <= 60
            assert not slots(sentence)


@LANGUAGES
def test_every_word_of_ours_has_a_glyph(words: dict[str, str]) -> None:
    for sentence in words.values():
        assert drawn(sentence.replace("\n", " ")).replaced == ()


@LANGUAGES
def test_words_that_a_certificate_does_not_use(words: dict[str, str]) -> None:
    for sentence in words.values():
        assert not re.search(r"cualificad|qualified|fehaciente|garantiza|guarantee|oficial|official", sentence.lower())


def test_every_sentence_is_used_or_kept_for_a_case_of_the_wording_table() -> None:
    code = "\n".join(path.read_text("utf-8") for path in STORIES.rglob("*.py") if "wording" not in path.parts)
    later = re.compile(
        r"(headline|sentence)\.(accessed|accepted|signed|refused|expired|delivered)|headline\.signed|limit\.|badge\."
        r"|class\.|failed\.|headline\.|sentence\.|ladder\.\d|fact\.notified|parties\.why|content\.signed|header\.|title\."
        r"|listed\.|hit\.|remark\.hit\.|file\.|name\.|step\.|reason\.|remark\.reply\.|source\.(report|policy)\.|fact\.consigned\.|fact\.code_refused\."
        r"|added\.not\.|(purpose|type|channel|priority|status|act|matter|by|matched_by|pause|count|contradiction|actor"
        r"|detail|legend|fact|result|deadlines|folded|closed|flag|on_resume|term|drawing|deadline\.(headline|part))\."
        r"|verifier\.|said\.|record\.(badge|headline|type|sentence|summary|count|deadline|agreement|guarantee|communications|channel|act|call"
        r"|field|document|written)\."
    )
    variants = re.compile(r"(\.(outgoing|interrupted|bounced|one|none|resent|call))?(\.nameless)?(\.notice)?\Z")

    def used(key: str) -> bool:
        base = variants.sub("", key)
        return any(f'"{one}"' in code for one in (key, base)) or f'"{base}{{' in code

    unused = [key for key in SPANISH if not used(key) and not later.match(key)]
    assert unused == []
