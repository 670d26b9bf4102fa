"""What the API answers when it cannot answer: problem details (RFC 9457), each of a type that the reference describes.

Every one has an id of its own, which stands in the log too. None says anything of what belongs to somebody else.
"""

import json
import logging
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type of problem.

    Attributes:
        name: anchor in the reference; the end of the type's URI.
        status: of HTTP.
        title: the same for every problem of the type.
        advice: what whoever meets it can do.
    """

    name: str
    status: int
    title: str
    advice: str

    @property
    def uri(self) -> str:
        """The URI of the type, which leads to its description."""
        return f"{settings.ACUSE.public_url}/api/v1/#{self.name}"


BAD_REQUEST = Kind(
    name="bad-request",
    status=400,
    title="The request could not be understood",
    advice="The request breaks HTTP itself, for example its host name or its encoding. Correct the program.",
)
NO_KEY = Kind(
    name="no-key",
    status=401,
    title="No valid API key",
    advice=(
        "Send `Authorization: Bearer acuse_…` with a key that an owner or administrator made in the settings of the "
        "organisation. It is not said whether a key is unknown, expired or revoked."
    ),
)
NO_SCOPE = Kind(
    name="scope-missing",
    status=403,
    title="The key may not do this",
    advice="Use a key with the scope that `scope` names; scopes of a key do not change, so make another.",
)
NOT_FOUND = Kind(
    name="not-found",
    status=404,
    title="There is nothing here",
    advice="It does not exist, or it is another organisation's: the answer is the same.",
)
NOT_ISSUED = Kind(
    name="not-issued",
    status=404,
    title="The document does not exist yet",
    advice=(
        "`document` says how far it is: `none` (nobody has asked for it; a certificate is asked for when the outcome "
        "is final) or `requested` (it is issued after `due_at`). Ask again later."
    ),
)
METHOD = Kind(
    name="method-not-allowed",
    status=405,
    title="This address does not take that method",
    advice="`Allow` lists those it takes.",
)
CONFLICT = Kind(
    name="conflict",
    status=409,
    title="It cannot be done as things stand",
    advice="`detail` says what stands in its way, for example that the reference names something else already.",
)
NOT_PROVED = Kind(
    name="not-proved",
    status=409,
    title="The proof does not exist yet",
    advice="The last fact waits for a time stamp over it. Ask again in some minutes.",
)
PRECONDITION = Kind(
    name="precondition-failed",
    status=412,
    title="It is not what you have",
    advice="`If-Match` names another version of the bytes. Ask without it.",
)
TOO_BIG = Kind(
    name="too-big",
    status=413,
    title="The file is too big",
    advice=(
        "Files of up to 64 MiB are verified here; bigger ones by `acuse verify FILE` on any computer. What is entered "
        "in a case takes 10 files of 25 MB together."
    ),
)
MEDIA = Kind(
    name="unsupported-media-type",
    status=415,
    title="That kind of body is not taken",
    advice=(
        "To verify a file, send it as the body, not in a form, with its own media type or `application/octet-stream`; "
        "everything else is entered as `application/json`. Neither takes a content encoding."
    ),
)
INVALID = Kind(
    name="invalid-parameter",
    status=422,
    title="A parameter cannot be used",
    advice="`errors` names each one, or each member of the body, and says what is wrong with it.",
)
TOO_MANY = Kind(
    name="too-many-requests",
    status=429,
    title="Too many requests",
    advice=(
        "Wait for as many seconds as `Retry-After` says. A key has so many requests a minute; an address that "
        "presents fifty wrong keys is locked out for a quarter of an hour."
    ),
)
SERVER_ERROR = Kind(
    name="server-error",
    status=500,
    title="Something failed on our side",
    advice="Try again later; if it goes on, give `instance` to whoever runs the installation: it is in their log.",
)
UNAVAILABLE = Kind(
    name="unavailable",
    status=503,
    title="It cannot be given now",
    advice="The same request may work later. If it goes on, give `instance` to whoever runs the installation.",
)
KINDS = (
    BAD_REQUEST,
    NO_KEY,
    NO_SCOPE,
    NOT_FOUND,
    NOT_ISSUED,
    METHOD,
    CONFLICT,
    NOT_PROVED,
    PRECONDITION,
    TOO_BIG,
    MEDIA,
    INVALID,
    TOO_MANY,
    SERVER_ERROR,
    UNAVAILABLE,
)
BY_STATUS = {kind.status: kind for kind in reversed(KINDS)}


@dataclass(eq=False)
class Problem(Exception):
    """Raised by a view instead of an answer.

    Args:
        kind: its type.
        detail: what is wrong with this request and what to do, one or two sentences.
        members: further members of the problem.
        headers: of the response.
    """

    kind: Kind
    detail: str
    members: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def invalid(parameter: str, detail: str) -> Problem:
    """The problem of one parameter."""
    return Problem(INVALID, detail, {"errors": [{"parameter": parameter, "detail": detail}]})


def respond(request: HttpRequest, problem: Problem, *, failure: Exception | None = None) -> HttpResponse:
    """Answer with a problem and write it to the log.

    Args:
        request: whose path, never its query, goes to the log.
        problem: what to say.
        failure: a fault of ours behind it, for the log alone.
    """
    kind, instance = problem.kind, f"urn:uuid:{uuid4()}"
    noted = {"instance": instance, "problem": kind.name, "status": kind.status, "path": request.path}
    level = logging.ERROR if kind.status >= SERVER_ERROR.status else logging.INFO
    log.log(level, "the API answered with a problem", extra=noted, exc_info=failure)
    members = {
        "type": kind.uri,
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "instance": instance,
        **problem.members,
    }
    content = json.dumps(members, ensure_ascii=False).encode()
    response = HttpResponse(
        content,
        status=kind.status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", "Content-Length": str(len(content)), **problem.headers},
    )
    # Django would note it again, with the query, in which addresses of people may stand.
    setattr(response, "_has_been_logged", True)  # noqa: B010
    return response
