"""Whose address counts behind reverse proxies."""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from acuse.doors.ui.proxies import TrustedProxiesMiddleware


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1, 203.0.113.9, 192.0.2.77", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
    ],
)
def test_only_what_trusted_proxies_wrote_counts(
    monkeypatch: pytest.MonkeyPatch, trusted: int, forwarded: str, expected: str
) -> None:
    monkeypatch.setattr(settings, "ACUSE", settings.ACUSE.model_copy(update={"trusted_proxies": trusted}))
    seen: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    TrustedProxiesMiddleware(answer)(request)
    assert seen == [expected]
