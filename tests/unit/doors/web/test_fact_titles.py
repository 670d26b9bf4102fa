"""Whatever is recorded is named in plain words: on the ledger's page and in the timeline of a case."""

import pytest
from django.utils import translation

from acuse.doors.console.facts import title
from acuse.proof.facts.catalogue import CATALOGUE


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_type_of_fact_has_a_title_in_both_languages(language: str) -> None:
    with translation.override(language):
        named = {name: title(name) for name in CATALOGUE}
    assert [name for name, said in named.items() if said == name] == []
    twice = {said for said in named.values() if list(named.values()).count(said) > 1}
    assert twice == set(), "two types that read alike cannot be told apart in the list of types"


def test_every_title_is_said_in_spanish() -> None:
    with translation.override("es"):
        spanish = {name: title(name) for name in CATALOGUE}
    with translation.override("en"):
        assert [name for name in CATALOGUE if title(name) == spanish[name]] == []
