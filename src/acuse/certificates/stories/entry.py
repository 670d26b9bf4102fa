"""The receipt of a case (justificante de entrada): what the customer said, when, by which key it is followed."""

from collections.abc import Mapping, Sequence
from typing import Any

from acuse.certificates.stories.case import declared_language
from acuse.certificates.stories.communication import frame, up_to
from acuse.certificates.stories.content import MAX_ATTACHMENTS, attachment_row
from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.deadlines.sections import by_call, content, parties
from acuse.certificates.stories.deadlines.ticket import Ticket, open_ticket
from acuse.certificates.stories.deadlines.timeline import timeline
from acuse.certificates.stories.front import strip
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.proofs import integrity, verification
from acuse.certificates.stories.qr import PICTURE, qr_picture
from acuse.certificates.stories.runs import mono, plain, text_of
from acuse.certificates.stories.said import File, Said, said_by
from acuse.certificates.stories.verifier import meaning
from acuse.dates import LONG_MONTHS
from acuse.mail.read import Attachment
from acuse.proof.judging import Judged
from acuse.proof.verdicts.deadlines import Sources


def tell(facts: Sequence[LedgerFact], written: Mapping[str, bytes], context: Context) -> dict[str, Any]:
    """Return the model of the receipt for `receipt.typ`.

    Args:
        facts: of the case; only its first, the opening, is told, whatever followed.
        written: what the customer wrote, by digest.
        context: as for the certificate; without a checkpoint where none is published yet.

    Raises:
        InputError: the first fact opens no case.
    """
    first = facts[0].fact
    item = next((one for one in first.objects if one.role == "message" and one.sha256 in written), None)
    said = said_by(item, written[item.sha256]) if item else None
    declared = declared_language(said.message.language if said else None)
    ticket = open_ticket(
        facts[:1], Sources(calendars={}, rules={}), context, language=declared or str(first.details.get("language", ""))
    )
    call = by_call(ticket)
    headline = ticket.word(f"headline.entry{call}")
    told = _content(ticket, said)
    return {
        **frame(ticket, document="entry", verdict=headline, title=headline),
        "first": _opening(ticket, headline),
        "ladder": None,
        "proves": {
            "title": ticket.word("proves.title"),
            "items": [
                ticket.say("entry.proves.received", **ticket.when(first.occurred_at)),
                ticket.say(f"entry.proves.kept{call}" if said else "entry.proves.fact"),
                ticket.say("entry.proves.key", tracking=ticket.key()),
            ],
        },
        "limits": {
            "title": ticket.word("limits.title"),
            "items": [
                ticket.say("entry.limit.time" if context.time_stamps else "entry.limit.time.alone"),
                ticket.say("entry.limit.answer"),
                ticket.say(f"entry.limit.person{call}"),
            ],
        },
        "strip": strip(ticket),
        "up_to": up_to(ticket),
        "parties": parties(ticket),
        "content": told,
        "pictures": {**told.pop("pictures"), PICTURE: qr_picture(context.verification_url)},
        "timeline": timeline(ticket),
        "deadlines": {
            "number": "5",
            "title": ticket.word("deadlines.title"),
            "sentence": ticket.say("entry.deadlines"),
        },
        "integrity": integrity(ticket, receipt=True),
        "verification": _verification(ticket),
    }


def _opening(ticket: Ticket, headline: str) -> dict[str, Any]:
    at, named = ticket.facts[0].fact.occurred_at, bool(ticket.opened.get("address"))
    local = ticket.clock.local(at)
    month = f"{LONG_MONTHS[ticket.context.language][local.month - 1][:3]} {local.year}"
    superseded = ticket.context.supersedes
    return {
        "kind": plain(ticket.say("kind.entry", ticket=ticket.key())),
        "clock": ticket.clock.line(),
        "badge": {
            "style": "counts",
            "halves": [
                {"mark": str(local.day), "label": month, "style": "filled"},
                {"mark": f"{local:%H:%M}", "label": "h", "style": "filled"},
            ],
        },
        "headline": headline,
        "sentence": ticket.say(
            f"sentence.entry{by_call(ticket)}{'' if named else '.nameless'}",
            sender=ticket.sender(),
            subject=ticket.subject(),
            customer=ticket.customer(),
            tracking=ticket.key(),
            **ticket.when(at),
        ),
        # Who left no address cannot follow the case by it.
        "note": ticket.word("entry.note") if named else None,
        "verbatim": None,
        "verbatim_note": None,
        "supersedes": superseded
        and ticket.say(
            "supersedes",
            code=mono(superseded.code),
            position=number(superseded.position),
            reason=ticket.theirs(superseded.reason.rstrip(".")),
        ),
    }


def _verification(ticket: Ticket) -> dict[str, Any]:
    judged = Judged(deadlines=ticket.judgement, members={})
    return verification(
        ticket,
        document=ticket.word("name.receipt"),
        headline=judged.said(),
        meaning=[*meaning(ticket, judged), *ticket.say("entry.verified")],
    )


def _content(ticket: Ticket, said: Said | None) -> dict[str, Any]:
    """Return section 3, with what was given besides the words and the files that came along."""
    told = content(ticket, said.message if said else None, at_entry=True)
    files: tuple[Attachment | File, ...] = (*said.message.attachments, *said.files) if said else ()
    shown = files[:MAX_ATTACHMENTS]
    name = next((file.name for file in ticket.context.files if file.role == "message"), "—")
    inside = plain(ticket.say("content.attachments.file", name=name))
    return {
        **told,
        "rows": [*told["rows"], *(_fields(ticket, said, name) if said else ())],
        "attachments_title": ticket.word("content.attachments"),
        "attachments_header": [
            ticket.word("said.files") if said and said.files else inside,
            ticket.word("content.attachments.digest"),
        ],
        "attachments": [attachment_row(ticket, one) for one in shown],
        "attachments_more": ticket.say("content.attachments.more", count=number(len(files) - len(shown)))
        if len(shown) < len(files)
        else None,
    }


def _fields(ticket: Ticket, said: Said, name: str) -> list[dict[str, Any]]:
    """Return what a form or a note gives besides its words, and that its digest is that of the whole."""
    rows = said.rows(ticket, besides=text_of(ticket.opened.get("subject")))
    whole = {"kind": "line", "runs": ticket.say("said.original.is", name=mono(name))}
    return [*rows, {"label": ticket.word("said.original"), "parts": [whole]}] if said.fields else []
