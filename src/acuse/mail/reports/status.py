"""RFC 3464 reports (and RFC 6533 where addresses are not ASCII): fields to findings."""

from dataclasses import dataclass

from acuse.mail.reports.codes import stage_of
from acuse.mail.reports.fields import Group, address_of, groups, status_of, typed
from acuse.mail.reports.values import ACTIONS, DELAYED, DELIVERED, FAILED, RELAYED, Finding

MAX_RECIPIENTS = 10_000

_RECIPIENT = ("final-recipient", "original-recipient", "x-actual-recipient")
_WORDS = {
    "failure": FAILED,
    "fail": FAILED,
    "expired": FAILED,
    "delay": DELAYED,
    "deliverable": DELIVERED,
    "success": DELIVERED,
}
_BY_CLASS = {"2": RELAYED, "4": DELAYED, "5": FAILED}
#: Exim says "delivered" whatever it did. With these fixed words of its own it gave the message to another server: that
#: of Remote-MTA, or the last one that knows reports. Only "via non SMTP router" is a mailbox (RFC 3464 2.3.3).
_EXIM_RELAYED = ("relayed via non dsn router", "250 ok")


@dataclass(frozen=True, kw_only=True)
class Status:
    """What a delivery status part says: of the message, and of each recipient."""

    envid: str | None
    reporting_mta: str | None
    findings: tuple[Finding, ...]
    truncated: bool


def read_status(text: str) -> Status:
    """Read the text of message/delivery-status, or any text in which its fields stand. Never raises."""
    message: Group = {}
    found: list[Finding] = []
    for group in groups(text.split("\n"), limit=MAX_RECIPIENTS + 50):
        if any(name in group for name in _RECIPIENT):
            found.append(_finding(group))
            if "reporting-mta" in group:  # some reporters leave out the empty line between the two kinds of group
                message = {**group, **message}
        elif "reporting-mta" in group or "original-envelope-id" in group or "arrival-date" in group:
            message = {**group, **message}
    return Status(
        envid=message.get("original-envelope-id") or None,
        reporting_mta=typed(message.get("reporting-mta", ""))[1].split(" ")[0] or None,
        findings=tuple(found[:MAX_RECIPIENTS]),
        truncated=len(found) > MAX_RECIPIENTS,
    )


def _finding(group: Group) -> Finding:
    mechanism, said = typed(group.get("diagnostic-code", ""))
    status = group.get("status", "")
    comment = status.partition("(")[2].rstrip(") ") if "(" in status else ""
    code = status_of(status)
    return Finding(
        address=_address(group),
        action=_action(group, code, said),
        status=code,
        text=said or comment,
        stage=stage_of(said),
        remote=typed(group.get("remote-mta", ""))[1].split(" ")[0].strip("[]().,").lower(),
        mechanism=mechanism,
        lead=f"{name}: {group[name]}" if (name := "x-powermta-bouncecategory") in group else "",
    )


def _action(group: Group, code: str, said: str) -> str:
    """Return what was done, or "" where neither Action nor Status says it.

    Where Action says nothing known, the class of the status does; that it was taken is all that one of success says. A
    failure with the status of a success stays a failure: Action is what the reporter did (RFC 3464 section 2.3.3).
    """
    word = group.get("action", "").split(" ")[0].split(";")[0].lower()
    if word == DELIVERED and said.lower() in _EXIM_RELAYED:
        return RELAYED
    return word if word in ACTIONS else _WORDS.get(word) or _BY_CLASS.get(code[:1], "")


def _address(group: Group) -> str:
    named = [address_of(group[name]) for name in _RECIPIENT if name in group]
    return next((each for each in named if "@" in each), named[0])
