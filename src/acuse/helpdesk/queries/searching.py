"""How words find cases: each of them stands in the case itself or in what its customer is known by."""

from collections.abc import Mapping, Sequence
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
    named = {part: meant(access.organisation, part) for part in each_word(search)}
    whole = _whole(access, search, named)
    theirs = _among_latest(access, search) if whole is None else whole
    found = (_in_case(search, named, listed), Q(contact_id__in=theirs))
    return Ways(
        each=found if len(named) == 1 else (*found, _in_both(named)),
        all_customers=whole is not None if theirs else None not in named.values(),
    )


def _whole(access: Access, search: str, named: Named) -> tuple[UUID, ...] | None:
    """Return whom all words mean together; None for too many."""
    if len(named) == 1:
        return next(iter(named.values()))
    # Nobody has all words where nobody has one of them; but a number may be divided by blanks.
    if () in named.values() and whom(search) == terms(search):
        return ()
    return meant(access.organisation, search)


def _in_case(search: str, named: Named, listed: "QuerySet[Ticket]") -> Q:
    """Return the condition that all words are in the case itself.

    The index gathers whatever has a word that begins like any of them before it knows what has all. Few cases have a
    customer's name in what they say: those are read instead.
    """
    all_words = _lexemes(terms(search))
    names = [part for part, contacts in named.items() if contacts != ()]
    if len(named) > 1 and names:
        name = _lexemes(terms(max(names, key=len)))
        few = list(listed.filter(search=name).values_list("id", flat=True)[: FEW + 1])
        if len(few) <= FEW:
            return Q(id__in=few) & Q(_read(("search",), all_words))
    return Q(search=all_words)


def _in_both(named: Named) -> Q:
    """Return the condition that each word is in one of both."""
    known = {part: contacts or () for part, contacts in named.items()}
    somebody = Q(contact_id__in={one for contacts in known.values() for one in contacts})
    either = [Q(search=_lexemes(terms(part))) | Q(contact_id__in=contacts) for part, contacts in known.items()]
    return reduce(and_, either, somebody)


def read_for(search: str) -> SearchVectorExact:
    """Return the condition that words find a case, for few that are read anyway, with their customers.

    No index answers it: PostgreSQL cannot know how many rows hold a word by its beginning, and may look up all of them
    to find out which of a few rows do. Of a contact into whom another was merged, the other's words are not looked at.

    Args:
        search: words, at least one.
    """
    either = " & ".join(f"({terms(part)} | {whom(part)})" for part in each_word(search))
    said = ("search", "contact__search", "contact__company__search", "contact__merged_into__search")
    return _read(said, _lexemes(f"({either}) | {whom(search)}"))


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
