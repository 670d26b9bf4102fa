"""What is sent of a message after the lines before it: its additions are made once, kept, and the same at every try."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from acuse.delivery.queries.tracking import withdrawn_among
from acuse.delivery.services.work import Work
from acuse.evidence import custody
from acuse.evidence.custody import Kept
from acuse.evidence.queries import facts_of
from acuse.mail import additions
from acuse.mail.additions import Added, Wanted
from acuse.mail.tokens import RECEIPT, TRACK, encode_token
from acuse.proof.facts.communication import KIND


@dataclass(frozen=True, kw_only=True)
class Before:
    """What the fact of the first attempt says of the copy that it sent.

    Attributes:
        details: the member `copy`.
        objects: SHA-256 of what the fact cites, by role.
    """

    details: Mapping[str, Any]
    objects: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Rest:
    """A message as it is sent after the lines before it.

    Attributes:
        content: without its `Acuse-*` fields, with what was added.
        additions: what that is, as the fact says it; None where nothing was to be.
        links: where its links lead in the end, as the object in custody says it; empty where they lead there at once.
    """

    content: bytes
    additions: Mapping[str, Any] | None = None
    links: bytes = b""

    @property
    def amended(self) -> bool:
        """Whether anything was added, so that it cannot be made again from the message."""
        told = self.additions
        return told is not None and bool(told["footer"] or told["image"] or told["links"])


def copy_of_before(work: Work) -> Before | None:
    """Return what the first attempt sent; None where there was none.

    Every further attempt sends the same, whichever key, name or release changed meanwhile.
    """
    if not work.attempts:
        return None
    for told in facts_of(organisation=work.organisation, kind=KIND, id=work.communication):
        if told.fact.type == "attempt.opened" and told.fact.details.get("copy"):
            objects = {item.role: item.sha256 for item in told.fact.objects}
            return Before(details=told.fact.details["copy"], objects=objects)
    return None


def make_rest(work: Work, content: bytes) -> Rest:
    """Return what is sent, with what the sender had chosen to add.

    Args:
        work: what is due; whoever withdrew after it was accepted is not tracked either.
        content: the message without its `Acuse-*` fields.
    """
    if not work.tracking and not work.footer:
        return Rest(content=content)
    withdrawn = work.tracking and bool(withdrawn_among([(work.organisation, work.recipient)]))
    added = _added(replace(work, tracking=False) if withdrawn else work, content)
    return Rest(
        content=added.message,
        additions={
            "footer": added.footer,
            "image": added.image,
            "links": len(added.links),
            "why_not": added.why_not or ("withdrawn" if withdrawn else ""),
        },
        links=json.dumps({"links": added.links}, ensure_ascii=False).encode("utf-8") if added.links else b"",
    )


def rest_of_before(work: Work, before: Before, content: bytes) -> Rest:
    """Return what the first attempt sent.

    Args:
        work: what is due. before: what its fact says. content: the message without its `Acuse-*` fields.
    """
    told = before.details.get("additions")
    if "sent-copy" not in before.objects:
        return Rest(content=content, additions=told)
    sent = _open(work, before.objects["sent-copy"])
    links = before.objects.get("tracked-links")
    return Rest(
        content=sent[len(before.details["prepended"]) :],
        additions=told,
        links=_open(work, links) if links else b"",
    )


def keep_amended(work: Work, rest: Rest, copy: bytes) -> tuple[Kept | None, Kept | None]:
    """Put a copy that cannot be made again into custody, and where its links lead; return what is there now."""
    if not rest.amended:
        return None, None
    kept = custody.keep(organisation=work.organisation, content=copy, media_type="message/rfc822")
    if not rest.links:
        return kept, None
    return kept, custody.keep(organisation=work.organisation, content=rest.links, media_type="application/json")


def _open(work: Work, sha256: str) -> bytes:
    return custody.open_object(organisation=work.organisation, sha256=sha256)


def _added(work: Work, content: bytes) -> Added:
    wanted = work.tracking or work.footer
    return additions.add(content, _wanted(work)) if wanted else Added(message=content)


def _wanted(work: Work) -> Wanted:
    base = settings.ACUSE.public_url.rstrip("/")
    tracker = f"{base}/t/{_token(work, TRACK)}/"
    return Wanted(
        language=work.language,
        receipt=f"{base}/r/{_token(work, RECEIPT)}/" if work.footer else "",
        image=f"{tracker}i.gif" if work.tracking else "",
        link=(lambda number: f"{tracker}{number}") if work.tracking else None,
        withdraw=tracker if work.tracking else "",
        own=f"{base}/",
    )


def _token(work: Work, purpose: str) -> str:
    return encode_token(key=settings.ACUSE_KEYS.address, purpose=purpose, identifier=work.communication)
