"""The one catalogue of types of fact, and the checks of details against it.

A type that is not in it still verifies in structure, chain and inclusion, but weighs nothing in a verdict: a fact
written by a later version must not break an older verifier.
"""

from collections.abc import Mapping
from typing import Any

from acuse.errors import InputError
from acuse.proof.facts import communication, organisation
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.schema import FactType

CATALOGUE: Mapping[str, FactType] = {kind.name: kind for kind in (*communication.TYPES, *organisation.TYPES)}
"""Name of the type -> what it is."""


def check_details(type: str, details: Mapping[str, Any]) -> None:
    """Check `details` against the schema of the type.

    Raises:
        InputError: the type is not in the catalogue, or a member is missing, unknown or wrong.
    """
    _known(type).details.check(details, type)


def check_fact(fact: Fact) -> None:
    """Check a fact to be recorded: its details, its kind of subject, and the roles of its objects.

    Raises:
        InputError: it does not fit its type.
    """
    kind = _known(fact.type)
    if fact.subject.kind not in kind.kinds:
        raise InputError("%(type)s is not recorded about a %(kind)s.", type=fact.type, kind=fact.subject.kind)
    for reference in fact.objects:
        if reference.role not in kind.roles:
            raise InputError("%(type)s cites no object in the role of %(role)s.", type=fact.type, role=reference.role)
    kind.details.check(fact.details, fact.type)


def _known(type: str) -> FactType:
    try:
        return CATALOGUE[type]
    except KeyError as error:
        raise InputError("There is no type of fact called %(type)r in the catalogue.", type=type[:80]) from error
