"""The one catalogue of types of fact, and the checks of details against it.

A type that is not in it still verifies in structure, chain and inclusion, but weighs nothing in a verdict: a fact
written by a later version must not break an older verifier.
"""

from collections.abc import Mapping

from acuse.errors import InputError
from acuse.proof.facts import (
    access,
    calendar,
    communication,
    composition,
    contact,
    deadline,
    desk,
    faq,
    organisation,
    phone,
    reception,
    suppression,
    ticket,
    tracking,
)
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.schema import FactType

CATALOGUE: Mapping[str, FactType] = {
    kind.name: kind
    for kind in (
        *communication.TYPES,
        *suppression.TYPES,
        *access.TYPES,
        *tracking.TYPES,
        *reception.TYPES,
        *contact.TYPES,
        *ticket.TYPES,
        *calendar.TYPES,
        *deadline.TYPES,
        *desk.TYPES,
        *phone.TYPES,
        *faq.TYPES,
        *composition.TYPES,
        *organisation.TYPES,
    )
}
"""Name of the type -> what it is."""


def fits_type(fact: Fact) -> bool:
    """Return whether the details of a fact are what its type says; what is of no type in the catalogue says nothing."""
    kind = CATALOGUE.get(fact.type)
    try:
        if kind is not None:
            kind.details.check(fact.details, fact.type)
    except InputError:
        return False
    return kind is not None


def check_fact(fact: Fact) -> None:
    """Check a fact to be recorded: its kind of subject, the roles of its objects, and its details.

    Raises:
        InputError: its type is not in the catalogue, or it does not fit it.
    """
    kind = CATALOGUE.get(fact.type)
    if kind is None:
        raise InputError("There is no type of fact called %(type)r in the catalogue.", type=fact.type[:80])
    if fact.subject.kind not in kind.kinds:
        raise InputError("%(type)s is not recorded about a %(kind)s.", type=fact.type, kind=fact.subject.kind)
    for reference in fact.objects:
        if reference.role not in kind.roles:
            raise InputError("%(type)s cites no object in the role of %(role)s.", type=fact.type, role=reference.role)
    kind.details.check(fact.details, fact.type)
