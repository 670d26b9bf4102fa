"""The standard texts that come with Acuse: one for each use and language, in `texts`. Pure.

A file has the subject in its first line, an empty line, and the body.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from acuse.composition.uses import LANGUAGES, use_called
from acuse.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """A standard text.

    Attributes:
        use, language: what it is for.
        subject, body: templates.
        sha256: of the file; says which text it was after a later version has another.
    """

    use: str
    language: str
    subject: str
    body: str
    sha256: str


@lru_cache(maxsize=64)
def shipped(use: str, language: str) -> Shipped:
    """Return the standard text of a use.

    Raises:
        InputError: there is no such use or language.
    """
    use_called(use)
    check_language(language)
    raw = files("acuse.composition").joinpath("texts", language, f"{use}.liquid").read_bytes()
    subject, _empty, body = raw.decode("utf-8").partition("\n\n")
    return Shipped(use=use, language=language, subject=subject, body=body, sha256=hashlib.sha256(raw).hexdigest())


def check_language(language: str) -> str:
    """Return the language of a template.

    Raises:
        InputError: there is none in it.
    """
    if language not in LANGUAGES:
        raise InputError("A template is in Spanish or in English.")
    return language
