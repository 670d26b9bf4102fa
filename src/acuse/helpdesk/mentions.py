"""Colleagues named in a note: who stands after an @. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from uuid import UUID

# What stands before an @ within an address, of mail or of the web.
_AT = r"(?<![\w@.+/])@"
_NAMED = re.compile(rf"{_AT}(\w+(?:[.-]\w+)*)")


def mentioned(text: str, members: Mapping[UUID, str]) -> list[UUID]:
    """Return the members whose whole name stands after an @, whatever its case, accents and spaces.

    An @ inside an address names nobody. Where one's name begins another's, the longer one counts. Who have the same
    name are all meant.

    Args:
        text: of a note. members: their names.
    """
    names = {member: _level(name) for member, name in members.items()}
    found = set(_naming(names.values()).findall(_level(text)))
    return [member for member, name in names.items() if name and name in found]


def naming_nobody(text: str, members: Mapping[UUID, str]) -> list[str]:
    """Return what stands after an @ and is no member's whole name: the first word of each, as it was first written.

    An @ inside a word or an address names nobody.

    Args:
        text: of a note. members: their names.
    """
    text = unicodedata.normalize("NFC", text)
    left = _NAMED.findall(_naming(map(_level, members.values())).sub("", _level(text)))
    written = {_level(word): word for word in reversed(_NAMED.findall(text))}
    return [written[word] for word in dict.fromkeys(left) if word in written]


def _naming(names: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(set(names), key=len, reverse=True)
    return re.compile(rf"{_AT}({'|'.join(map(re.escape, longest_first))})(?!\w)")


def _level(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).split())
