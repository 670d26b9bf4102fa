"""The annex of a case's record: what was written, in order; the whole of each is the embedded file.

Long cases print what there is room for and say where the rest is.
"""

from typing import Any

from acuse.certificates.stories.content import attachment_row
from acuse.certificates.stories.literal import MAX_LINES, literal
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.record.case import WholeCase
from acuse.certificates.stories.runs import Runs, mono, own, plain
from acuse.certificates.stories.said import File, Said
from acuse.mail.read import Attachment
from acuse.proof.facts.fact import Fact, ObjectReference

MOST_LINES = 2 * MAX_LINES
"""Of all that is printed: some forty pages. One message takes a quarter of them at most."""

MOST_FILES = 20
"""Attachments listed of one message."""


def written(case: WholeCase) -> dict[str, Any]:
    """Return the annex."""
    room = float(MOST_LINES)
    entries: list[dict[str, Any]] = []
    told: set[str] = set()
    for item in case.facts:
        reference = case.written(item.fact)
        if reference is None or reference.sha256 in told:
            continue
        told.add(reference.sha256)
        entry, taken = _entry(case, item.fact, reference, room)
        entries.append(entry)
        room -= taken
    return {
        "title": case.word("record.written.title"),
        "introduction": case.say("record.written.introduction" if entries else "record.written.none"),
        "entries": entries,
    }


def _entry(case: WholeCase, fact: Fact, reference: ObjectReference, room: float) -> tuple[dict[str, Any], float]:
    said = case.words.get(reference.sha256)
    file = case.file(reference)
    entry: dict[str, Any] = {
        "title": _title(case, fact),
        "note": _note(case, reference),
        "begins": case.word("record.written.begins"),
        "rows": [],
        "blocks": None,
        "ends": "",
        "files_header": [case.word("record.written.file"), case.word("content.attachments.digest")],
        "files": [],
        "files_more": None,
    }
    if said is None or file is None:
        return entry, 0
    if room <= 0:
        return {**entry, "note": case.say("record.written.full", name=mono(file.name))}, 0
    entry |= {"rows": said.rows(case), **_files(case, said)}
    if said.silent and said.fields:
        return entry, len(said.fields) + 3
    made = literal(case, said.message, original=file.name, most=min(room, MAX_LINES / 2), pictures=0)
    return {**entry, "blocks": made.blocks, "ends": made.ends}, made.lines + len(said.fields) + 6


def _title(case: WholeCase, fact: Fact) -> str:
    key = f"record.written.{fact.type}"
    what = case.word(key if case.has(key) else "record.written.other")
    at = case.clock.short(fact.occurred_at)
    return plain(case.say("record.written.heading", what=what, number=number(fact.subject_sequence), time=at))


def _note(case: WholeCase, reference: ObjectReference) -> Runs:
    """Return under which name the whole is to be found, or why it is not there."""
    file = case.file(reference)
    size = plain(case.say("bytes", count=number(reference.size)))
    if file is None:
        key = "record.written.withheld" if reference.role in ("note", "card") else "record.written.left"
        return case.say(key, digest=mono(reference.sha256), size=size)
    inside = file in case.context.files
    return [*case.say("record.written.inside" if inside else "record.written.beside", name=mono(file.name)), own(size)]


def _files(case: WholeCase, said: Said) -> dict[str, Any]:
    files: tuple[Attachment | File, ...] = (*said.message.attachments, *said.files)
    shown = files[:MOST_FILES]
    more = len(files) - len(shown)
    return {
        "files": [attachment_row(case, one) for one in shown],
        "files_more": case.say("content.attachments.more", count=number(more)) if more else None,
    }
