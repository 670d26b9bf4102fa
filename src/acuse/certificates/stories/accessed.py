"""What recipients do with content behind a link, as documents tell it: opened, fetched, accepted, rejected, expired.

No sentence names a person: a link can be forwarded, and a code proves the control of a mailbox.
"""

from collections.abc import Mapping
from typing import Any

from acuse.certificates.stories.case import Case
from acuse.certificates.stories.rows import COLUMNS, Row, Teller, embedded_name
from acuse.certificates.stories.runs import Run, Runs, mono, own, text_of, wrapped
from acuse.clock import from_rfc3339
from acuse.proof.facts.fact import Fact

OUTCOMES = frozenset({"accessed", "accepted", "refused", "expired"})
_AGENT = 160
_NAME = 120


def sentence(case: Case) -> Runs:
    """Return the verdict's sentence for an outcome of these."""
    fact, outcome = case.decisive, case.verdict.outcome
    slots: dict[str, Run | Runs | str] = {
        "subject": case.subject(),
        "recipient": case.recipient(),
        "contact": case.recipient(),
        "means": _means(case, fact),
        "button": case.theirs(str(fact.details.get("words", ""))),
        **case.when(fact),
    }
    if outcome == "expired":
        return case.say(
            "sentence.expired", **slots, **{"from": _moment(case, _consigned(case).occurred_at)}, **_until(case)
        )
    return case.say(
        f"sentence.accessed.{case.verdict.grade}" if outcome == "accessed" else f"sentence.{outcome}", **slots
    )


def proved(case: Case) -> list[Runs]:
    """Return what the act that decided proves, and that the notice was taken before."""
    fact, outcome = case.decisive, case.verdict.outcome
    if outcome == "expired":
        begun = _moment(case, _consigned(case).occurred_at)
        return [case.say("proves.expired", **{"from": begun}, **_until(case))]
    slots = {**case.time_and_day(fact), "means": _means(case, fact)}
    if outcome == "accessed":
        return [case.say("proves.accessed", **slots)]
    key = "proves.accepted" if outcome == "accepted" else "proves.rejected"
    said = case.say(key, button=case.theirs(str(fact.details["words"])), **slots)
    seen = case.verdict.reached.get(4) or case.verdict.reached.get(3)
    return [said, *([case.say("proves.accessed", **case.time_and_day(seen), means=_means(case, seen))] if seen else [])]


def _consigned(case: Case) -> Fact:
    return next((one.fact for one in case.facts if one.fact.type == "content.consigned"), case.facts[0].fact)


def _until(case: Case) -> dict[str, Run | Runs | str]:
    return {"until": _moment(case, from_rfc3339(str(case.decisive.details["term_until"])))}


def _moment(case: Case, moment: Any) -> Runs:
    return case.say("moment", date=case.clock.date(moment), time=case.clock.time(moment))


def _means(case: Case, fact: Fact) -> Runs:
    key = "means.code" if fact.details.get("authentication") else "means.link"
    return case.say(key, recipient=case.recipient())


def client_of(case: Case, fact: Fact) -> Runs:
    """Return where a request came from, and what made it by its own account."""
    client = fact.details["client"]
    agent = text_of(client["user_agent"])
    runs = case.say("source.client", ip=case.theirs(str(client["ip"])))
    return runs + (case.say("source.client.agent", agent=case.theirs(agent, limit=_AGENT)) if agent else [])


def _consigns(case: Case, fact: Fact) -> Row:
    until = _moment(case, from_rfc3339(str(fact.details["term_until"])))
    return Row(
        title=case.say("fact.consigned"),
        source=case.say(f"fact.consigned.{fact.details['access']}", until=until),
    )


def _sends_code(case: Case, fact: Fact) -> Row:
    return Row(
        title=case.say("fact.code_sent", contact=case.theirs(str(fact.details["contact"]), limit=_NAME)),
        source=client_of(case, fact),
        remarks=[case.say("remark.code", time=case.clock.time(from_rfc3339(str(fact.details["valid_until"]))))],
    )


def _refuses_code(case: Case, fact: Fact) -> Row:
    return Row(
        title=case.say(f"fact.code_refused.{fact.details['reason']}"), source=client_of(case, fact), mark="cross"
    )


def _locks(case: Case, fact: Fact) -> Row:
    until = case.clock.time(from_rfc3339(str(fact.details["locked_until"])))
    return Row(title=case.say("fact.code_locked", time=until), source=client_of(case, fact), mark="cross")


def _opens(case: Case, fact: Fact) -> Row:
    name = embedded_name(case, fact, "shown")
    key = "fact.accessed.code" if fact.details["authentication"] else "fact.accessed"
    remark = case.say("remark.no_read")
    return Row(
        title=case.say(key),
        source=client_of(case, fact),
        remarks=[[*remark, own(" "), *case.say("remark.shown", name=mono(name))] if name else remark],
    )


def _fetches(case: Case, fact: Fact) -> Row:
    name = case.theirs(text_of(fact.details["name"]), limit=_NAME)
    return Row(
        title=case.say("fact.fetched", name=name),
        source=client_of(case, fact),
        remarks=[[own("SHA-256 "), mono(str(fact.details["digest"]))]],
    )


def _answers(key: str, mark: str) -> Teller:
    def tell(case: Case, fact: Fact) -> Row:
        comments = text_of(fact.details["comments"])
        return Row(
            title=case.say(key, button=case.theirs(str(fact.details["words"]))),
            source=client_of(case, fact),
            verbatim=wrapped(comments, COLUMNS) if comments else None,
            mark=mark,
        )

    return tell


def _expires(case: Case, fact: Fact) -> Row:
    return Row(title=case.say("fact.expired"), mark="cross" if fact.id == case.decisive.id else "ring")


def _revokes(case: Case, fact: Fact) -> Row:
    reason = text_of(fact.details["reason"])
    return Row(title=case.say("fact.revoked"), verbatim=wrapped(reason, COLUMNS) if reason else None)


TELLERS: Mapping[str, Teller] = {
    "content.consigned": _consigns,
    "code.sent": _sends_code,
    "code.refused": _refuses_code,
    "code.locked": _locks,
    "content.accessed": _opens,
    "attachment.fetched": _fetches,
    "acceptance.given": _answers("fact.given", "ring"),
    "content.rejected": _answers("fact.rejected", "cross"),
    "term.expired": _expires,
    "access.revoked": _revokes,
}
