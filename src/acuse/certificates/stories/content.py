"""Section 3: subject, mode, the literal text for its first pages, attachments (design: Content, Long content)."""

from typing import Any

from acuse.certificates.stories import added
from acuse.certificates.stories.case import Case
from acuse.certificates.stories.literal import Literal, literal
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.runs import Run, Runs, fit, foreign, mono, own, text_of
from acuse.certificates.stories.said import File
from acuse.certificates.stories.told import Told
from acuse.mail.read import Attachment, Message

MAX_ATTACHMENTS = 100
_MAX_MARKS = 12


def content(case: Case, message: Message) -> dict[str, Any]:
    """Return section 3."""
    name = _message_name(case)
    made = literal(case, message, original=name)
    rows = [
        {"label": case.word("content.subject"), "parts": [_line([_subject(case)])]},
        {"label": case.word("content.mode"), "parts": [_line(_mode(case, message))]},
        {"label": case.word("content.headers"), "parts": _headers(case, message)},
        *_notes(case, message, made),
        {"label": case.word("content.added"), "parts": _added(case)},
    ]
    shown = message.attachments[:MAX_ATTACHMENTS]
    return {
        "number": "3",
        "title": case.word("content.title"),
        "rows": [row for row in rows if row["parts"]],
        "begins": case.word("content.begins"),
        "ends": made.ends,
        "blocks": made.blocks,
        "pictures": made.pictures,
        "attachments_title": case.word("content.attachments"),
        "attachments_header": [
            "".join(str(run["t"]) for run in case.say("content.attachments.file", name=name)),
            case.word("content.attachments.digest"),
        ],
        "attachments": [attachment_row(case, one) for one in shown],
        "attachments_more": case.say("content.attachments.more", count=number(len(message.attachments) - len(shown)))
        if len(shown) < len(message.attachments)
        else None,
    }


def _message_name(case: Case) -> str:
    return next((file.name for file in case.context.files if file.role == "message"), case.word("name.message"))


def _line(runs: Runs) -> dict[str, Any]:
    return {"kind": "line", "runs": runs}


def _subject(case: Case) -> Run:
    text = text_of(case.accepted.get("subject"))
    if not text:
        return own(case.word("content.no_subject"))
    return {**foreign(text, language=case.message_language), "k": "foreign-strong"}


def _mode(case: Case, message: Message) -> Runs:
    count = len(message.attachments)
    return case.say("content.mode.attachments", count=number(count)) if count else case.say("content.mode.content")


def _headers(case: Case, message: Message) -> list[dict[str, Any]]:
    """Return From, Date and Message-ID as the message itself states them: they are claims of the sender's program."""
    stated = {name.lower(): value for name, value in reversed(message.headers)}
    parts = []
    for name in ("From", "Date", "Message-ID"):
        value = stated.get(name.lower(), "").strip()
        if value:
            runs = [{"t": f"{name}: ", "k": "grey"}, case.theirs(value, limit=400)]
            parts.append(_line(runs))
    return parts


def _notes(case: Case, message: Message, made: Literal) -> list[dict[str, Any]]:
    rows = []
    if message.signed:
        rows.append(
            {"label": case.word("content.signed"), "parts": [_line(case.say(f"content.signed.{message.signed}"))]}
        )
    remarks = []
    if message.encrypted:
        remarks.append(_line(case.say("content.encrypted")))
    if message.defects:
        remarks.append(_line(case.say("content.damaged")))
    if remarks:
        rows.append({"label": case.word("content.original"), "parts": remarks})
    marks = dict.fromkeys((*fit(text_of(case.accepted.get("subject"))).replaced, *made.replaced))
    if marks:
        key = "content.unseen.one" if len(marks) == 1 else "content.unseen.many"
        listed = ", ".join(list(marks)[:_MAX_MARKS]) + (", …" if len(marks) > _MAX_MARKS else "")
        rows.append({"label": case.word("content.unseen"), "parts": [_line(case.say(key, marks=own(listed)))]})
    return rows


def _added(case: Case) -> list[dict[str, Any]]:
    runs = added.sent(case)
    return [_line(runs)] if runs else []


def attachment_row(case: Told, attachment: Attachment | File) -> dict[str, Any]:
    """Return a file that came with a message as a row: its name, what it is, its digest."""
    size = case.say("bytes", count=number(attachment.size))
    detail = case.say("content.attachment.detail", kind=mono(attachment.media_type), size=size)
    return {
        "name": [foreign(attachment.name, language=case.message_language, limit=160)],
        "detail": fit("".join(str(run["t"]) for run in detail)).text,
        "sha256": attachment.sha256,
    }
