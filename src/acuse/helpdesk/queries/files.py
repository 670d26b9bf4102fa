"""The files that came along with what was said in a case."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from acuse.evidence import custody
from acuse.mail.read import read


def content_of(
    *, organisation: UUID, sha256: str, attachments: Sequence[Mapping[str, Any]], number: int
) -> bytes | None:
    """Return a file, which lies in custody apart or inside the message; None where there is no such one.

    Args:
        organisation: whose custody.
        sha256: of the message as it came, in hexadecimal digits.
        attachments: what is known of its files, in their order. number: which of them, from 1.

    Raises:
        MissingObject, DamagedObject: custody cannot give it. TemporaryError: nor does it now.
    """
    if not 1 <= number <= len(attachments):
        return None
    listed = attachments[number - 1]
    if "sha256" in listed:
        return custody.open_object(organisation=organisation, sha256=str(listed["sha256"]))
    inside = read(custody.open_object(organisation=organisation, sha256=sha256)).files
    return inside[number - 1].content if number <= len(inside) else None
