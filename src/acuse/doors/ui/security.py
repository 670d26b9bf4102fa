"""The headers that keep a page from loading or running anything that is not ours."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from acuse.doors.ui.errors import too_big

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
# Foreign content is shown in a frame of its own: an opaque origin (sandbox), no script, no request to anywhere; images
# only where they came inside the message, as data.
FOREIGN_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src data:",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    )
)
# Refused before anything is read: forms are parsed before a view can look at their size.
BODY_LIMIT = 66 * 1024 * 1024
DOWNLOAD_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def _length(request: HttpRequest) -> int:
    """The declared size of a request's body in bytes; without a declaration nothing of it is read."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


class ContentSecurityMiddleware:
    """Sets the strict policy on every response that has not set a stricter one of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = too_big(request) if _length(request) > BODY_LIMIT else self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        )
        if request.path.startswith(("/console", "/accounts")):
            # Evidence of one organisation must not stay in a shared browser's cache.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def foreign_page(html: str) -> HttpResponse:
    """A response that shows foreign HTML and can neither run nor fetch anything.

    Args:
        html: an already sanitised whole document.
    """
    response = HttpResponse(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = FOREIGN_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def foreign_picture(content: bytes, *, media_type: str) -> HttpResponse:
    """A response that shows a foreign picture, and is nothing else however it is opened.

    Args:
        content: the bytes as kept.
        media_type: of a picture, told by the bytes; what a browser may not guess another from.
    """
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def download(content: bytes, *, filename: str, media_type: str) -> HttpResponse:
    """A response that is saved and never shown in place, whatever its media type says.

    Args:
        content: the bytes as kept.
        filename: suggested name; Django quotes it per RFC 6266.
        media_type: declared type; anything a browser could run is sent as plain octets.
    """
    inert = (
        media_type
        if media_type in {"application/pdf", "application/zip", "application/json"}
        else "application/octet-stream"
    )
    response = HttpResponse(content, content_type=inert)
    response.headers["Content-Disposition"] = content_disposition(filename)
    response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    return response


def content_disposition(filename: str) -> str:
    """``attachment`` with a name that survives any character.

    Args:
        filename: foreign text; controls and path separators are replaced.
    """
    clean = "".join("_" if ord(c) < 32 or c in '/\\:*?"<>|\x7f' else c for c in filename)[:120].strip(" .") or "file"
    header = content_disposition_header(as_attachment=True, filename=clean)
    return header or "attachment"
