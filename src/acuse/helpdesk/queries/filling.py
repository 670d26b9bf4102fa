"""The answer's box and its templates: what was typed goes into a letter, and comes out of it again for another."""

from dataclasses import dataclass
from itertools import product
from uuid import UUID, uuid4

from acuse.accounts.queries import Access
from acuse.composition.uses import LANGUAGES, use_called
from acuse.errors import ConflictError, InputError
from acuse.helpdesk.queries.writing import ACTS, NOT_ASKED, CaseLetters, agree_link, choices, of_question
from acuse.helpdesk.rules import place

#: Where a letter says what was typed -> what stands there until somebody types it, by the language of the letter.
_TYPED = {
    "answer.text": {"es": place("Escriba aquí su respuesta"), "en": place("Write your answer here")},
    "request.items": {"es": place("Escriba aquí lo que falta"), "en": place("Write here what is missing")},
}


@dataclass(frozen=True)
class _Around:
    """What stands before and after what was typed; `says` whether the letter itself has a place for it."""

    before: str
    after: str
    says: bool

    def within(self, body: str) -> str | None:
        """Return what was typed into the letter; None where this is another letter, or one changed around it."""
        body = body.strip() if self.says else f"\n\n{body.strip()}"
        fits = len(body) >= len(self.before) + len(self.after)
        if fits and body.startswith(self.before) and body.endswith(self.after):
            return body[len(self.before) : len(body) - len(self.after)]
        return None


def letter_with(access: Access, *, ticket: UUID, use: str, template: UUID | None, body: str) -> str:
    """Return the letter of a template with what a member typed inside it, or a place to be filled in.

    Args:
        access: of a member.
        ticket: which case.
        use, template: see `acuse.helpdesk.queries.writing.Choice`.
        body: of the answer so far; where it is a letter of another template, what was typed into that is taken.

    Raises:
        InputError: there is no such case or template, or the letter cannot be written.
    """
    letters = CaseLetters(access, ticket=ticket, uses=ACTS)
    typed = _typed(access, letters, body)
    letter = _letter(letters, use, template, typed)
    if not typed or _around(letters, use, template).says:
        return letter
    return f"{typed}\n\n{letter}"


def typed_in(access: Access, *, ticket: UUID, body: str) -> str:
    """Return what was typed of a body: all of it, but for the letter of a template around it.

    Raises:
        InputError: there is no such case.
    """
    return _typed(access, CaseLetters(access, ticket=ticket, uses=ACTS), body)


def listed(text: str) -> list[str]:
    """Return the lines of a list as somebody typed it, with hyphens or without."""
    lines = (line.strip().removeprefix("- ") for line in text.splitlines())
    return [line for line in lines if line]


def _typed(access: Access, letters: CaseLetters, body: str) -> str:
    body = of_question(body.strip(), NOT_ASKED)
    found = [body]
    # The case may have been answered in the other language when the letter was written.
    for one, language in product(choices(access), LANGUAGES) if body else ():
        try:
            # Written without anything typed, a letter may lack more than that.
            if body == _letter(letters, one.use, one.template, "", language).strip():
                return ""
            typed = _around(letters, one.use, one.template, language).within(body)
        except (InputError, ConflictError):
            continue  # a template that cannot be written did not write this
        if typed is not None:
            found.append("" if _is_place(typed) else typed.strip())
    return min(found, key=len)


def _is_place(typed: str) -> bool:
    return any(typed == words for said in _TYPED.values() for words in said.values())


def _around(letters: CaseLetters, use: str, template: UUID | None, language: str = "") -> _Around:
    """Return what a letter says around what was typed; what it has no place for stands above it."""
    mark = uuid4().hex
    before, found, after = _letter(letters, use, template, mark, language).strip().partition(mark)
    return _Around(before=before, after=after, says=True) if found else _Around("", f"\n\n{before}", says=False)


def _letter(letters: CaseLetters, use: str, template: UUID | None, typed: str, language: str = "") -> str:
    """Return a letter that says what was typed; where it has to say something and nothing was, a place for it."""
    if use not in ACTS:
        raise InputError("There is no such template.")
    needed = {name for name, one in use_called(use).variables.items() if not one.optional or use == "ticket.free"}
    return letters.write(
        use=use,
        template=template,
        language=language,
        answer=typed or (_TYPED["answer.text"][letters.language] if "answer.text" in needed else ""),
        request__items=listed(typed) or [_TYPED["request.items"][letters.language]],
        conformity__link=agree_link(NOT_ASKED),
    ).body
