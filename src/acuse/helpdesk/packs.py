"""Terms that are ready to be added to a policy. Pure.

Both packs have the customer's term to complete a claim, because the letters that ask for documents name it whatever the
policy says, and only a term of a published policy is counted. Of two that apply the first begins.

The law's: Ley 10/2025, article 17 (15 business days; 5 days where the customer complains of what was charged; 2 hours
to say what became of a service that is interrupted) and 13.3 (10 business days for the customer to complete a claim,
after which the organisation's own term begins). Where the law says "days" without "business", every day counts (Código
Civil, article 5.2).
"""

from collections.abc import Mapping
from uuid import UUID

from acuse.errors import InputError
from acuse.proof.business_time import Term
from acuse.proof.facts.ticket import TYPE_NAMES
from acuse.proof.policy import Case, PolicyTerm

#: Everything that waits for an answer; thanks do not.
_ASKS = tuple(name for name in TYPE_NAMES if name != "thanks")
#: What the law calls consulta, queja, reclamación and incidencia (article 3).
_LAW = ("inquiry", "claim", "complaint", "incident")

_NAMES: Mapping[str, Mapping[str, str]] = {
    "es": {
        "first_response": "Primera respuesta",
        "resolution": "Resolución",
        "completion": "Subsanación",
        "law_information": "Ley 10/2025, información",
        "law_resolution": "Ley 10/2025, resolución",
        "law_completion": "Ley 10/2025, subsanación",
    },
    "en": {
        "first_response": "First response",
        "resolution": "Resolution",
        "completion": "Completion",
        "law_information": "Ley 10/2025, information",
        "law_resolution": "Ley 10/2025, resolution",
        "law_completion": "Ley 10/2025, completion",
    },
}


def _standard(names: Mapping[str, str], calendar: UUID) -> tuple[PolicyTerm, ...]:
    return (
        PolicyTerm(
            purpose="first_response",
            name=names["first_response"],
            calendar=calendar,
            cases=(Case(types=_ASKS, term=Term(amount=24, unit="natural_hours")),),
        ),
        PolicyTerm(
            purpose="resolution",
            name=names["resolution"],
            calendar=calendar,
            cases=(Case(types=_ASKS, term=Term(amount=48, unit="business_hours")),),
            pauses_on=("customer", "documents", "adr", "agreed"),
        ),
        _completion(names["completion"], calendar),
    )


def _completion(name: str, calendar: UUID) -> PolicyTerm:
    return PolicyTerm(
        purpose="completion",
        name=name,
        calendar=calendar,
        cases=(Case(term=Term(amount=10, unit="business_days")),),
    )


def _law(names: Mapping[str, str], calendar: UUID) -> tuple[PolicyTerm, ...]:
    return (
        PolicyTerm(
            purpose="first_response",
            name=names["law_information"],
            calendar=calendar,
            cases=(Case(matters=("continuity",), term=Term(amount=2, unit="natural_hours")),),
        ),
        PolicyTerm(
            purpose="resolution",
            name=names["law_resolution"],
            calendar=calendar,
            cases=(
                Case(types=_LAW, matters=("billing",), term=Term(amount=5, unit="natural_days")),
                Case(types=_LAW, term=Term(amount=15, unit="business_days")),
            ),
            on_resume="restart",
            pauses_on=("documents",),
        ),
        _completion(names["law_completion"], calendar),
    )


_PACKS = {"standard": _standard, "ley-10-2025": _law}
CODES = tuple(_PACKS)


def pack(code: str, *, calendar: UUID, language: str) -> tuple[PolicyTerm, ...]:
    """Return the terms of a pack, ready to stand in a policy.

    Args:
        code: one of `CODES`.
        calendar: what they are to be counted by.
        language: of their names, "es" or "en".

    Raises:
        InputError: there is no such pack.
    """
    if code not in _PACKS:
        raise InputError("There is no such set of terms.")
    return _PACKS[code](_NAMES[language], calendar)
