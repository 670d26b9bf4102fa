"""What every answer of the API has in common, also where none of its views was reached."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from acuse.accounts.api_keys import KeyAccess
from acuse.accounts.rules import CALLS_WINDOW
from acuse.doors.api.problems import BY_STATUS, MEDIA_TYPE, SERVER_ERROR, Problem, respond
from acuse.doors.ui.security import DOWNLOAD_POLICY

PREFIX = "/api/"


def limit_headers(*, limit: int, remaining: int, reset: int) -> dict[str, str]:
    """The headers that tell a program its limit (draft-ietf-httpapi-ratelimit-headers-10).

    Args:
        limit: requests in each window.
        remaining: how many are left.
        reset: seconds until all of them are there again.
    """
    window = int(CALLS_WINDOW.total_seconds())
    return {"RateLimit-Policy": f'"key";q={limit};w={window}', "RateLimit": f'"key";r={remaining};t={reset}'}


class ApiMiddleware:
    """Keeps cookies out of the API, answers HEAD and OPTIONS, and turns every error page into a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        # Who is signed in to the console in the same browser has no part in this, nor has their language.
        request.META.pop("HTTP_COOKIE", None)
        request.META["HTTP_ACCEPT_LANGUAGE"] = "en"
        method = request.method
        if method == "HEAD":
            request.method = "GET"  # the server sends the head alone
        response = _as_problem(request, self.get_response(request), method)
        request.method = method
        opened = getattr(request, "auth", None)
        if isinstance(opened, KeyAccess):
            told = limit_headers(limit=opened.limit, remaining=opened.remaining, reset=opened.reset)
            for name, value in told.items():
                response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
        return response


def _as_problem(request: HttpRequest, response: HttpResponseBase, method: str | None) -> HttpResponseBase:
    """An error page of the web doors as a problem, with the headers that were already set."""
    if response.status_code == 405:
        response.headers["Allow"] = _allowed(response.headers.get("Allow", ""))
        if method == "OPTIONS":
            answer = HttpResponse(status=204, headers=dict(response.headers))
            del answer.headers["Content-Type"]
            answer.headers["Content-Length"] = "0"
            return answer
    if response.status_code < 400 or response.headers.get("Content-Type") == MEDIA_TYPE:
        return response
    kind = BY_STATUS.get(response.status_code, SERVER_ERROR)
    answer = respond(request, Problem(kind, kind.advice))
    for name, value in response.headers.items():
        if name.lower() not in {"content-type", "content-length", "cache-control", "content-language"}:
            answer.headers.setdefault(name, value)
    return answer


def _allowed(methods: str) -> str:
    given = {one.strip() for one in methods.split(",") if one.strip()}
    return ", ".join(sorted(given | {"OPTIONS"} | ({"HEAD"} if "GET" in given else set())))
