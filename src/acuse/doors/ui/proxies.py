"""The client's own address behind reverse proxies, so that limits and lock-outs count people and not the proxy.

Only the last entries of X-Forwarded-For, as many as there are trusted proxies, were written by them; whatever stands
before was written by the client and proves nothing.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class TrustedProxiesMiddleware:
    """Puts the address that the outermost trusted proxy saw into REMOTE_ADDR."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._trusted: int = settings.ACUSE.trusted_proxies

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request with the client's address."""
        seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if self._trusted and len(seen) >= self._trusted and seen[-self._trusted]:
            request.META["REMOTE_ADDR"] = seen[-self._trusted][:64]
        return self._get_response(request)
