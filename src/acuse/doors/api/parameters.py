"""Parameters that an operation does not have, and answers about those that it has."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest
from ninja.errors import ValidationError, ValidationErrorContext
from pydantic import BaseModel

from acuse.doors.api.problems import INVALID, Problem


class Misunderstood(ValidationError):
    """Parameters that were not understood.

    Attributes:
        known: the names of those that the operation has.
    """

    def __init__(self, errors: list[dict[str, Any]], contexts: list[ValidationErrorContext[Any]]) -> None:
        super().__init__(errors)
        self.known = tuple(
            name
            for each in contexts
            if each.model.__ninja_param_source__ == "query"
            for name in each.model.__ninja_flatten_map__
        )


def refuse_others(request: HttpRequest, model: type[BaseModel] | None = None) -> None:
    """Refuse a query with parameters that are unknown or given twice: a misspelt filter would narrow nothing, unseen.

    Raises:
        Problem: naming each one.
    """
    found = _others(request, tuple(model.model_fields) if model else ())
    if found:
        raise _problem(found)


def _others(request: HttpRequest, known: Collection[str]) -> list[dict[str, str]]:
    """Say of each parameter that is not `known`, or is given twice, what is wrong with it."""
    listed = ", ".join(known)
    unknown = f"There is no such parameter here; there are {listed}." if known else "This takes no parameters."
    return [
        {"parameter": name[:80], "detail": "Give it once." if name in known else unknown}
        for name, values in request.GET.lists()
        if name not in known or len(values) > 1
    ]


def as_problem(request: HttpRequest, error: Misunderstood) -> Problem:
    """The problem of parameters that were not understood, and of those that are unknown beside them, each named."""
    found = [as_found(str(each["loc"][-1]), each) for each in error.errors]
    return _problem(found + _others(request, error.known))


def _problem(found: list[dict[str, str]]) -> Problem:
    first = found[0]
    return Problem(INVALID, f"{first['parameter']}: {first['detail']}", {"errors": found})


def as_found(name: str, error: dict[str, Any]) -> dict[str, str]:
    """Return what a problem says of one parameter, or member of a body, from an error of pydantic."""
    return {"parameter": name, "detail": _said(error)}


def _said(error: dict[str, Any]) -> str:
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{text[:1].upper()}{text[1:]}."
