"""The OpenAPI 3.1 document: what django-ninja derives from the types, and what it cannot know."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from pydantic import BaseModel

from acuse.doors.api import problems
from acuse.doors.api.api import api
from acuse.doors.api.case_shapes import NewCall, NewCase, NewMessage
from acuse.doors.api.keys import ApiKey
from acuse.doors.api.shapes import ProblemDetails

_REF = "#/components/schemas/{model}"
_ALWAYS = (problems.NO_KEY, problems.NO_SCOPE, problems.INVALID, problems.TOO_MANY, problems.SERVER_ERROR)
_ONE = (problems.NOT_FOUND,)
_ENTERED = (problems.CONFLICT, problems.TOO_BIG, problems.MEDIA, problems.UNAVAILABLE)
_FILE = (problems.NOT_FOUND, problems.PRECONDITION, problems.UNAVAILABLE)
_FURTHER = {
    "listCommunications": _ONE,
    "getCommunication": _ONE,
    "getFacts": _ONE,
    "getContent": _FILE,
    "getCertificate": _FILE,
    "getProof": _FILE,
    "listCases": _ONE,
    "openCase": _ENTERED,
    "getCase": (problems.NOT_FOUND, problems.UNAVAILABLE),
    "getCaseFacts": _ONE,
    "getCaseProof": (*_FILE, problems.NOT_PROVED),
    "addMessage": (problems.NOT_FOUND, *_ENTERED),
    "enterCall": (problems.NOT_FOUND, *_ENTERED),
    "verify": (problems.TOO_BIG, problems.MEDIA),
}
_BINARY = {"type": "string", "format": "binary"}
_FILES = {
    "getContent": {"message/rfc822": _BINARY},
    "getCertificate": {"application/pdf": _BINARY},
    "getProof": {"application/json": {"type": "object"}, "application/zip": _BINARY},
    "getCaseProof": {"application/json": {"type": "object"}, "application/zip": _BINARY},
}
#: What django-ninja does not meet, because an operation reads its body itself, or raises it.
_TYPES: dict[str, type[BaseModel]] = {
    "Problem": ProblemDetails,
    "NewCase": NewCase,
    "NewMessage": NewMessage,
    "NewCall": NewCall,
}
_LIMITS = {
    "RateLimit-Policy": 'Requests of the key in a window of seconds, such as `"key";q=600;w=60`',
    "RateLimit": 'How many are left and when all are there again, such as `"key";r=599;t=60`',
}
_TEXT = {"type": "string"}


@require_safe
def serve(request: HttpRequest) -> HttpResponse:
    """Serve the document; no key is needed to read it."""
    return JsonResponse(document())


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=""))
    made["servers"] = [{"url": f"{settings.ACUSE.public_url}/api/v1"}]
    for name, shape in _TYPES.items():
        schema = shape.model_json_schema(ref_template=_REF)
        made["components"]["schemas"] |= {**schema.pop("$defs", {}), name: schema}
    made["components"]["headers"] = {name: {"description": text, "schema": _TEXT} for name, text in _LIMITS.items()}
    made["components"]["securitySchemes"]["ApiKey"]["description"] = problems.NO_KEY.advice
    scopes = scopes_of(api)
    for methods in made["paths"].values():
        for operation in methods.values():
            _complete(operation, scopes[operation["operationId"]])
    return made


def scopes_of(api: NinjaAPI) -> dict[str, str]:
    """The scope that each operation asks for, by its id."""
    found: dict[str, str] = {}
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                for key in operation.auth_callbacks:
                    assert isinstance(key, ApiKey)
                    found[str(operation.operation_id)] = key.scope
    return found


def _complete(operation: dict[str, Any], scope: str) -> None:
    """Add to one operation its scope, its headers and its problems."""
    name = operation["operationId"]
    operation["security"] = [{"ApiKey": [scope]}]
    operation["description"] += f"\n\nScope: `{scope}`."
    responses = {str(status): details for status, details in operation["responses"].items()}
    operation["responses"] = responses
    if name in _FILES:
        responses["200"] = {
            "description": "The file",
            "content": {kind: {"schema": schema} for kind, schema in _FILES[name].items()},
            "headers": {
                "ETag": {"description": "Its SHA-256, in hex and in quotes", "schema": _TEXT},
                "Repr-Digest": {"description": "Its SHA-256 (RFC 9530)", "schema": _TEXT},
                "Content-Disposition": {"description": "`attachment`, with a file name", "schema": _TEXT},
            },
        }
        responses["304"] = {"description": "`If-None-Match` names the bytes you have"}
    for status in ("200", "201"):
        if status in responses:
            headers = responses[status].setdefault("headers", {})
            headers |= {header: {"$ref": f"#/components/headers/{header}"} for header in _LIMITS}
    for kind in (*_ALWAYS, *_FURTHER[name]):
        responses[str(kind.status)] = _problem(kind)


def _problem(kind: problems.Kind) -> dict[str, Any]:
    headers = {}
    if kind is problems.TOO_MANY:
        headers["Retry-After"] = {"description": "Seconds to wait", "required": True, "schema": {"type": "integer"}}
    if kind in {problems.NO_KEY, problems.NO_SCOPE}:
        headers["WWW-Authenticate"] = {"description": "RFC 6750", "required": True, "schema": _TEXT}
    return {
        "description": kind.title,
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        **({"headers": headers} if headers else {}),
    }
