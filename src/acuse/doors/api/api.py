"""The operations together, and what their failures are answered with."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationErrorContext

from acuse.doors.api import calls, cases, communications, documents, verification
from acuse.doors.api.keys import REALM
from acuse.doors.api.parameters import Misunderstood, as_problem
from acuse.doors.api.problems import CONFLICT, NO_KEY, SERVER_ERROR, UNAVAILABLE, Problem, invalid, respond
from acuse.errors import ConflictError, InputError, TemporaryError

DESCRIPTION = """Read what happened to certified communications: how far each got, every fact with its place in the
ledger, the message, the sealed certificate and its proof. Messages are submitted over SMTP, never here. Open cases of
the desk and follow them, with their deadlines; enter calls of a telephone exchange.

Times are RFC 3339 in UTC. Errors are problem details (RFC 9457). Pages are linked by `next`."""


class Api(NinjaAPI):
    """The API, whose errors of parameters know which ones there are."""

    def validation_error_from_error_contexts(self, error_contexts: list[ValidationErrorContext[Any]]) -> Misunderstood:
        """Tell of parameters that were not understood, for the answer to name the unknown ones beside them."""
        errors = super().validation_error_from_error_contexts(error_contexts).errors
        return Misunderstood(errors, error_contexts)


api = Api(
    title="Acuse",
    version="1",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/communications", communications.router)
api.add_router("/communications", documents.router)
api.add_router("/cases", cases.router)
api.add_router("/calls", calls.router)
api.add_router("/verify", verification.router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return respond(request, problem)


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return respond(request, Problem(NO_KEY, NO_KEY.advice, headers={"WWW-Authenticate": REALM}))


@api.exception_handler(Misunderstood)
def _invalid(request: HttpRequest, error: Misunderstood) -> HttpResponse:
    return respond(request, as_problem(request, error))


@api.exception_handler(InputError)
def _refused(request: HttpRequest, error: InputError) -> HttpResponse:
    return respond(request, invalid("body", str(error)))


@api.exception_handler(ConflictError)
def _conflict(request: HttpRequest, error: ConflictError) -> HttpResponse:
    return respond(request, Problem(CONFLICT, str(error)))


@api.exception_handler(TemporaryError)
def _unavailable(request: HttpRequest, error: TemporaryError) -> HttpResponse:
    return respond(request, Problem(UNAVAILABLE, UNAVAILABLE.advice), failure=error)


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    return respond(request, Problem(SERVER_ERROR, SERVER_ERROR.advice), failure=error)
