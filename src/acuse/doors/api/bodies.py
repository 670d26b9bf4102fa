"""Bodies in JSON: read within a limit, checked by their type, and told of in the OpenAPI document."""

from typing import Any, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from acuse.doors.api.parameters import as_found
from acuse.doors.api.problems import INVALID, MEDIA, TOO_BIG, Problem, invalid

_MEDIA_TYPE = "application/json"
_MOST_ERRORS = 20
#: Files of 25 MB in base64, and the words beside them.
MOST = 36 * 1024 * 1024

Body = TypeVar("Body", bound=BaseModel)


def read_body(request: HttpRequest, shape: type[Body]) -> Body:
    """Read what a request carries.

    Raises:
        Problem: of another media type, too big, or not of this shape.
    """
    if request.META.get("CONTENT_LENGTH") in {None, "", "0"}:
        raise invalid("body", "Send the JSON as the body, with its Content-Length.")
    if request.content_type != _MEDIA_TYPE or "HTTP_CONTENT_ENCODING" in request.META:
        raise Problem(MEDIA, f"Send {_MEDIA_TYPE}, without a content encoding.")
    raw: bytes = request.read(MOST + 1)
    if len(raw) > MOST:
        raise Problem(TOO_BIG, TOO_BIG.advice)
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        found = [as_found(_place(each["loc"]), dict(each)) for each in error.errors()[:_MOST_ERRORS]]
        first = found[0]
        raise Problem(INVALID, f"{first['parameter']}: {first['detail']}", {"errors": found}) from None


def takes(shape: type[BaseModel], description: str) -> dict[str, Any]:
    """Return what the OpenAPI document says of an operation with such a body; `openapi.document` has the type."""
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {"requestBody": {"required": True, "description": description, "content": {_MEDIA_TYPE: {"schema": schema}}}}


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc)[:80] or "body"
