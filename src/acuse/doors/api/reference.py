"""The reference for people: every operation with an example, and every type of problem, from the OpenAPI document."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from acuse.doors.api.openapi import document
from acuse.doors.api.problems import KINDS

SAMPLE = "0190f3a2-5c4e-7d11-9a3b-2f60c1d4e8a7"
_QUERIES = {
    "listCommunications": "?status=failed&limit=100",
    "getCertificate": "?revision=1",
    "listCases": "?status=new&updated_from=2026-11-20T00:00:00Z",
}
_BODIES = {
    "openCase": (
        '{"address": "ana@cliente.example", "subject": "Caldera", "text": "No enciende.", "reference": "crm-4711"}'
    ),
    "addMessage": '{"text": "Ahora tampoco sale agua.", "reference": "crm-4711-2"}',
    "enterCall": (
        '{"line": "Centralita", "started_at": "2026-11-20T09:30:00Z", "result": "lost", "waited": 34, '
        '"reference": "pbx-88213"}'
    ),
}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation as the reference shows it."""

    id: str
    method: str
    path: str
    summary: str
    text: str
    scope: str
    parameters: tuple[Parameter, ...]
    answers: tuple[Parameter, ...]
    example: str


def operations() -> list[Operation]:
    """Every operation, in the order of the document."""
    made = document()
    base = made["servers"][0]["url"]
    return [
        _operation(base, path, method, details)
        for path, methods in made["paths"].items()
        for method, details in methods.items()
    ]


def _operation(base: str, path: str, method: str, details: dict[str, Any]) -> Operation:
    name = details["operationId"]
    ((scope,),) = (each["ApiKey"] for each in details["security"])
    return Operation(
        id=name,
        method=method.upper(),
        path=path,
        summary=details["summary"],
        text=details["description"].partition("\n\nScope:")[0],
        scope=scope,
        parameters=(
            *(
                Parameter(name=each["name"], text=_described(each.get("description", ""), each["schema"]))
                for each in details["parameters"]
                if each["in"] == "query"
            ),
            *_members(details.get("requestBody", {})),
        ),
        answers=tuple(
            Parameter(name=status, text=answer["description"])
            for status, answer in sorted(details["responses"].items())
        ),
        example=_example(base, path, name),
    )


def _members(body: dict[str, Any]) -> list[Parameter]:
    """The members of a body in JSON that has a type of its own."""
    reference = body.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    shape = document()["components"]["schemas"].get(reference.rpartition("/")[2], {"properties": {}})
    return [
        Parameter(name=name, text=_described("in the body" + ("" if name in shape["required"] else ", optional"), each))
        for name, each in shape["properties"].items()
    ]


def _described(text: str, schema: dict[str, Any]) -> str:
    """What a parameter means, its values, bounds and default; `text` is what is said before."""
    kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    kind = kinds[0]
    parts = [text]
    parts += [each["description"] for each in (schema, kind) if "description" in each and each["description"] != text][
        :1
    ]
    if "enum" in kind:
        parts.append("one of " + ", ".join(str(each) for each in kind["enum"]))
    elif kind.get("format") == "date-time":
        parts.append("RFC 3339 with a zone, such as 2026-11-01T00:00:00Z")
    elif "minimum" in kind:
        parts.append(f"{kind['minimum']:,} to {kind['maximum']:,}")
    elif "maxLength" in kind:
        parts.append(f"at most {kind['maxLength']} characters")
    if schema.get("default") is not None:
        parts.append(f"{schema['default']} where it is not given")
    return "; ".join(part for part in parts if part)


def _example(base: str, path: str, name: str) -> str:
    """A command that anybody with curl and a key can try."""
    address = f"{base}{path}{_QUERIES.get(name, '')}".replace("{id}", SAMPLE)
    command = f'curl -H "Authorization: Bearer $ACUSE_API_KEY" "{address}"'
    if name == "verify":
        command = command.replace("curl", "curl --data-binary @certificate.pdf -H 'Content-Type: application/pdf'", 1)
    if name in _BODIES:
        command = command.replace("curl", f"curl --json '{_BODIES[name]}'", 1)
    if name in {"getContent", "getCertificate", "getProof", "getCaseProof"}:
        command = command.replace("curl", "curl -OJ", 1)
    return command


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show the reference; no key is needed to read it."""
    context = {
        "operations": operations(),
        "kinds": KINDS,
        "limit": settings.ACUSE.api_rate_limit,
        "base": document()["servers"][0]["url"],
    }
    return render(request, "api/reference.html", context)
