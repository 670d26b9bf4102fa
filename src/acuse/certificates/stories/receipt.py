"""The acceptance receipt: that Acuse took charge of a message, told at once; the short sibling of the certificate."""

from collections.abc import Sequence
from typing import Any

from acuse.certificates.stories.case import Case, open_case
from acuse.certificates.stories.communication import frame, up_to
from acuse.certificates.stories.content import content
from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.front import parties, strip
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.proofs import integrity, verification
from acuse.certificates.stories.qr import PICTURE, qr_picture
from acuse.certificates.stories.runs import mono
from acuse.certificates.stories.timeline import timeline
from acuse.certificates.stories.verifier import meaning
from acuse.mail.read import Message
from acuse.proof.judging import Judged


def tell(facts: Sequence[LedgerFact], message: Message, context: Context) -> dict[str, Any]:
    """Return the model of the receipt for `receipt.typ`.

    Args:
        facts: of the communication; only its first, the acceptance, is told, whatever followed.
        message: the original as read from custody.
        context: as for the certificate; without a checkpoint where none is published yet.

    Raises:
        InputError: the first fact is no acceptance.
    """
    case = open_case(facts[:1], context, message_language=message.language)
    headline = case.word("headline.receipt")
    told = content(case, message)
    judged = Judged(delivery=case.verdict, members={})
    return {
        **frame(case, document="receipt", verdict=headline, title=headline),
        "first": _opening(case, headline),
        "ladder": None,
        "proves": {
            "title": case.word("proves.title"),
            "items": [
                case.say(
                    f"proves.handed{case.resent}",
                    sender=case.sender(),
                    recipient=case.recipient(),
                    **case.time_and_day(case.facts[0].fact),
                ),
                case.kept(),
            ],
        },
        "limits": {
            "title": case.word("limits.title"),
            "items": [case.say(f"limit.{key}") for key in case.verdict.limits if case.has(f"limit.{key}")],
        },
        "strip": strip(case),
        "up_to": up_to(case),
        "parties": parties(case),
        "content": told,
        "pictures": {**told.pop("pictures"), PICTURE: qr_picture(context.verification_url)},
        "timeline": timeline(case),
        "deadlines": {"number": "5", "title": case.word("deadlines.title"), "sentence": case.say("deadlines.none")},
        "integrity": integrity(case, receipt=True),
        "verification": verification(
            case,
            document=case.word("name.receipt"),
            headline=judged.said(),
            meaning=meaning(case, judged),
        ),
    }


def _opening(case: Case, headline: str) -> dict[str, Any]:
    superseded = case.context.supersedes
    return {
        "kind": case.word("kind.receipt"),
        "clock": case.clock.line(),
        "badge": {"style": "grade", "label": case.word("badge.grade"), "mark": "G0"},
        "headline": headline,
        "sentence": case.say(
            f"sentence.receipt{case.resent}",
            sender=case.sender(),
            subject=case.subject(),
            recipient=case.recipient(),
            **case.when(case.facts[0].fact),
        ),
        "note": case.word("receipt.note"),
        "verbatim": None,
        "verbatim_note": None,
        "supersedes": superseded
        and case.say(
            "supersedes",
            code=mono(superseded.code),
            position=number(superseded.position),
            reason=case.theirs(superseded.reason.rstrip(".")),
        ),
    }
