"""Pure rules: whether a reply says that its author agrees, and nothing else. On doubt it says neither."""

import re
from collections.abc import Mapping

from acuse.evidence.fulltext import folded

_AGREES: Mapping[str, bool] = {
    "conforme": True,
    "estoy conforme": True,
    "doy mi conformidad": True,
    "de acuerdo": True,
    "estoy de acuerdo": True,
    "i agree": True,
    "agreed": True,
    "no conforme": False,
    "no estoy conforme": False,
    "disconforme": False,
    "no estoy de acuerdo": False,
    "i do not agree": False,
    "i don't agree": False,
    "i disagree": False,
}
#: "No" is no courtesy.
_GREETING = re.compile(r"^(?:hola|buenos dias|buenas tardes|hello|hi|si|yes)\b[\s,.:;!]*")
_THANKS = re.compile(
    r"[\s,.:;!]*\b(?:muchas gracias|gracias|un saludo|saludos|thank you|thanks|best regards|regards)[\s,.:;!]*$"
)
#: What mail programs set before a signature (RFC 3676 section 4.3).
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_MOST = 200


def said_of(words: str) -> bool | None:
    """Return whether somebody agrees, or None where the words do not say it, or say more than that.

    Args:
        words: what is new in a reply. Whatever stands after the words and is no marked signature makes it say more.
    """
    first = _SIGNATURE.split(words.strip(), maxsplit=1)[0]
    if len(first) > _MOST:
        return None
    said = " ".join(folded(first).lower().split()).strip(" .,;:!")
    while True:
        shorter = _without_courtesy(said)
        if said in _AGREES:
            return _AGREES[said]
        if shorter == said:
            return None
        said = shorter


def _without_courtesy(said: str) -> str:
    """Return the words without one greeting before them and one thanks after them."""
    return _THANKS.sub("", _GREETING.sub("", said)).strip(" .,;:!")
