"""What comes back about a message, as documents tell it: reports in their own words, and answers.

A report says for itself who wrote it, and nobody signs it: each sentence names the system only as the report does.
"""

from collections.abc import Mapping
from typing import Any

from acuse.certificates.stories.case import Case
from acuse.certificates.stories.rows import COLUMNS, Row, Teller, class_word, embedded_name
from acuse.certificates.stories.runs import Line, Run, Runs, mono, own, text_of, wrapped
from acuse.proof.facts.fact import Fact

_NAME = 60
_TITLE = 120


def system_of(case: Case, fact: Fact) -> Run:
    """Return the system that a report says it comes from."""
    name = text_of(fact.details.get("reporting_mta"))
    return case.theirs(name, limit=_NAME) if name else own(case.word("system.unnamed"))


def what_bounced(case: Case) -> Runs:
    """Return what the report that decided a failure says, for the verdict's sentence."""
    fact = case.decisive
    taken = [item.fact for item in case.facts if item.fact.type == "attempt.relayed"]
    outgoing = bool(taken and taken[-1].details.get("via"))
    return case.say(
        "failed.bounced" if taken else "failed.bounced.unanswered",
        system=system_of(case, fact),
        server=case.word("server.outgoing" if outgoing else "server.theirs"),
    )


def diagnostic(fact: Fact, columns: int = COLUMNS) -> list[Line] | None:
    """Return what a report quotes of the system that refused or took the message, verbatim, or None."""
    text = text_of(fact.details.get("diagnostic"))
    return wrapped(text, columns) if text else None


def _bounced(case: Case, fact: Fact) -> Row:
    decisive = fact.id == case.decisive.id
    return Row(
        title=case.say("fact.bounced"),
        source=_source(case, fact),
        verbatim=diagnostic(fact),
        remarks=[
            _joined(
                case.say("remark.class", **{"class": class_word(case, fact)}),
                [] if decisive else case.say("remark.not_decisive"),
            ),
            _embedded(case, fact, "remark.report"),
        ],
        mark="cross" if decisive else "ring",
        tag=case.word("tag.returned"),
    )


def _reported(key: str) -> Teller:
    def tell(case: Case, fact: Fact) -> Row:
        return Row(
            title=case.say(key),
            source=_source(case, fact),
            verbatim=diagnostic(fact),
            remarks=[_embedded(case, fact, "remark.report")],
        )

    return tell


def _complaint(case: Case, fact: Fact) -> Row:
    return Row(title=case.say("fact.complaint"), remarks=[_embedded(case, fact, "remark.embedded")])


def _auto_reply(case: Case, fact: Fact) -> Row:
    return Row(
        title=case.say("fact.auto_reply"),
        remarks=[_joined(case.say("remark.program"), _embedded(case, fact, "remark.embedded"))],
    )


def _disposition(case: Case, fact: Fact) -> Row:
    return Row(
        title=case.say("fact.disposition"),
        verbatim=wrapped(text_of(fact.details["disposition"]), COLUMNS),
        remarks=[_joined(case.say("remark.no_read"), _embedded(case, fact, "remark.embedded"))],
    )


def _reply(case: Case, fact: Fact) -> Row:
    details = fact.details
    subject = text_of(details["subject"])
    source = (
        case.say("fact.reply.subject", subject=case.theirs(subject, limit=_TITLE))
        if subject
        else case.say("fact.reply.no_subject")
    )
    if details["mail_from"]:
        source += case.say("fact.reply.envelope", mail_from=case.theirs(str(details["mail_from"]), limit=_TITLE))
    else:
        source += case.say("fact.reply.no_envelope")
    return Row(
        title=case.say("fact.reply", author=case.theirs(text_of(details["author"]), limit=_NAME)),
        source=source,
        remarks=[
            _joined(
                case.say(f"remark.reply.{details['matched_by']}"), _embedded(case, fact, "remark.embedded", "reply")
            ),
            case.say("remark.reply.author", checks=_checks(case, details["authentication"])),
        ],
    )


def _checks(case: Case, authentication: Mapping[str, Any]) -> Runs:
    """Return the results of RFC 8601 section 2.7: `SPF pass (example.com) · DKIM pass (example.com) · DMARC pass`."""
    found = [("SPF", authentication["spf"]), *(("DKIM", one) for one in authentication["dkim"])]
    runs: Runs = []
    for name, one in [*found, ("DMARC", authentication["dmarc"]), ("ARC", authentication["arc"])]:
        runs.append(own(f"{' · ' if runs else ''}{name} {one['result']}"))
        domain = text_of(one.get("domain"))
        runs += [own(" ("), case.theirs(domain, limit=_NAME), own(")")] if domain else []
    return runs


def _source(case: Case, fact: Fact) -> Runs:
    details = fact.details
    runs = case.say(f"source.report.{details['form']}", system=system_of(case, fact))
    remote = text_of(details.get("remote_mta"))
    if remote:
        runs += case.say("source.report.remote", remote=case.theirs(remote, limit=_NAME))
    if details.get("status"):
        runs += case.say("source.report.status", status=case.theirs(str(details["status"])))
    return runs


def _embedded(case: Case, fact: Fact, key: str, role: str = "report") -> Runs:
    if case.accepted.get("mode") == "notice":
        came = next(item for item in fact.objects if item.role == role)
        return case.say(key, digest=mono(came.sha256))
    name = embedded_name(case, fact, role)
    return case.say(key, name=mono(name)) if name else []


def _joined(*sentences: Runs) -> Runs:
    runs: Runs = []
    for sentence in sentences:
        runs += [own(" ")] if runs and sentence else []
        runs += sentence
    return runs


TELLERS: Mapping[str, Teller] = {
    "bounce.received": _bounced,
    "delivery.confirmed": _reported("fact.confirmed"),
    "delivery.passed_on": _reported("fact.passed_on"),
    "delivery.delayed": _reported("fact.delayed"),
    "complaint.received": _complaint,
    "auto_reply.received": _auto_reply,
    "disposition.received": _disposition,
    "reply.received": _reply,
}
