"""All checks of where a message came from, as facts record them."""

import math
from datetime import datetime
from typing import Any

from acuse.mail import headers
from acuse.reception.origin import signed
from acuse.reception.origin.answers import Answers
from acuse.reception.origin.arc import check_arc
from acuse.reception.origin.dkim import check_dkim
from acuse.reception.origin.dmarc import check_dmarc
from acuse.reception.origin.spf import Spf, check_spf
from acuse.texts import storable

Json = dict[str, Any]


def check_origin(raw: bytes, *, ip: str, helo: str, mail_from: str, at: datetime, answers: Answers) -> Json:
    """Check SPF, DKIM, DMARC and ARC of a message; nothing in it makes this raise.

    Args:
        raw: the message.
        ip, helo, mail_from: of the client that brought it; no ip where it was fetched.
        at: when it came in.
        answers: asks the DNS, and keeps what it said.

    Returns:
        `proof.facts.reception.AUTHENTICATION`.
    """
    parts = signed.split(raw)
    fields, _, _ = headers.split_block(raw, 0, len(raw))
    authors = [one.address for one in headers.addresses_of(fields, "From")]
    spf = check_spf(ip=ip, mail_from=mail_from, helo=helo, ask=answers.ask) if ip else _without_client(mail_from)
    signatures = check_dkim(parts, at=math.floor(at.timestamp()), ask=answers.ask)
    dmarc = check_dmarc(authors=authors, spf=spf, signatures=signatures, ask=answers.ask)
    arc = check_arc(parts, ask=answers.ask)
    return {
        "spf": {"result": spf.result, "domain": _text(spf.domain, 512), **_reason(spf.reason)},
        "dkim": [
            {
                "result": one.result,
                "domain": _text(one.domain, 255),
                "selector": _text(one.selector, 255),
                "algorithm": _text(one.algorithm, 64),
                **_reason(one.reason),
            }
            for one in signatures
        ],
        "dmarc": {"result": dmarc.result, "domain": _text(dmarc.domain, 255), "policy": dmarc.policy},
        "arc": {
            "result": arc.result,
            "sealers": [_text(one, 255) for one in arc.sealers],
            **_reason(arc.reason),
        },
    }


def _without_client(mail_from: str) -> Spf:
    return Spf(
        result="none", domain=mail_from.rpartition("@")[2], reason="It was fetched: who brought it is not known."
    )


def is_temporary(authentication: Json) -> bool:
    """Tell whether a check could not be made now, and could be later."""
    found = [authentication[name]["result"] for name in ("spf", "dmarc", "arc")]
    return "temperror" in found + [one["result"] for one in authentication["dkim"]]


def _reason(text: str) -> Json:
    return {"reason": _text(text, 1024)} if text else {}


def _text(text: str, most: int) -> str:
    return storable(text)[:most]
