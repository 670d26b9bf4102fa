"""What comes back about a communication, as its page tells it: reports in their own words, and answers.

A report says for itself who wrote it, and nobody signs it: no sentence here knows better.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from acuse.doors.console.told import Told, Transport, foreign
from acuse.doors.ui import grades
from acuse.proof.facts.fact import Fact


def _reported_by(details: Mapping[str, Any]) -> str:
    system = foreign(details.get("reporting_mta"))
    remote = foreign(details.get("remote_mta"))
    if system and remote:
        return _("A report in the name of %(system)s, about what %(remote)s said. Nobody signs reports.") % {
            "system": system,
            "remote": remote,
        }
    if system:
        return _("A report in the name of %(system)s. Nobody signs reports.") % {"system": system}
    return _("A report that does not name its system. Nobody signs reports.")


def _status(details: Mapping[str, Any]) -> tuple[Transport, ...]:
    items = []
    if details.get("form") == "text":
        items.append(Transport(icon="file-text", text=_("not in the standard form")))
    if details.get("status"):
        items.append(Transport(icon="note", text=_("status %(status)s") % {"status": details["status"]}))
    return tuple(items)


def _report(title: str, icon: str, style: str, details: Mapping[str, Any]) -> Told:
    return Told(
        title=title,
        icon=icon,
        style=style,
        source=_reported_by(details),
        verbatim=foreign(details.get("diagnostic")).strip(),
        transport=_status(details),
    )


def _bounced(fact: Fact) -> Told:
    word = grades.failure_word(str(fact.details["failure_class"]))
    return _report(_("Came back. %(what)s") % {"what": word}, "x", "failed", fact.details)


def _confirmed(fact: Fact) -> Told:
    return _report(_("Reported as delivered to the mailbox"), "check-circle", "raised", fact.details)


def _passed_on(fact: Fact) -> Told:
    return _report(_("Reported as passed on to a system that reports nothing"), "paper-plane-tilt", "", fact.details)


def _delayed(fact: Fact) -> Told:
    return _report(_("Reported as waiting on its way, still being tried"), "clock", "deferred", fact.details)


def _complaint(fact: Fact) -> Told:
    return Told(
        title=_("Reported as unwanted"),
        icon="warning-circle",
        style="deferred",
        source=_("The recipient, or their provider, marked the message as unwanted."),
    )


def _auto_reply(fact: Fact) -> Told:
    return Told(
        title=_("Automatic answer"),
        icon="monitor",
        source=_("A program answered by itself, as those of absent people do. It does not prove reading."),
    )


def _disposition(fact: Fact) -> Told:
    return Told(
        title=_("The recipient's mail program reported"),
        icon="monitor",
        source=_("What it says it did with the message. It does not prove reading."),
        verbatim=foreign(fact.details["disposition"]),
    )


def _reply(fact: Fact) -> Told:
    details = fact.details
    subject = foreign(details["subject"])
    matched = {
        "address": _("It came to the reply address that only this message carried."),
        "reference": _("It cites the identifier of this message."),
    }
    return Told(
        title=_("Answer from %(author)s") % {"author": foreign(details["author"]) or details["mail_from"]},
        icon="envelope-simple",
        style="raised",
        source=_("Subject: %(subject)s") % {"subject": subject} if subject else _("No subject"),
        remark=matched[str(details["matched_by"])],
        transport=_origin(details["authentication"]),
    )


def _origin(authentication: Mapping[str, Any]) -> tuple[Transport, ...]:
    """The results of our own checks of where an answer came from (RFC 8601 section 2.7)."""
    found = [("SPF", authentication["spf"]), *(("DKIM", one) for one in authentication["dkim"])]
    items = []
    for name, one in [*found, ("DMARC", authentication["dmarc"]), ("ARC", authentication["arc"])]:
        domain = foreign(one.get("domain"))
        text = f"{name} {one['result']} ({domain})" if domain else f"{name} {one['result']}"
        icon = "seal-check" if one["result"] == "pass" else "minus-circle"
        items.append(Transport(icon=icon, text=text))
    return tuple(items)


TELLERS: Mapping[str, Callable[[Fact], Told]] = {
    "bounce.received": _bounced,
    "delivery.confirmed": _confirmed,
    "delivery.passed_on": _passed_on,
    "delivery.delayed": _delayed,
    "complaint.received": _complaint,
    "auto_reply.received": _auto_reply,
    "disposition.received": _disposition,
    "reply.received": _reply,
}
