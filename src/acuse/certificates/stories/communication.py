"""The certificate of one communication: facts and the message, told as the model of `certificate.typ`."""

import re
from collections.abc import Sequence
from typing import Any

import segno

from acuse.certificates.stories.case import Case, open_case
from acuse.certificates.stories.content import content
from acuse.certificates.stories.context import Context, LedgerFact
from acuse.certificates.stories.front import headline, ladder, lists, opening, parties, short_verdict, strip
from acuse.certificates.stories.moments import number
from acuse.certificates.stories.proofs import integrity, verification
from acuse.certificates.stories.runs import foreign, own, plain, strong
from acuse.certificates.stories.timeline import timeline
from acuse.mail.read import Message

PRODUCT = "Acuse"

_DARK = re.compile("1+")

_MASK = 4
"""Of every QR. A reader finds it in the symbol (ISO/IEC 18004, 7.9); trying all eight costs more than telling the rest,
and for addresses such as ours the best has some 3 % fewer penalty points."""


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
        "pictures": told.pop("pictures"),
        "timeline": timeline(case),
        "deadlines": {
            "number": "5",
            "title": case.word("deadlines.title"),
            "sentence": case.say("deadlines.none"),
        },
        "integrity": integrity(case),
        "verification": verification(case, document=case.word("name.document"), headline=headline(case)),
    }


def frame(case: Case, *, document: str, verdict: str, title: str) -> dict[str, Any]:
    """Return what every page of a document carries, and its metadata.

    Args:
        case: the communication.
        document: `communication` or `receipt`.
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
        "qr": squares(context.verification_url),
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


def up_to(case: Case) -> str | None:
    """Return the sentence that says up to which position the document speaks; None before publication."""
    position = case.position
    return None if position is None else plain(case.say("up_to", position=number(position)))


def squares(address: str) -> str:
    """Return the QR of an address (error level M) as one SVG path: vector, and one object however many pages."""
    code = segno.make(address, error="m", micro=False, boost_error=False, mask=_MASK)
    rows = ["".join("1" if module else "0" for module in row) for row in code.matrix]
    dark = "".join(
        f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}z"
        for y, row in enumerate(rows)
        for run in _DARK.finditer(row)
    )
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path fill="#141414" d="{dark}"/></svg>'
    )
