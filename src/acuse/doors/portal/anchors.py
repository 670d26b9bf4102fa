"""The anchors of this installation, under the names that the instructions on its certificates use."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from acuse.certificates.stories.proofs import LOG_KEY, SEAL_ANCHOR, TIME_STAMP_ANCHOR
from acuse.doors.ui.security import download

#: What each is: roots of the time stamps, roots of the seal, the ledger's public key.
ANCHORS = (TIME_STAMP_ANCHOR, SEAL_ANCHOR, LOG_KEY)


@require_safe
def anchor(request: HttpRequest, name: str) -> HttpResponse:
    """Serve one of them. All are public, and whoever doubts us compares them with what their issuers publish."""
    if name not in ANCHORS:
        raise Http404("There is no such anchor.")
    try:
        content = (Path(settings.ACUSE.anchors_directory) / name).read_bytes()
    except OSError as error:
        raise Http404("This installation has not been started yet.") from error
    return download(content, filename=name, media_type="application/x-pem-file")
