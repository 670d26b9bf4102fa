"""The certificate of one communication: facts and the message, told as the model of `certificate.typ`."""

from collections.abc import Sequence
from typing import Any

from acuse.certificates.stories.case import open_case
from acuse.certificates.stories.content import content
from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.front import headline, ladder, lists, opening, parties, short_verdict, strip
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.proofs import integrity, verification
from acuse.certificates.stories.qr import PICTURE, qr_picture
from acuse.certificates.stories.runs import foreign, own, plain, strong
from acuse.certificates.stories.timeline import timeline
from acuse.certificates.stories.told import Told
from acuse.certificates.stories.verifier import meaning
from acuse.mail.read import Message
from acuse.proof.judging import Judged

PRODUCT = "Acuse"


def tell(facts: Sequence[LedgerFact], message: Message, context: Context) -> dict[str, Any]:
    """Return the model of the certificate.

    Args:
        facts: of the communication, from its first, up to the position that the certificate speaks of.
        message: the original as read from custody.
        context: who certifies, under which code, with which proofs.

    Raises:
        InputError: the facts are not those of one communication from its beginning.
    """
    case = open_case(facts, context, message_language=message.language)
    proves, limits = lists(case)
    told = content(case, message)
    judged = Judged(delivery=case.verdict, members={})
    return {
        **frame(case, document="communication", verdict=short_verdict(case), title=headline(case)),
        "first": opening(case, case.word("kind.communication")),
        "ladder": ladder(case),
        "proves": proves,
        "limits": limits,
        "strip": strip(case),
        "up_to": up_to(case),
        "parties": parties(case),
        "content": told,
        "pictures": {**told.pop("pictures"), PICTURE: qr_picture(context.verification_url)},
        "timeline": timeline(case),
        "deadlines": {
            "number": "5",
            "title": case.word("deadlines.title"),
            "sentence": case.say("deadlines.none"),
        },
        "integrity": integrity(case),
        "verification": verification(
            case,
            document=case.word("name.document"),
            headline=judged.said(),
            meaning=meaning(case, judged),
        ),
    }


def frame(case: Told, *, document: str, verdict: str, title: str) -> dict[str, Any]:
    """Return what every page of a document carries, and its metadata.

    Args:
        case: what is told.
        document: `communication`, `receipt` or `deadlines`.
        verdict: short verdict for the header of later pages.
        title: headline, for the title.
    """
    context = case.context
    development = case.word("development") if context.development else None
    words = plain(case.say(f"title.{document}", code=context.code, headline=title))
    return {
        "product": PRODUCT,
        "language": context.language,
        "title": f"{words} ({development})" if development else words,
        "author": foreign(context.certifier.name)["t"],
        "keywords": [context.code],
        "description": plain(case.say("footer.sentence", address=context.verification_address)),
        "development": development,
        "code": context.code,
        "header": {
            "certifier": case.say("header.certifier", certifier=foreign(context.certifier.name, limit=70)),
            "document": case.word(f"header.{document}"),
            "verdict": [own(verdict)],
        },
        "footer": {
            "label": case.word("footer.label"),
            "sentence": case.say("footer.sentence", address=strong(context.verification_address)),
            "page": [case.word("footer.page"), case.word("footer.of")],
        },
    }


def up_to(case: Told) -> str | None:
    """Return the sentence that says up to which position the document speaks; None before publication."""
    position = case.position
    return None if position is None else plain(case.say("up_to", position=number(position)))
