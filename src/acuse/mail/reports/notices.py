"""Bounces that are no RFC 3464 report: recipients and what was said of each, from the text that people read.

One engine serves qmail, Exim, sendmail 5, Exchange, Notes, Domino, OpenSMTPD, Gmail and many more, because they differ
only in how the line with the recipient looks: those looks are `_STRONG`, the surest first.
"""

import re
from dataclasses import dataclass, field

from acuse.mail.causes.rule import Phrases
from acuse.mail.reports.codes import stage_of
from acuse.mail.reports.values import DELAYED, FAILED, Finding

MAX_LINES = 6000
MAX_LINE = 2000
MAX_SAID = 4000
MAX_FOUND = 10_000

_A = r"(?P<a>(?:\"[^\"\s]{1,64}\"|[^\s<>()\[\],;:\"@'|][^\s<>()\[\],;:\"@|]{0,127})@[^\s<>()\[\],;:\"@']{1,255})"
_STRONG = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"[ \t>]{{0,20}}(?:to ?:)?<{_A}>(?: \((?:expanded|(?:ultimately )?generated) from [^)]{{0,320}}\))?[ ]?:"
        r"(?P<rest>.*)",
        rf"[ \t]{{0,8}}\"?{_A}\"?(?: <[^<>]{{3,320}}>)?:(?:[ \t](?P<rest>.*)|\Z)",
        rf"[ \t]{{0,8}}<{_A}>[ \t]{{1,20}}\((?P<rest>.*)\)\Z",
        rf"[ \t]{{0,8}}{_A}[ \t]{{1,8}}\[(?P<rest>.*)\]\Z",
        rf"[ \t]{{0,8}}\* {_A}(?P<rest>)\Z",
        rf"[ \t]{{0,8}}(?:.{{0,200}}:smtp=)?{_A};? on (?=[A-Z0-9])(?P<rest>.*)",
        rf"[ \t]{{0,8}}{_A}<mailto:[^<>]{{3,320}}>(?P<rest>.*)",
        rf"[ \t]{{0,8}}{_A} (?P<rest>(?:invalid address|error_code|\[?status).*)",
        rf"(?P<rest>.{{0,200}}\baddress: ?<{_A}>.*)",
        rf"(?P<rest>(?:[0-9]{{3}}[ -])?(?:[245]\.[0-9]\.[0-9]{{1,3}} )?<{_A}>(?:\.\.\.|,).*)",
        rf"(?P<rest>.{{0,200}}\b(?:deliver (?:your )?message to:|delivered to:|addressed to:"
        rf"|rcpt to:|recipient address:|original address:|recipient:|attempts:|user:|userid:|host:|affected:"
        rf"|permanent errors:"
        rf"|address:|recipients?:)[ \t]{{0,8}}<?{_A}>?.*)",
        rf"(?P<rest>.{{0,200}}\b(?:delivering your mail to|deliver (?:your )?message to|delivered to"
        rf"|undeliverable to|user"
        rf"|rejected recipient|mailing list|failed recipient|gateway for)[ \t]{{1,8}}<?{_A}>?.*)",
        rf"[ \t]{{0,8}}<?{_A}>? \.\.\. (?P<rest>.*)",
        rf"[ \t]{{0,8}}<{_A}>[ \t]{{1,8}}(?P<rest>\S.*)",
        rf"(?P<rest>[^@]{{3,200}}): ?<{_A}>[ \t.]*\Z",
        rf">>> {_A} <[^<>]{{3,320}}>(?P<rest>.*)",
    )
)  # fmt: skip
_ALONE = re.compile(rf"[ \t*>\"<'-]{{0,20}}{_A}[>\"':.;]{{0,4}}[ \t]*\Z")
_CUT = re.compile(
    r"(?im)^[ \t]{0,12}(?:"
    r"-{2,} ?(?:below (?:this|the next) line is a copy|this is a copy of|original m|the header of the original"
    r"|enclosed is a copy|message header follows|returned message|unsent message follows|no message was collected"
    r"|the body of the|mensaje original|forwarded message)"
    r"|original message (?:follows|headers:)|message headers follow|below is a copy of the original"
    r"|included is a copy of the message header|the attachment contains the original|original mail as follows"
    r"|original message:|\|-{3,} ?message (?:text|header) follows|received: ?(?:from|by|\(qmail|\(from)"
    r"|return-path: ?<|dkim-signature: ?|\+{20,}|arc-seal: ?"
    r"|x-received: ?by|x-google-smtp-source: ?)"
)
#: Exim, where an alias is not to be shown
_UNDISCLOSED = re.compile(r"an undisclosed address[ \t]{0,20}\n[ \t]{0,20}\(generated from ([^\s()]{3,320})\)")
_LATE = Phrases(
    "has been delayed", "is delayed for", "delayed for more than", "warning message only", "still being tried",
    "still undelivered", "not yet been delivered", "temporary failure", "will be retried",
    "could not send message for past", "do not need to resend", "do not need to re-send", "delay reason",
    "se ha retrasado",
)  # fmt: skip
_SENDER = re.compile(
    r"(?i)mail from:|original sender:|a message sent by|x-postfix-sender"
    r"|^[ \t]{0,8}(?:message-id|from|reply-to|sender|in-reply-to|references|return-path)[ \t]{0,8}:"
)
NOT_PEOPLE = ("mailer-daemon@", "postmaster@", "mailerdaemon@", "abuse@")
_REMOTE = re.compile(
    r"(?:host:?|server|connected to|by|remote host|giving up on|talking to"
    r"|remote server at) <?([A-Za-z0-9][A-Za-z0-9-]{0,62}"
    r"(?:\.[A-Za-z0-9][A-Za-z0-9-]{0,62}){1,8})",
    re.IGNORECASE,
)
_DID_NOT_LIKE = re.compile(r"(?m)^([A-Za-z0-9.-]{3,255}) \[[0-9a-fA-F.:]{3,45}\] did not like")


@dataclass
class _Said:
    address: str
    strong: bool
    lines: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, line: str) -> None:
        if self.size < MAX_SAID and line:
            self.lines.append(line)
            self.size += len(line)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The text of a report, cut where the returned message begins: that `rest` is what was cut off."""

    text: str
    rest: str


def cut(text: str) -> Notice:
    """Cut a report's text at the beginning of the returned message."""
    match = _CUT.search(text)
    if match is None or not text[: match.start()].strip():
        return Notice(text=text, rest="")
    return Notice(text=text[: match.start()], rest=text[match.start() :])


def remote_of(text: str) -> str:
    """Return the name of the server that a text says it talked to, or ""."""
    match = _DID_NOT_LIKE.search(text) or _REMOTE.search(text)
    return match.group(1).rstrip(".") if match else ""


def findings(text: str, *, known: tuple[str, ...] = (), never: tuple[str, ...] = ()) -> list[Finding]:
    """Return the recipients of a notice and what it says of each, in order of appearance.

    Args:
        text: cut by `cut`. known: recipients named by a header (X-Failed-Recipients), which are believed.
        never: addresses of the sender, which are recipients only if nothing else is.
    """
    lead, said = _read(_UNDISCLOSED.sub(r"\1", text), frozenset(each.lower() for each in known))
    chosen = _chosen(said, known, never)
    shared = "\n".join(lead)[:MAX_SAID]
    late = _LATE.within(text.lower())
    single = len(chosen) == 1
    results = []
    for each in chosen:
        own = "\n".join(each.lines)
        results.append(
            Finding(
                address=each.address,
                action=DELAYED if late else FAILED,
                text=own,
                stage=stage_of(own) or (stage_of(shared) if single else ""),
                remote=remote_of(own),
                lead=shared,
            )
        )
    return results


def _read(text: str, known: frozenset[str]) -> tuple[list[str], list[_Said]]:
    """Split the text into what comes before any recipient (one that is known, where some are), and after each."""
    lead: list[str] = []
    said: list[_Said] = []
    for whole in text.split("\n", MAX_LINES)[:MAX_LINES]:
        line = whole[:MAX_LINE].rstrip()
        found = _recipient(line) if "@" in line and not _SENDER.search(line) else None
        if found is None or (known and found[0].lower() not in known):
            said[-1].add(line.strip()) if said else lead.append(line.strip())
            continue
        address, rest, strong = found
        if not said or said[-1].address.lower() != address.lower():
            if len(said) >= MAX_FOUND:
                break
            said.append(_Said(address=address, strong=strong))
        said[-1].strong = said[-1].strong or strong
        said[-1].add(rest.strip())
    return [line for line in lead if line], said


def _recipient(line: str) -> tuple[str, str, bool] | None:
    alone = _ALONE.match(line)
    if alone:
        return alone.group("a").rstrip(".'"), "", False
    for pattern in _STRONG:
        match = pattern.match(line)
        if match:
            return match.group("a").rstrip(".'"), match.group("rest") or "", True
    return None


def _chosen(said: list[_Said], known: tuple[str, ...], never: tuple[str, ...]) -> list[_Said]:
    """Choose among what looks like recipients: those a header names; else the sure ones; else those standing alone."""
    merged: dict[str, _Said] = {}
    for each in said:
        first = merged.setdefault(each.address.lower(), each)
        if first is not each:
            first.strong = first.strong or each.strong
            for line in each.lines:
                first.add(line)
    if known:
        return [merged.get(each.lower()) or _Said(address=each, strong=True) for each in known]
    others = {name.lower() for name in never}
    people = [each for name, each in merged.items() if not name.startswith(NOT_PEOPLE)] or list(merged.values())
    people = [each for each in people if each.address.lower() not in others] or people
    return [each for each in people if each.strong] or people
