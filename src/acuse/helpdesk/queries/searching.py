"""How words find cases: each of them stands in the case itself or in what its customer is known by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from uuid import UUID

from django.contrib.postgres.search import SearchVectorExact, SearchVectorField
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from acuse.accounts.queries import Access
from acuse.contacts.words import meant, meant_among, whom
from acuse.evidence.fulltext import Lexemes, each_word, terms
from acuse.helpdesk.models import Ticket

#: Of how many cases, those of the latest word, the customers are looked at for a name that very many have.
LATEST = 1_000
#: How many cases that have one of the words are read to find out which have the others.
FEW = 500

#: Whom each word means; None for too many.
Named = Mapping[str, tuple[UUID, ...] | None]

_NOTHING = Value("", output_field=SearchVectorField())
_CUSTOMER = ("contact__search", "contact__company__search", "contact__merged_into__search")


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How words find cases.

    Attributes:
        each: conditions, of which each has an index of its own.
        all_customers: whether no case is missing for its customer's sake, whose name more have than are looked at.
    """

    each: tuple[Q, ...]
    all_customers: bool


def ways(access: Access, search: str, listed: "QuerySet[Ticket]") -> Ways:
    """Return how a search finds cases, for whatever many there are.

    All words in the case, all of them in what its customer is known by, or each in one of both. A name that very many
    have is looked for among the customers of the latest cases, and beside words of a case not at all.

    Args:
        access: of who asks.
        search: words, at least one.
        listed: the cases among which it finds them, in no order.
    """
    named = {part: meant(access.organisation, part) for part in _parts(search)}
    whole = _whole(access, search, named)
    theirs = _among_latest(access, search) if whole is None else whole
    found = (_in_case(named, listed), Q(contact_id__in=theirs))
    return Ways(
        each=found if len(named) == 1 else (*found, _in_both(named)),
        all_customers=None not in (whole, *named.values()),
    )


def _whole(access: Access, search: str, named: Named) -> tuple[UUID, ...] | None:
    """Return whom all words mean together; None for too many."""
    if len(named) == 1:
        return next(iter(named.values()))
    # Nobody has all words where nobody has one of them.
    return () if () in named.values() else meant(access.organisation, search)


def _in_case(named: Named, listed: "QuerySet[Ticket]") -> Q:
    """Return the condition that all words are in the case itself.

    The index gathers whatever has a word that begins like any of them before it knows what has all. Few cases have a
    customer's name in what they say: those are read instead.
    """
    all_words = _lexemes(_all_said(named))
    names = [part for part, contacts in named.items() if contacts != ()]
    if len(named) > 1 and names:
        name = _lexemes(_said(max(names, key=len)))
        few = list(listed.filter(search=name).values_list("id", flat=True)[: FEW + 1])
        if len(few) <= FEW:
            return Q(id__in=few) & Q(_read(("search",), all_words))
    return Q(search=all_words)


def _in_both(named: Named) -> Q:
    """Return the condition that each word is in one of both."""
    known = {part: contacts or () for part, contacts in named.items()}
    somebody = Q(contact_id__in={one for contacts in known.values() for one in contacts})
    either = [Q(search=_lexemes(_said(part))) | Q(contact_id__in=contacts) for part, contacts in known.items()]
    return reduce(and_, either, somebody)


def read_for(search: str) -> Q:
    """Return the condition that words find a case, for few that are read anyway, with their customers.

    No index answers it: PostgreSQL cannot know how many rows hold a word by its beginning, and may look up all of them
    to find out which of a few rows do. Of customers that were merged, it reads the one in whose name the case stands,
    its company and what it was merged into itself.

    Args:
        search: words, at least one.
    """
    parts = _parts(search)
    if len(parts) > 1:
        return Q(_read(("search", *_CUSTOMER), _lexemes(_all_said(parts))))
    return Q(_read(("search",), _lexemes(_said(search)))) | Q(_read(_CUSTOMER, _lexemes(whom(search))))


def _parts(search: str) -> list[str]:
    """Return the words of a search, each of which may be in the case or its customer's; a divided number is one."""
    return each_word(search) if whom(search) == terms(search) else [search]


def _all_said(parts: Iterable[str]) -> str:
    return " & ".join(map(_said, parts))


def _said(part: str) -> str:
    """Return the tsquery of a word, or of a number in one word or as it is divided, in what a case says."""
    words, number = terms(part), whom(part)
    # An index gathers what begins like a word as often as the word is asked for.
    return words if words == number else f"({words} | {number})"


def _among_latest(access: Access, search: str) -> tuple[UUID, ...]:
    latest = Ticket.objects.filter(organisation_id=access.organisation).order_by("-last_at", "-id")
    return meant_among(access.organisation, search, latest.values_list("contact_id", flat=True)[:LATEST])


def _lexemes(words: str) -> Lexemes:
    return Lexemes(words, search_type="raw")


def _read(said: Sequence[str], words: Lexemes) -> SearchVectorExact:
    """Return the condition that what some columns say together has the words; no index answers it."""
    return SearchVectorExact(
        Func(
            *(Coalesce(F(one), _NOTHING) for one in said),
            template="strip(%(expressions)s)",
            arg_joiner=" || ",
            output_field=SearchVectorField(),
        ),
        words,
    )
