"""Whom words mean: the contacts that have them, for lists of what is theirs, such as cases."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from acuse.contacts import rules
from acuse.contacts.family import families
from acuse.contacts.models import Contact
from acuse.evidence.fulltext import Lexemes, terms

MOST = 1_000
"""Contacts of which everything can be looked for; a name that more have is looked for among some of them."""


def whom(search: str) -> str:
    """Return the tsquery of a search for contacts; "" for no word.

    A number is one word however blanks and signs divide it. What signs alone divide may be none: house 123-125.
    """
    number, words = terms(rules.asked(search)), terms(search)
    return number if number == words or len(search.split()) > 1 else f"({number} | {words})"


def meant(organisation: UUID, search: str) -> tuple[UUID, ...] | None:
    """Return all contacts that somebody may mean, or None where they are more than `MOST`.

    Args:
        organisation: whose contacts.
        search: words of a name, a tax number or an address, each by its beginning, accents aside.

    Returns:
        Those that have all the words, those who work for such a company, and whatever is one with any of them.
    """
    words = whom(search)
    if not words:
        return ()
    rows = _known(organisation)
    named = list(rows.filter(search=Lexemes(words)).values_list("id", flat=True)[: MOST + 1])
    if not named or len(named) > MOST:
        return None if named else ()
    people = list(rows.filter(company__in=named).values_list("id", flat=True)[: MOST + 1])
    return None if len(people) > MOST else families(organisation, {*named, *people})


def meant_among(organisation: UUID, search: str, contacts: "QuerySet[Any, UUID]") -> tuple[UUID, ...]:
    """Return those of some contacts that somebody may mean, as `meant` does, with whatever is one with them.

    Args:
        organisation: whose contacts. search: see `meant`.
        contacts: a question for their ids, at most some thousands; it stays one, to be answered where they are.
    """
    words = Lexemes(whom(search))
    has = Q(search=words) | Q(company__search=words) | Q(merged_into__search=words)
    found = _known(organisation).filter(has, id__in=contacts).values_list("id", flat=True)
    return families(organisation, found)


def _known(organisation: UUID) -> "QuerySet[Contact]":
    return Contact.objects.filter(organisation_id=organisation, erased_at=None)
