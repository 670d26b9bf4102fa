"""Basic codes, enhanced codes and the stage of the dialogue, as diagnostics write them in passing."""

import re

_ENHANCED = re.compile(r"(?<![0-9.])([245])\.([0-7])\.([0-9]{1,3})(?![0-9])(?!\.[0-9])")
_BASIC = re.compile(r"(?<![0-9A-Za-z.:/=_-])([245][0-5][0-9])(?=[ \-:#.,;]|\Z)(?![.:][0-9]{1,3}[.:][0-9])")
_PORT = re.compile(r"\[[0-9a-fA-F.:]{3,45}\](?::[0-9]{1,5})?|\([0-9a-fA-F.:]{3,45}\)")
#: a stage, words of which one must be there (plain, so that most texts cost no pattern), and what says it
_STAGES = (
    ("data", ("data", "after i sent the", ">>> .", "text command", "state 1"),
     r"(?:end of|final|after|reply to|our|failed on) +(?:end of )?data\b|data command|\[data|after i sent the"
     r"|>>> (?:data|\.)|in (?:end of )?data\b|text command|state 1[578]\)"),
    ("rcpt", ("rcpt", "not like recipient", "state 14)", "rejected recipient"),
     r"\brcpt[ _]to\b|rcpt command|\brcpt\b(?= *(?:first|response|:|\]|host))|does not like recipient|after rcpt"
     r"|smtp:rcpt|state 14\)|rejected recipient|most progress was rcpt"),
    ("mail", ("mail from", "mail_from", "mail command", "sender was rejected", "smtp:mail"),
     r"\bmail[ _]from\b(?! (?:ip|domain|address|[0-9\[]))|mail command|but sender was rejected|smtp:mail"),
    ("ehlo", ("ehlo", "helo", "my name was", "state 13)", "refused to talk"),
     r"\b(?:ehlo|helo)\b(?= command|[ :]*<|\))|my name was rejected|state 13\)|(?:reply to|after) (?:ehlo|helo)\b"
     r"|refused to talk to me"),
    ("tls", ("starttls",), r"reply to starttls|after starttls"),
    ("connect", ("initial connection", "greeting failed"), r"initial connection|greeting failed"),
)  # fmt: skip
_SAYING = tuple((stage, words, re.compile(pattern)) for stage, words, pattern in _STAGES)
_QUOTED = re.compile(r"[245][0-9]{2}[- ]'(?=#?[245]\.[0-7]\.)")
_FIRST_SAID = re.compile(r"(?m)^\s*>>> (MAIL|RCPT|DATA|EHLO|HELO|STARTTLS|AUTH|BDAT)\b", re.IGNORECASE)
_SAID = {"mail": "mail", "rcpt": "rcpt", "data": "data", "bdat": "data", "ehlo": "ehlo", "helo": "ehlo", "auth": "auth",
         "starttls": "tls"}  # fmt: skip


def _greeted(text: str) -> bool:
    """Tell whether a transcript begins with a refusal before any command (sendmail: `<<< 554` and no `>>>`)."""
    answered = text.find("<<< 5") if "<<< 5" in text else text.find("<<< 4")
    return answered >= 0 and ">>> " not in text[:answered]


def inner_of(text: str) -> str:
    """Return the reply that another system quotes within its own: `5.1.0 - Unknown address error 550-'5.7.1 ...'`."""
    quoted = _QUOTED.search(text)
    return text[quoted.start() :].replace("'", "", 1) if quoted else text


def enhanced_of(text: str, *, given: str = "", digit: str = "") -> str:
    """Return the enhanced code of a reply.

    Args:
        text: the diagnostic. given: what a Status field says. digit: of the basic code, which a code must share.

    Returns:
        The given one if it says anything; else the first in the text that says more than X.0.0; else what there is.
    """
    if given and not given.endswith(".0.0"):
        return given
    found = [match.group() for match in _ENHANCED.finditer(text)]
    same = [each for each in found if each[0] == digit] if digit else found
    telling = [each for each in same if not each.endswith(".0.0")]
    ranked = [each for each in telling if each != "4.4.7"] + telling + same
    return (ranked[0] if ranked else "") or given


def basic_of(text: str, *, digits: str) -> str:
    """Return the first basic code in a reply that begins with one of some digits, or ""."""
    plain = _PORT.sub(" ", text)
    found: list[str] = _BASIC.findall(plain)
    return next((each for each in found if each[0] in digits), "")


def stage_of(text: str) -> str:
    """Return the stage at which a text says that it was refused, or ""."""
    said = _FIRST_SAID.search(text)
    if said:
        return _SAID[said.group(1).lower()]
    if _greeted(text):
        return "connect"
    lower = text.lower()
    for stage, words, pattern in _SAYING:
        if any(word in lower for word in words) and pattern.search(lower):
            return stage
    return ""
