"""Findings judged by the rules: what a report means for each recipient."""

from dataclasses import replace

from acuse.mail.causes.decide import Decision, by_program, decide
from acuse.mail.causes.rule import Reply, folded
from acuse.mail.causes.vocabulary import (
    EXPIRED,
    PROGRAM_FAILED,
    REFUSED,
    REPORT_CLASSES,
    UNDETERMINED,
    failure_class,
)
from acuse.mail.reports.codes import basic_of, enhanced_of, inner_of, stage_of
from acuse.mail.reports.values import DELAYED, DELIVERED, SUCCESSES, Finding, Recipient

_VAGUE = (UNDETERMINED, REFUSED)
_REFUSALS = "45"


def judged(finding: Finding, *, reporting_mta: str = "", single: bool = True) -> Recipient:
    """Judge a finding of a DSN or of a bounce.

    Args:
        finding: what was read. reporting_mta: who reports, which may tell the provider.
        single: the report is of one recipient only, so that what it says of all is said of this one.
    """
    if finding.action in SUCCESSES:
        return _success(finding)
    said = inner_of(finding.text)
    likely = finding.status[:1] if not finding.status.endswith(".0.0") else ""
    basic = (likely and basic_of(said, digits=likely)) or basic_of(said, digits=_REFUSALS)
    enhanced = enhanced_of(said, given=finding.status, digit=basic[:1])
    if single and not basic and (not enhanced or enhanced.endswith(".0.0")):
        basic = basic_of(finding.lead, digits=enhanced[:1] or _REFUSALS)
        enhanced = enhanced_of(finding.lead, given=enhanced, digit=basic[:1])
    decision = _decided(finding, basic, enhanced, reporting_mta, single)
    first = (basic or enhanced)[:1] or ("4" if finding.action == DELAYED else "5")
    return Recipient(
        address=finding.address,
        action=finding.action,
        status=enhanced,
        reply=basic,
        diagnostic=finding.text or finding.lead.strip(),
        remote_mta=finding.remote,
        cause=decision.cause,
        failure_class=failure_class(decision.cause, permanent=first == "5" and finding.action != DELAYED),
        report_class=REPORT_CLASSES[decision.cause],
        permanent=first == "5" and finding.action != DELAYED,
        reason=decision.why,
    )


def _decided(finding: Finding, basic: str, enhanced: str, reporting_mta: str, single: bool) -> Decision:
    domain = finding.address.rpartition("@")[2]
    hosts = (finding.remote, domain, reporting_mta)
    digit = (basic or enhanced)[:1]
    digit = digit if digit in ("4", "5") else "4" if finding.action == DELAYED else "5"
    stage = finding.stage or stage_of(finding.text)
    own = Reply(text=folded(inner_of(finding.text)), code=basic, enhanced=enhanced, stage=stage, digit=digit)
    both = own
    if finding.lead:
        text = folded(f"{finding.lead}\n{finding.text}")
        both = replace(own, text=text, stage=stage or (stage_of(finding.lead) if single else ""))
    decision = (by_program(both) if single else None) or decide(own, *hosts)
    if not decision.firm and finding.lead:
        wider = decide(both, *hosts)
        if wider.firm or decision.cause == UNDETERMINED:
            decision = wider
    if finding.mechanism == "x-unix" and not decision.firm:
        return Decision(cause=PROGRAM_FAILED, why="a program for local delivery failed (X-Unix)", firm=False)
    if decision.cause in _VAGUE and finding.action == DELAYED:
        return Decision(cause=EXPIRED, why="it is late and still being tried", firm=False)
    return decision


def _success(finding: Finding) -> Recipient:
    delivered = finding.action == DELIVERED
    return Recipient(
        address=finding.address,
        action=finding.action,
        status=enhanced_of(finding.text, given=finding.status, digit="2"),
        reply=basic_of(finding.text, digits="2"),
        diagnostic=finding.text,
        remote_mta=finding.remote,
        cause="",
        failure_class="delivered" if delivered else "relayed",
        report_class="delivered_dsn" if delivered else "relayed_dsn",
        permanent=False,
        reason=f"the report says {finding.action} (RFC 3464 2.3.3)",
    )


def told(finding: Finding, *, action: str, failure: str, report: str, reason: str) -> Recipient:
    """Make a recipient of what is no delivery: a complaint, a receipt, an automatic reply."""
    return Recipient(
        address=finding.address,
        action=action,
        status="",
        reply="",
        diagnostic=finding.text,
        remote_mta=finding.remote,
        cause="",
        failure_class=failure,
        report_class=report,
        permanent=False,
        reason=reason,
    )
