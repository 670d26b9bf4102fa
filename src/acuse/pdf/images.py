"""Images from outside, redrawn before they come near a document: decoded within limits, flattened, saved as PNG.

What a document shows is thus never the bytes somebody sent, whose metadata, colour profiles or malformations could
break PDF/A or its reader; those bytes stay in the embedded original.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image

MAX_BYTES = 4 * 1024 * 1024
MAX_PIXELS = 12_000_000
MAX_SIDE = 1400
_FORMATS = ("PNG", "JPEG", "GIF")


@dataclass(frozen=True, kw_only=True)
class Redrawn:
    """A PNG in RGB without transparency, and the size in pixels that its sender gave it."""

    png: bytes
    width: int
    height: int


def redrawn(content: bytes) -> Redrawn | None:
    """Return an image made anew, its first frame if it moves; None if it is no image we draw, or too big. Total."""
    if len(content) > MAX_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a damaged image makes the decoder say is no news
            with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
                width, height = image.size
                if not 4 <= width * height <= MAX_PIXELS:
                    return None
                shown = image.convert("RGBA")
        white = Image.new("RGBA", shown.size, "white")
        white.alpha_composite(shown)
        white.thumbnail((MAX_SIDE, MAX_SIDE))
        out = io.BytesIO()
        white.convert("RGB").save(out, "PNG")
    except Exception:  # decoders raise whatever they like on hostile input; no image is worth a certificate
        return None
    return Redrawn(png=out.getvalue(), width=width, height=height)
