"""Parameters that an operation does not have, and answers about those that it has."""

from typing import Any

from django.http import HttpRequest
from pydantic import BaseModel

from acuse.doors.api.problems import INVALID, Problem, invalid


def refuse_others(request: HttpRequest, model: type[BaseModel] | None = None) -> None:
    """Refuse a query with parameters that are unknown or given twice: a misspelt filter would narrow nothing, unseen.

    Raises:
        Problem: naming the first one.
    """
    known = model.model_fields.keys() if model else ()
    for name, values in request.GET.lists():
        if name not in known:
            listed = ", ".join(known)
            said = f"There is no such parameter here; there are {listed}." if known else "This takes no parameters."
            raise invalid(name[:80], said)
        if len(values) > 1:
            raise invalid(name, "Give it once.")


def as_problem(errors: list[dict[str, Any]]) -> Problem:
    """The problem of parameters that were not understood, each named, as django-ninja lists them."""
    found = [{"parameter": str(each["loc"][-1]), "detail": _said(each)} for each in errors]
    first = found[0]
    return Problem(INVALID, f"{first['parameter']}: {first['detail']}", {"errors": found})


def _said(error: dict[str, Any]) -> str:
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{text[:1].upper()}{text[1:]}."
