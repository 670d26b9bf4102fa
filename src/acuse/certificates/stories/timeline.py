"""Section 4: every fact, in order, with its source, the reply verbatim, and a plain remark (design: Timeline)."""

from collections.abc import Mapping
from typing import Any

from acuse.certificates.stories import accessed, added, returned, suppressed, tracked
from acuse.certificates.stories.case import Case, ending
from acuse.certificates.stories.context import LedgerFact
from acuse.certificates.stories.moments import number, utc_time
from acuse.certificates.stories.rows import COLUMNS, Row, Teller, class_word, embedded_name
from acuse.certificates.stories.runs import Line, Run, Runs, mono, own, text_of, wrapped
from acuse.clock import from_rfc3339
from acuse.mail.diagnostics import in_language
from acuse.proof.facts.fact import Fact

_TALL = 36
_SUMMARY_FROM = 40
_MAX_NAMES = 80
_STAGES = {"mail": "MAIL FROM", "rcpt": "RCPT TO", "data": "DATA", "connect": "220", "ehlo": "EHLO", "tls": "STARTTLS"}


def timeline(case: Case) -> dict[str, Any]:
    """Return section 4: rows by day, none merged, none left out."""
    days: list[dict[str, Any]] = []
    shown = None
    for item in case.facts:
        day = case.clock.local(item.fact.occurred_at).date()
        if day != shown:
            days.append({"title": case.clock.heading(item.fact.occurred_at), "rows": []})
            shown = day
        days[-1]["rows"].append(_row(case, item))
    return {
        "number": "4",
        "title": case.word("timeline.title"),
        "header": [
            *(run["t"] for run in _merged(case.say("timeline.time", clock=case.clock.name()))),
            "",
            case.word("timeline.fact"),
            case.word("timeline.number"),
        ],
        "summary": _summary(case),
        "days": days,
    }


def _merged(runs: Runs) -> Runs:
    return [own("".join(str(run["t"]) for run in runs))]


def _summary(case: Case) -> str | None:
    if len(case.facts) < _SUMMARY_FROM:
        return None
    decisive = {fact.subject_sequence for fact in (*case.verdict.reached.values(), case.decisive)}
    names = [number(sequence) for sequence in sorted(decisive)]
    key = "timeline.summary" if len(names) > 1 else "timeline.summary.one"
    joined = case.word("and").join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
    return "".join(str(run["t"]) for run in case.say(key, numbers=joined))


def _row(case: Case, item: LedgerFact) -> dict[str, Any]:
    fact = item.fact
    row = _TELLERS.get(fact.type, _other)(case, fact)
    grade = next((grade for grade, reached in case.verdict.reached.items() if reached.id == fact.id), None)
    remarks = [remark for remark in row.remarks if remark]
    if abs((fact.recorded_at - fact.occurred_at).total_seconds()) >= 60:
        remarks.append(case.say("timeline.recorded", time=case.clock.time(fact.recorded_at)))
    lines = len(row.verbatim or ())
    return {
        "time": case.clock.time(fact.occurred_at),
        "utc": utc_time(fact.occurred_at),
        "mark": "filled" if grade is not None else row.mark,
        "title": row.title,
        "tag": f"G{grade}" if grade is not None else row.tag,
        "tag_filled": grade is not None,
        "source": row.source,
        "verbatim": row.verbatim,
        "remarks": remarks,
        "number": number(fact.subject_sequence),
        "position": "–" if item.position is None else number(item.position),
        "breakable": lines > _TALL,
    }


def _accepted(case: Case, fact: Fact) -> Row:
    title = case.say("fact.accepted")
    client = fact.details.get("client")
    if client is None:
        return Row(title=title, source=case.say("fact.accepted.desk"), remarks=_chosen(case, fact))
    source = case.say(
        f"fact.accepted.source{case.resent}",
        credential=case.theirs(str(fact.details["credential"])),
        ip=case.theirs(client["ip"]),
    )
    if client.get("tls"):
        source += case.say("fact.accepted.tls", version=case.theirs(str(client["tls"]["version"])))
    return Row(title=title, source=source, remarks=_chosen(case, fact))


def _chosen(case: Case, fact: Fact) -> list[Runs]:
    """Return what the sender chose for this message, and the page does not say elsewhere."""
    reference, years = fact.details.get("reference"), fact.details.get("retention_years")
    resent = fact.details.get("resent_of")
    return [
        case.say("fact.accepted.resent", communication=mono(str(resent))) if resent else [],
        case.say("fact.accepted.reference", reference=case.theirs(str(reference))) if reference else [],
        case.say("fact.accepted.retention", years=number(years)) if years else [],
        case.say("fact.accepted.withdrawn") if fact.details.get("tracking") == "withdrawn" else [],
    ]


def _opened(case: Case, fact: Fact) -> Row:
    title = case.say(
        "fact.opened",
        attempt=number(fact.details["attempt"]),
        target=case.theirs(str(fact.details["target"]), limit=120),
    )
    copy = fact.details.get("copy")
    if not copy:
        return Row(title=title)
    if fact.details["attempt"] > 1:  # the same lines stand with the first attempt
        return Row(title=title, remarks=[case.say("fact.opened.again")])
    lines, removed = text_of(copy.get("prepended")) or "", text_of(copy.get("removed"))
    without = (
        case.say("fact.opened.removed", removed=case.theirs(" ".join(removed.split()), limit=800)) if removed else []
    )
    key = "fact.opened.copy.without" if removed else "fact.opened.copy"
    key = "fact.opened.copy.added" if added.amended(fact) else key
    return Row(
        title=title,
        verbatim=wrapped(lines, COLUMNS) if lines else None,
        remarks=[without, added.said(case, fact), [*case.say(key), mono(str(copy["digest"]))]],
    )


def _relayed(case: Case, fact: Fact) -> Row:
    return Row(
        title=case.say(f"fact.relayed{ending(fact)}"),
        source=_source(case, fact),
        verbatim=_reply(fact),
        remarks=[_with_dialogue(case, fact, "remark.no_arrival" if ending(fact) else "remark.no_read")],
    )


def _deferred(case: Case, fact: Fact) -> Row:
    words = class_word(case, fact)
    last = fact.id == case.facts[-1].fact.id  # the next fact shows when the others were tried again
    remarks = _retry(case, fact) if last else []
    return Row(
        title=case.say("fact.deferred", attempt=number(fact.details["attempt"]), **{"class": words}),
        source=_source(case, fact),
        verbatim=_reply(fact),
        remarks=remarks,
        mark="cross",
        tag=case.word("tag.deferred"),
    )


def _refused(case: Case, fact: Fact) -> Row:
    final = case.say("remark.final", **{"class": class_word(case, fact)})
    return Row(
        title=case.say(f"fact.refused{ending(fact)}"),
        source=_source(case, fact),
        verbatim=_reply(fact),
        remarks=[[*final, own(" "), *_dialogue(case, fact)]],
        mark="cross",
        tag=case.word("tag.failed"),
    )


def _unknown(case: Case, fact: Fact) -> Row:
    if ending(fact) == ".interrupted":
        return Row(
            title=case.say("fact.interrupted", attempt=number(fact.details["attempt"])),
            remarks=[case.say("remark.interrupted")],
            mark="dashed",
            tag=case.word("tag.interrupted"),
        )
    remarks = [_with_dialogue(case, fact, "remark.unknown")]
    if fact.details.get("retry_at"):
        remarks.append(case.say("remark.unknown.retry"))
    return Row(
        title=case.say("fact.unknown"),
        source=_source(case, fact),
        verbatim=_reply(fact),
        remarks=remarks,
        mark="dashed",
        tag=case.word("tag.unknown"),
    )


def _failed(case: Case, fact: Fact) -> Row:
    words, listed = class_word(case, fact), fact.details.get("listed")
    return Row(
        title=case.say("fact.failed"),
        source=[own(words[0].upper() + words[1:])],
        remarks=[
            *([suppressed.listing(case, listed)] if listed else _reason(case, fact)),
            case.say("remark.attempts", attempts=number(fact.details["attempts"])),
        ],
        mark="cross",
        tag=case.word("tag.failed"),
    )


def _notified(case: Case, fact: Fact) -> Row:
    return Row(
        title=case.say(f"fact.notified.{fact.details['action']}"),
        source=case.say("fact.notified.source", to=case.theirs(str(fact.details["to"]))),
    )


def _issued(case: Case, fact: Fact) -> Row:
    details = fact.details
    source = case.say("fact.issued.level", level=str(details["level"]))
    if details.get("supersedes"):
        source += case.say("fact.issued.supersedes", supersedes=mono(str(details["supersedes"])))
    key = "fact.receipt_issued" if fact.type == "receipt.issued" else "fact.certificate_issued"
    title = case.say(key, code=own(str(details["code"])), revision=number(details["revision"]))
    return Row(title=title, source=source)


def _lowered(case: Case, fact: Fact) -> Row:
    details = fact.details
    return Row(
        title=case.say("fact.level_lowered", code=own(str(details["code"]))),
        source=case.say("fact.level_lowered.source", wanted=str(details["wanted"]), level=str(details["level"])),
        remarks=_reason(case, fact),
    )


def _other(case: Case, fact: Fact) -> Row:
    return Row(title=case.say("fact.other", type=mono(fact.type)))


_TELLERS: Mapping[str, Teller] = {
    "communication.accepted": _accepted,
    "attempt.opened": _opened,
    "attempt.relayed": _relayed,
    "attempt.deferred": _deferred,
    "attempt.refused": _refused,
    "attempt.unknown": _unknown,
    "attempt.failed": _failed,
    "sender.notified": _notified,
    "receipt.issued": _issued,
    "certificate.issued": _issued,
    "certificate.level_lowered": _lowered,
    **returned.TELLERS,
    **accessed.TELLERS,
    **suppressed.TELLERS,
    **tracked.TELLERS,
}


def _reply(fact: Fact) -> list[Line] | None:
    reply = fact.details.get("reply")
    return wrapped(text_of(reply["text"]), COLUMNS) if reply else None


def _reason(case: Case, fact: Fact) -> list[Runs]:
    reason = text_of(fact.details.get("reason"))
    if not reason:
        return []
    said, _ = in_language(reason, case.context.language)
    return [case.say("remark.reason", reason=case.theirs(said))]


def _retry(case: Case, fact: Fact) -> list[Runs]:
    retry_at = fact.details.get("retry_at")
    if not retry_at:
        return []
    moment = from_rfc3339(retry_at)
    return [case.say("remark.retry", time=case.clock.time(moment), date=case.clock.day(moment))]


def _with_dialogue(case: Case, fact: Fact, key: str) -> Runs:
    said, dialogue = case.say(key), _dialogue(case, fact)
    return [*said, own(" "), *dialogue] if dialogue else said


def _dialogue(case: Case, fact: Fact) -> Runs:
    name = embedded_name(case, fact, "smtp-dialogue")
    return case.say("remark.dialogue", name=mono(name)) if name else []


def _source(case: Case, fact: Fact) -> Runs | None:
    """Return server, DNS, TLS and stage: `mx1.example.com [203.0.113.25] · TLS 1.3, … · certificate …`."""
    details = fact.details
    host = str(details.get("host") or "")
    runs: Runs = []
    if host:
        address = case.theirs(str(details.get("address") or "–"))
        runs += case.say("source.server", host=case.theirs(host), address=address)
        runs += _tls(case, details.get("tls"), host) + _policy(case, details.get("policy"))
        stage = details.get("stage")
        if stage and details.get("reply"):
            runs += case.say("source.stage", stage=_STAGES.get(str(stage), str(stage).upper()))
    dns = _dns(case, details.get("dns"))
    if runs and dns:
        runs.append(own(" · "))
    return [*runs, *dns] or None


def _tls(case: Case, tls: Mapping[str, Any] | None, host: str) -> Runs:
    if not tls:
        return case.say("source.no_tls")
    runs = case.say("source.tls", version=case.theirs(str(tls["version"])), cipher=case.theirs(str(tls["cipher"])))
    if tls.get("verified"):
        return runs + case.say("source.tls.verified", host=case.theirs(host))
    return runs + case.say("source.tls.unverified")


def _policy(case: Case, policy: Mapping[str, Any] | None) -> Runs:
    """Return what the recipient's domain asked of the connection; where it asked nothing, TLS says all there is."""
    if not policy:
        return []
    key = f"source.policy.{policy['kind']}.{policy['mode']}.{policy['result']}"
    return case.say(key) if case.has(key) else []


def _dns(case: Case, dns: Mapping[str, Any] | None) -> Runs:
    if not dns or not dns.get("mx"):
        return []
    first: Run | None = None
    runs: Runs = []
    for exchanger in dns["mx"][:_MAX_NAMES]:
        runs += [own("; ")] if first else []
        first = case.theirs(str(exchanger["host"]))
        runs += case.say("source.dns", preference=str(exchanger["preference"]), host=first)
        addresses = ", ".join(str(one) for one in exchanger["addresses"])
        runs += [own(" → "), case.theirs(addresses)] if addresses else []
    return runs + (case.say("source.dnssec") if dns.get("secure") else [])
