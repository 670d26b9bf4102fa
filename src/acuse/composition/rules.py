"""What templates and snippets may be, and filling them in. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from acuse.composition import bodies, liquid
from acuse.composition.bodies import Parts
from acuse.composition.letters import MOST_SUBJECT, one_line
from acuse.composition.liquid import BadTemplate
from acuse.composition.samples import samples
from acuse.composition.uses import SNIPPET, Use
from acuse.composition.variables import Said, clean, said
from acuse.errors import InputError

MOST_NAME = 80
MOST_SNIPPET = 5_000
_MOST_SUBJECT_SOURCE = 1_000
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
#: A link to what there is not.
_NOWHERE = re.compile(r"(?<!\\)\[([^\[\]]*)\]\(\)")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong with a template: "subject" or "body", and what it is and what to do, with its line."""

    part: str
    error: BadTemplate


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A template with values in it: the subject, the body with its marks, and its two forms."""

    subject: str
    body: str
    parts: Parts


def normal(source: str) -> str:
    """Return a template's part as it is kept: line feeds, no characters that are not seen, no blank end."""
    return clean(source).strip("\n").rstrip()


def problems(use: Use, subject: str, body: str) -> list[Problem]:
    """Return everything that is wrong with a template; empty for one that can be published."""
    found: list[Problem] = []
    for part, source, most in (("subject", subject, _MOST_SUBJECT_SOURCE), ("body", body, liquid.MOST_SOURCE)):
        found += [Problem(part=part, error=error) for error in _problems(use, part, source, most)]
    return found or _too_long(use, subject, body)


def _problems(use: Use, part: str, source: str, most: int) -> list[BadTemplate]:
    if not source.strip():
        return [BadTemplate(1, "There is nothing here yet: write it.")]
    if len(source) > most:
        return [BadTemplate(1, "This takes up to %(most)s characters; make it shorter.", most=most)]
    if part == "subject" and "\n" in source:
        return [BadTemplate(2, "A subject has one line.")]
    try:
        return liquid.check(liquid.read(source, subject=part == "subject"), use)
    except BadTemplate as error:
        return [error]


def _too_long(use: Use, subject: str, body: str) -> list[Problem]:
    """Return that a template becomes too long even with the samples, or nothing."""
    try:
        for bare in (False, True):
            fill(use, subject, body, samples(use, "es", bare=bare), language="es")
    except BadTemplate as error:
        return [Problem(part="body", error=error)]
    return []


def values_said(use: Use, values: Mapping[str, object], *, language: str) -> dict[str, Said]:
    """Return values in words; see `acuse.composition.variables.said`.

    Raises:
        InputError: one is missing, or is not of its variable's kind.
    """
    return {name: said(variable, values.get(name), language=language) for name, variable in use.variables.items()}


def fill(use: Use, subject: str, body: str, values: Mapping[str, Said], *, language: str) -> Filled:
    """Return a template with values in their places.

    Args:
        use: what it is for. subject, body: as `problems` found nothing wrong with them.
        values: of each variable, in words. language: of the letter.

    Raises:
        BadTemplate: the template is not right, or becomes too long.
    """
    line = liquid.fill(liquid.read(subject, subject=True), values)
    text = _NOWHERE.sub(r"\1", liquid.fill(liquid.read(body), values))
    title = one_line(line, MOST_SUBJECT)
    whole = _BLANK_LINES.sub("\n\n", text).strip("\n") + "\n"
    return Filled(subject=title, body=whole, parts=bodies.write(whole, title=title, language=language))


def check_name(name: str) -> str:
    """Return the name of a template or snippet on one line.

    Raises:
        InputError: it is empty or too long.
    """
    line = " ".join(clean(name).split())
    if 1 <= len(line) <= MOST_NAME:
        return line
    raise InputError("Give it a name of 1 to %(most)s characters.", most=MOST_NAME)


def check_shortcut(shortcut: str) -> str:
    """Return what is typed behind a slash to insert a snippet.

    Raises:
        InputError: it has other characters.
    """
    given = shortcut.strip().lower()
    if _SHORTCUT.fullmatch(given):
        return given
    raise InputError("A shortcut has 1 to 32 letters from a to z, digits and hyphens, such as horario.")


def check_snippet(body: str) -> str:
    """Return the text of a snippet.

    Raises:
        InputError: it is empty or too long; a `liquid.BadTemplate` says in which line a variable is not right.
    """
    text = normal(body)
    if not 1 <= len(text) <= MOST_SNIPPET:
        raise InputError("Write a text of 1 to %(most)s characters.", most=MOST_SNIPPET)
    for error in liquid.check(liquid.read(text), SNIPPET):
        raise error
    return text


def fill_snippet(body: str, values: Mapping[str, Said]) -> str:
    """Return the text of a snippet with values in their places.

    Args:
        body: as it was saved; one that cannot be read as a template, or names what it may not, stays as it is.
        values: of each variable of `SNIPPET`, in words.

    Raises:
        BadTemplate: the text becomes too long.
    """
    try:
        parsed = liquid.read(body)
    except BadTemplate:
        return body
    return body if liquid.check(parsed, SNIPPET) else liquid.fill(parsed, values)
