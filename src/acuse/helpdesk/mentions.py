"""Colleagues named in a note: who stands after an @. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from uuid import UUID


def mentioned(text: str, members: Mapping[UUID, str]) -> list[UUID]:
    """Return the members whose whole name stands after an @, whatever its case, accents and spaces.

    Where one's name begins another's, the longer one counts. Who have the same name are all meant.

    Args:
        text: of a note. members: their names.
    """
    names = {member: _level(name) for member, name in members.items()}
    longest_first = sorted(set(names.values()), key=len, reverse=True)
    found = set(re.findall(rf"@({'|'.join(map(re.escape, longest_first))})(?!\w)", _level(text)))
    return [member for member, name in names.items() if name and name in found]


def _level(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).split())
