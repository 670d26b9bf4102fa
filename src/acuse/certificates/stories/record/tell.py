"""The record of a whole case as the model of `record.typ`."""

from collections.abc import Mapping, Sequence
from typing import Any

from acuse.certificates.stories.communication import frame, up_to
from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.deadlines.drawing import drawing, legend
from acuse.certificates.stories.deadlines.sections import parties, table
from acuse.certificates.stories.front import strip
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.proofs import integrity, verification
from acuse.certificates.stories.qr import PICTURE, qr_picture
from acuse.certificates.stories.record.case import WholeCase, open_whole
from acuse.certificates.stories.record.communications import communications
from acuse.certificates.stories.record.front import headline, lists, opening, subject_text, summary
from acuse.certificates.stories.record.history import history
from acuse.certificates.stories.record.written import written as annex
from acuse.certificates.stories.runs import foreign, mono, own, plain
from acuse.certificates.stories.verifier import meaning
from acuse.proof.judging import Judged
from acuse.proof.verdicts.deadlines import Sources

MOST_DRAWN = 6
"""Deadlines that are drawn; all of them stand in the table."""


def tell(
    facts: Sequence[LedgerFact],
    others: Sequence[Sequence[LedgerFact]],
    written: Mapping[str, bytes],
    sources: Sources,
    context: Context,
    *,
    notes: bool,
) -> dict[str, Any]:
    """Return the model of the record.

    Args:
        facts: of the case, from its first, up to the position that the record speaks of.
        others: of each communication that came along, likewise.
        written: what was written, by digest; without what stays in custody.
        sources: what its deadlines are counted and compared by.
        context: who certifies, under which code, with which proofs.
        notes: what members wrote among themselves is told too.

    Raises:
        InputError: the facts do not fit their types.
    """
    case = open_whole(facts, others, written, sources, context)
    proves, limits = lists(case, notes=notes)
    drawings = [drawing(case, each) for each in case.deadlines[:MOST_DRAWN]]
    verdicts = tuple(each.verdict for each in case.communications)
    judged = Judged(deadlines=case.judgement, communications=verdicts, members={})
    return {
        **frame(case, document="record", verdict=headline(case), title=headline(case)),
        "first": opening(case, notes=notes),
        "summary": summary(case),
        "ladder": None,
        "proves": proves,
        "limits": limits,
        "strip": strip(case),
        "up_to": _up_to(case),
        "parties": _parties(case),
        "communications": communications(case),
        "timeline": history(case),
        "deadlines": {**table(case), "drawn": {"drawings": drawings, "legend": legend(case, drawings)}},
        "integrity": integrity(case),
        "verification": verification(
            case, document=case.word("name.record"), headline=judged.said(), meaning=meaning(case, judged)
        ),
        "written": annex(case),
        "pictures": {PICTURE: qr_picture(context.verification_url)},
    }


def _up_to(case: WholeCase) -> str | None:
    """Return the sentence that says up to which position the case is told; its communications end where each does."""
    if case.position is None or not case.communications:
        return up_to(case)
    return plain(case.say("record.up_to", position=number(case.position)))


def _parties(case: WholeCase) -> dict[str, Any]:
    """Return section 2: with the subject, whole, and by which names the company's people are told apart."""
    told = parties(case)
    rows = told["rows"]
    subject = subject_text(case)
    if subject:
        runs = [{**foreign(subject, language=case.message_language), "k": "foreign-strong"}]
        rows.insert(0, _row(case.word("content.subject"), runs))
    rows.insert(0, _row(case.word("content.ticket"), [case.key()]))
    if case.members:
        parts = [
            {"kind": "line", "runs": [*case.say("record.member", number=str(place)), own(" · "), mono(member)]}
            for place, member in enumerate(case.members, start=1)
        ]
        rows.insert(-1, {"label": case.word("record.members"), "parts": parts})
    return told


def _row(label: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"label": label, "parts": [{"kind": "line", "runs": runs}]}
