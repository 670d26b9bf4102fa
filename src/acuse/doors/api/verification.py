"""Verification of a file, the same as on the public page."""

from django.http import HttpRequest
from ninja import Router

from acuse.doors.api import telling
from acuse.doors.api.keys import ApiKey
from acuse.doors.api.parameters import refuse_others
from acuse.doors.api.problems import MEDIA, TOO_BIG, Problem, invalid
from acuse.doors.api.shapes import Verification
from acuse.doors.portal.verify import examine
from acuse.doors.ui.uploads import MAX_UPLOAD

router = Router(tags=["verification"])
#: A verification takes as long as many readings.
COST = 10
#: What a file may be sent as; of JSON, any.
_BINARY = {"type": "string", "format": "binary", "minLength": 1}
MEDIA_TYPES: dict[str, dict[str, object]] = {
    "application/pdf": _BINARY,
    "application/json": {},
    "application/zip": _BINARY,
    "message/rfc822": _BINARY,
    "application/octet-stream": _BINARY,
}


@router.post(
    "",
    auth=ApiKey("verify", cost=COST),
    response=Verification,
    operation_id="verify",
    summary="Verify a file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The file itself: a certificate, a proof, or a message to be looked for. It is not kept.",
            "content": {media_type: {"schema": schema} for media_type, schema in MEDIA_TYPES.items()},
        }
    },
)
def verify(request: HttpRequest) -> Verification:
    """What a file proves by itself, and whether this installation issued or certified exactly these bytes.

    Counts as ten requests.
    """
    refuse_others(request)
    raw = _body(request)
    checked = examine(raw, name="")
    report = checked.report.to_members()
    del report["file"], report["exit_status"]  # of the command's file and the command alone
    return Verification(
        sha256=checked.sha256,
        size=checked.size,
        title=checked.outcome.title,
        text=checked.outcome.text,
        report=report,
        issued=None if checked.record is None else telling.issued(checked.record),
        certified=None if checked.content is None else telling.certified(checked.content),
    )


def _body(request: HttpRequest) -> bytes:
    """Read the file that a request carries.

    Raises:
        Problem: of another media type, too big or empty.
    """
    if request.META.get("CONTENT_LENGTH") in {None, "", "0"}:
        raise invalid("body", "Send the file as the body, with its Content-Length.")
    if request.content_type not in MEDIA_TYPES or "HTTP_CONTENT_ENCODING" in request.META:
        raise Problem(MEDIA, f"Send the file itself, as one of {', '.join(MEDIA_TYPES)}, without a content encoding.")
    raw: bytes = request.read(MAX_UPLOAD + 1)
    if len(raw) > MAX_UPLOAD:
        raise Problem(TOO_BIG, TOO_BIG.advice)
    return raw
