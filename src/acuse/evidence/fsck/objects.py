"""The objects of custody: each cited one has its row, each row its object."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection

from acuse.evidence import custody
from acuse.evidence.custody import DamagedObject, MissingObject
from acuse.evidence.fsck import values
from acuse.evidence.fsck.values import Finding
from acuse.evidence.models import StoredObject

_KEY = re.compile(r"objects/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[0-9a-f]{2}/([0-9a-f]{64})", re.ASCII)
_UNPROTECTED = "A fact cites it, but no row says how long it is kept."


def without_row(keys: Iterable[str]) -> Iterator[str]:
    """Yield those of the keys of custody that no row names."""
    waiting = iter(keys)
    while batch := list(islice(waiting, values.CHUNK)):
        found = [match.groups() for match in map(_KEY.fullmatch, batch) if match]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT organisation, sha256 FROM evidence_objects JOIN unnest(%s::uuid[], %s::text[]) "
                "AS wanted (organisation, sha256) USING (organisation, sha256)",
                ([organisation for organisation, _ in found], [sha256 for _, sha256 in found]),
            )
            named = {custody.object_key(*row) for row in cursor.fetchall()}
        yield from (key for key in batch if key not in named)


def examine_custody(unprotected: str | None) -> tuple[int, list[Finding]]:
    """Read every object; return how many there are, and what is damaged or loose.

    Args:
        unprotected: key of an object that a fact cites and no row names; None where there is none.
    """
    findings: list[Finding] = []
    count = 0
    for row in StoredObject.objects.order_by("id").iterator(chunk_size=values.CHUNK):
        count += 1
        if not findings:
            findings += _examine_object(row)
    if unprotected is not None:
        # What nobody names cannot be told apart then from what facts cite.
        return count, [*findings, Finding(where=unprotected, what=_UNPROTECTED)]
    loose = sum(1 for _ in without_row(custody.store().keys("objects")))
    if loose:
        what = f"{loose} objects in custody are cited by no fact: kept before a crash or a refusal, harmless."
        findings.append(Finding(where="custody", what=what, damage=False))
    return count, findings


def _examine_object(row: StoredObject) -> list[Finding]:
    where = f"object {row.sha256} of organisation {row.organisation}"
    try:
        content = custody.open_object(organisation=row.organisation, sha256=row.sha256)
    except (DamagedObject, MissingObject) as error:
        return [Finding(where=where, what=str(error))]
    if len(content) != row.size:
        return [Finding(where=where, what="The object has another size than its row says.")]
    return []
