"""The public face of the ledger: C2SP tlog-tiles. Anybody may mirror it and check that it only grows.

It shows the latest *anchored* checkpoint, so that activity is not shown by the second; tiles beyond it do not exist.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from acuse.errors import InputError
from acuse.evidence import queries
from acuse.evidence.anchors import newest_anchor
from acuse.proof.merkle import HASH_SIZE, TILE_WIDTH
from acuse.proof.tiles import TilePath, entry_bundle, parse_tile_path

_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "public, max-age=5"


def _published_size() -> int:
    """Return the size that the public may see.

    Raises:
        Http404: the endpoints are turned off, or nothing is anchored yet.
    """
    anchor = newest_anchor() if settings.ACUSE.log_public else None
    if anchor is None:
        raise Http404
    return anchor.size


def _reply(content: bytes, media_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Serve the latest anchored checkpoint, a signed note."""
    _published_size()
    anchor = newest_anchor()
    assert anchor is not None
    return _reply(anchor.note.encode(), "text/plain; charset=utf-8", _BRIEFLY)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a hash tile or an entry bundle, full or partial, up to the published size."""
    size = _published_size()
    try:
        wanted = parse_tile_path(f"tile/{path}")
    except InputError as error:
        raise Http404 from error
    level = 0 if wanted.level == "entries" else wanted.level
    if wanted.index * TILE_WIDTH + wanted.width > size >> (8 * level):
        raise Http404
    return _reply(_content(wanted), "application/octet-stream", _FOREVER)


def _content(wanted: TilePath) -> bytes:
    if wanted.level == "entries":
        return entry_bundle(queries.entries_between(wanted.index * TILE_WIDTH, wanted.width))
    return queries.read_tile(wanted.level, wanted.index)[: wanted.width * HASH_SIZE]


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say that the web door and its database work."""
    queries.read_tile(0, 0)
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
