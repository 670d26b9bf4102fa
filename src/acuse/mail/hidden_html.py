"""Whether what is put at the end of HTML stands inside an element that is not shown. Pure.

No tree is built, so the answer errs on one side: an element that hides ends only where all that was opened in it was
closed in order. What style sheets, or sizes and colours of elements around, hide is not seen here.
"""

import re

from acuse.mail.amended_html import Tag, attribute_text, attributes, tags

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
_HIDING = frozenset(
    ("template", "noscript", "select", "details", "dialog", "datalist", "audio", "video", "canvas", "object", "rp")
)
#: Where the rules of another language begin, nobody can tell from tags alone what ends what.
_OTHER_RULES = frozenset(("svg", "math", "frameset"))
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
#: A backslash may spell anything (CSS Syntax 4.3.7).
_NOT_SHOWN = re.compile(r"display\s*:\s*none|content-visibility\s*:\s*hidden|\\", re.IGNORECASE)


def hides_its_end(source: str) -> bool:
    """Return whether the place that `amended_html.edit` finds is inside an element that is not shown.

    Args:
        source: of an HTML body.

    Raises:
        Unreadable: the source cannot be followed to its end.
    """
    opened: list[str] = []
    hidden_at: dict[str, bool] = {}
    for tag in tags(source):
        if tag.name in _OTHER_RULES:
            return True
        if tag.closes:
            hidden_at[tag.name] = bool(opened)
            if opened and opened[-1] == tag.name:
                opened.pop()
        elif tag.name not in _VOID and (opened or _hides(source, tag)):
            opened.append(tag.name)
    return hidden_at.get("body", hidden_at.get("html", bool(opened)))


def _hides(source: str, tag: Tag) -> bool:
    """Return whether an element says of itself that it, or what is in it, is not shown."""
    if tag.name in _HIDING:
        return True
    for name, value in attributes(source, tag):
        if name in ("hidden", "popover"):
            return True
        if name == "style" and _NOT_SHOWN.search(_COMMENT.sub("", attribute_text(value))):
            return True
    return False
