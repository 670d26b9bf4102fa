"""The sentences of documents, by language. Stories fill the slots `{name}`; keys and slots are equal in all of them."""

from collections.abc import Mapping

from acuse.certificates.stories.wording import en, es

WORDING: Mapping[str, Mapping[str, str]] = {"es": es.WORDS, "en": en.WORDS}
