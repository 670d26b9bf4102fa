"""Bytes that never change: sent with their digests, and not sent again to whoever has them."""

import base64
import hashlib

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from acuse.doors.ui.security import content_disposition


def sent(request: HttpRequest, content: bytes, *, filename: str, media_type: str) -> HttpResponseBase:
    """Send a file to be saved.

    Args:
        request: conditions in it are honoured (RFC 9110 section 13).
        content: as kept.
        filename: suggested name.
        media_type: as it is.

    Returns:
        The file with `Repr-Digest` (RFC 9530) and a strong `ETag`, or 304, or 412.
    """
    digest = hashlib.sha256(content).digest()
    etag = f'"{digest.hex()}"'
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition(filename)
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest).decode()}:"
    response.headers["ETag"] = etag
    # Kept by whoever asked, but asked for again each time: a key may have been revoked.
    response.headers["Cache-Control"] = "private, no-cache"
    found = get_conditional_response(request, etag=etag, response=response)
    assert found is not None
    return found
