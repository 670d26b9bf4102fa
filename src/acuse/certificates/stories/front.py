"""Page 1: badge, headline, sentence, ladder, the two lists, issue strip (design: Elements)."""

from typing import Any

from acuse.certificates.stories import accessed, suppressed
from acuse.certificates.stories.case import Case
from acuse.certificates.stories.moments import number, utc_time
from acuse.certificates.stories.returned import diagnostic, system_of, what_bounced
from acuse.certificates.stories.runs import (
    Line,
    Run,
    Runs,
    address_lines,
    foreign,
    mono,
    own,
    plain,
    text_of,
    wrapped,
)
from acuse.certificates.stories.told import Told
from acuse.proof.facts.fact import Fact

_REMOTE = "attempt.refused"
#: What was found in the DNS about the domain, and what that proves.
_OF_DOMAIN = {"domain_not_found": "proves.no_domain", "no_mail_domain": "proves.no_mail_domain"}
_BOUNCE = "bounce.received"
_HEADLINE_COLUMNS = 72
_MAX_REPLY_LINES = 8
_ADDRESS_COLUMNS = 66


def headline(case: Case) -> str:
    """Return what happened, in at most 60 characters of ours."""
    outcome = case.verdict.outcome
    if outcome == "accessed":
        return case.word(f"headline.accessed.{case.verdict.grade}")
    if outcome == "refused" and case.decisive.details.get("authentication"):
        return case.word("headline.refused.code")
    if outcome != "failed":
        return case.word(f"headline.{outcome}")
    key = f"headline.failed.{case.verdict.failure_class}"
    return case.word(key if case.has(key) else "headline.failed.other")


def short_verdict(case: Case) -> str:
    """Return the headline with its grade, for the header of later pages."""
    if case.verdict.outcome in ("failed", "refused", "expired"):
        return headline(case)
    return f"{headline(case)} · G{case.verdict.grade}"


def sentence(case: Case) -> Runs:
    """Return who sent what to whom, what happened, weekday, date and time to the second."""
    if case.verdict.outcome in accessed.OUTCOMES:
        return accessed.sentence(case)
    fact = case.decisive
    slots: dict[str, Run | Runs | str] = {
        "sender": case.sender(),
        "subject": case.subject(),
        "recipient": case.recipient(),
        "domain": case.domain(),
        **case.when(case.facts[0].fact if case.verdict.outcome == "pending" else fact),
    }
    if "listed" in fact.details:
        return case.say("sentence.failed.suppressed", what=suppressed.held_back(case), **slots)
    if case.verdict.outcome == "failed":
        return case.say("sentence.failed", what=_what_failed(case), **slots)
    if case.ending == ".bounced" or case.verdict.outcome == "delivered":
        slots["system"] = system_of(case, fact)
    if case.verdict.outcome == "undetermined":
        return case.say(f"sentence.undetermined{case.ending}", **slots)
    resent = case.resent if case.verdict.outcome == "pending" else ""
    return case.say(f"sentence.{case.verdict.outcome}{resent}", **slots)


def _what_failed(case: Case) -> Runs:
    if case.decisive.type == _BOUNCE:
        return what_bounced(case)
    remote = case.decisive.type == _REMOTE
    key = f"failed.{case.verdict.failure_class}"
    if not case.has(key):
        key = "failed.other"
    if remote and case.has(f"{key}.remote"):
        key = f"{key}.remote"
    of_domain = case.verdict.failure_class in _OF_DOMAIN
    if not remote and not of_domain and key != "failed.server_unavailable":
        key = "failed.other.local"
    tries = case.attempts if remote else _tries(case)
    if not remote and not of_domain:
        key = _counted(case, key, tries)
    said = case.say(
        key,
        server=case.word("server.outgoing" if case.ending == ".outgoing" else "server.theirs"),
        domain=case.domain(),
        attempts=number(tries),
        last=case.clock.time(_last_try(case)),
        size=case.say("bytes", count=number(int(case.accepted["size"]))),
    )
    if remote and case.attempts == 1 and key != "failed.other":
        said = said + case.say("failed.only_try")
    return said


def _tries(case: Case) -> int:
    return int(case.decisive.details.get("attempts", case.attempts))


def _counted(case: Case, key: str, count: int) -> str:
    """Return the key of the sentence for none or for one, where it has words of its own."""
    own_key = f"{key}.{('none', 'one')[count]}" if count < 2 else key
    return own_key if case.has(own_key) else key


def _last_try(case: Case) -> Any:
    tried = [item.fact for item in case.facts if item.fact.type.startswith("attempt.") and "reply" in item.fact.details]
    return (tried[-1] if tried else case.decisive).occurred_at


def decisive_reply(case: Case) -> list[Line] | None:
    """Return the words that decided a failure, verbatim: the server's reply, or what a report quotes; all lines."""
    if case.decisive.type == _BOUNCE:
        return diagnostic(case.decisive, _HEADLINE_COLUMNS)
    reply = case.decisive.details.get("reply")
    if case.verdict.outcome != "failed" or not reply:
        return None
    return wrapped(text_of(reply["text"]), _HEADLINE_COLUMNS)


def opening(case: Case, kind: str) -> dict[str, Any]:
    """Return the model of the verdict block.

    Args:
        case: the communication.
        kind: the words for the kind of document.
    """
    superseded = case.context.supersedes
    reply = decisive_reply(case)
    cut = reply is not None and len(reply) > _MAX_REPLY_LINES
    return {
        "kind": kind,
        "clock": case.clock.line(),
        "badge": _badge(case),
        "headline": headline(case),
        "sentence": sentence(case),
        "note": None,
        "verbatim": reply and reply[:_MAX_REPLY_LINES],
        "verbatim_note": plain(case.say("reply.cut", number=number(case.decisive.subject_sequence))) if cut else None,
        "supersedes": superseded
        and case.say(
            "supersedes",
            code=mono(superseded.code),
            position=number(superseded.position),
            reason=case.theirs(superseded.reason.rstrip(".")),
        ),
    }


def _badge(case: Case) -> dict[str, Any]:
    outcome = case.verdict.outcome
    if outcome in ("failed", "refused", "expired"):
        return {"style": "cross", "label": case.word(f"badge.{outcome}"), "mark": ""}
    if outcome == "undetermined":
        return {"style": "unknown", "label": case.word("badge.undetermined"), "mark": "?"}
    return {"style": "grade", "label": case.word("badge.grade"), "mark": f"G{case.verdict.grade}"}


def ladder(case: Case) -> dict[str, Any]:
    """Return the seven steps, and the sentence that stands for the drawing."""
    judged = case.verdict
    stop = {"failed": "cross", "undetermined": "unknown"}.get(judged.outcome)
    steps = []
    for grade in range(7):
        fact = judged.reached.get(grade)
        state, note, label = "future", None, case.word(f"ladder.{grade}")
        if grade == judged.grade:
            state = "highest"
        elif fact is not None:
            state = "reached"
        elif grade < judged.grade:
            state, note = "unrecorded", case.word("ladder.unrecorded")
        elif stop and grade == judged.grade + 1:
            state, fact, label = stop, case.decisive, case.word(_stop_label(case))
        time = None if fact is None else case.clock.local(fact.occurred_at).strftime("%H:%M:%S")
        if fact is not None and note is None:
            note = case.other_day(fact)
        steps.append({"grade": f"G{grade}", "label": label, "time": time, "note": note, "state": state})
    return {"steps": steps, "alternative": _alternative(case, steps)}


def _stop_label(case: Case) -> str:
    if case.verdict.outcome == "undetermined":
        return f"ladder.undetermined{case.ending}"
    if case.decisive.type == _BOUNCE:
        return "ladder.failed.bounced"
    if "listed" in case.decisive.details:
        return "ladder.failed.suppressed"
    if case.decisive.type != _REMOTE:
        return "ladder.failed.local"
    return "ladder.failed.outgoing" if case.ending else "ladder.failed.remote"


def _alternative(case: Case, steps: list[dict[str, Any]]) -> str:
    own_facts = [step["grade"] for step in steps if step["state"] in ("reached", "highest")]
    missing = [step["grade"] for step in steps if step["state"] == "unrecorded"]
    said = case.say("ladder.alternative", grade=str(case.verdict.grade), own=_joined(case, own_facts))
    if missing:
        said += case.say("ladder.alternative.missing", missing=_joined(case, missing))
    stopped = next((step for step in steps if step["state"] in ("cross", "unknown")), None)
    if stopped:
        label = str(stopped["label"]).replace("\n", " ")
        said += case.say("ladder.alternative.failed", stop=str(stopped["grade"])[1:], label=label)
    return plain(said)


def _joined(case: Case, names: list[str]) -> str:
    return case.word("and").join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def lists(case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is proved and what is not: two to four sentences each, strongest first."""
    proves = {"title": case.word("proves.title"), "items": _proved(case)}
    return proves, {"title": case.word("limits.title"), "items": _not_proved(case)}


def _proved(case: Case) -> list[Runs]:
    judged, fact = case.verdict, case.decisive
    first = case.facts[0].fact
    key = f"proves.handed{case.resent}"
    handed = case.say(key, sender=case.sender(), recipient=case.recipient(), **case.time_and_day(first))
    kept = case.kept()
    if judged.outcome in ("relayed", "handed"):
        return [_taken(case, fact), handed, kept]
    if judged.outcome in accessed.OUTCOMES:
        return [*accessed.proved(case), handed, kept]
    if fact.type in (_BOUNCE, "delivery.confirmed"):
        return [*_proved_by_report(case), handed, kept]
    if judged.outcome == "undetermined":
        key = "proves.interrupted" if case.ending == ".interrupted" else f"proves.all_sent{case.ending}"
        return [handed, case.say(key, **case.time_and_day(fact)), kept]
    return [handed, *_proved_of_failure(case), kept][:3]


def _taken(case: Case, fact: Fact) -> Runs:
    """Return that a server took the message: the recipient's, or the sender's own outgoing one."""
    host = case.theirs(str(fact.details.get("host") or "—"), limit=60)
    key = "proves.handed_out" if fact.details.get("via") else "proves.relayed"
    return case.say(key, domain=case.domain(), host=host, **case.time_and_day(fact))


def _proved_by_report(case: Case) -> list[Runs]:
    """Return that a report came back, and that a server had taken the message before, in the order of time."""
    fact = case.decisive
    key = "proves.bounced" if fact.type == _BOUNCE else "proves.confirmed"
    came = case.say(key, system=system_of(case, fact), **case.time_and_day(fact))
    taken = [_taken(case, item.fact) for item in case.facts if item.fact.type == "attempt.relayed"]
    return [*taken[-1:], came]


def _proved_of_failure(case: Case) -> list[Runs]:
    judged, fact = case.verdict, case.decisive
    if judged.outcome != "failed":
        return []
    if fact.type == _REMOTE:
        return [case.say(f"proves.tried{case.ending}", domain=case.domain()), case.say("proves.refused")]
    if judged.failure_class in _OF_DOMAIN:
        return [case.say(_OF_DOMAIN[judged.failure_class], domain=case.domain())]
    key = _counted(case, "proves.exhausted", _tries(case))
    return [case.say(key, attempts=number(_tries(case)), **case.time_and_day(fact))]


def _not_proved(case: Case) -> list[Runs]:
    keys = list(case.verdict.limits)
    if "not_inbox" in keys and "not_read" in keys:
        keys[keys.index("not_inbox")] = "not_inbox_nor_read"
        keys.remove("not_read")
    contact = case.recipient()
    items = [case.say(f"limit.{key}", contact=contact) for key in keys if case.has(f"limit.{key}")]
    if case.verdict.outcome == "undetermined" and len(items) < 3:
        items.insert(1, case.say("limit.not_known_to_recipient"))
    return items


def strip(case: Told) -> list[dict[str, Any]]:
    """Return the four cells: issued, facts, seal, and time stamp or what it supersedes."""
    context = case.context
    position = case.position
    place = case.say("strip.facts.position", position=number(position)) if position is not None else None
    last = number(len(case.facts))
    span = case.say("strip.facts.range", first="1", last=last) if len(case.facts) > 1 else case.say("strip.facts.one")
    return [
        {
            "label": case.word("strip.issued"),
            "lines": [[own(case.clock.short(context.issued_at))], [own(case.clock.with_zone(context.issued_at))]],
        },
        {"label": case.word("strip.facts"), "lines": [span, place or case.say("strip.facts.unpublished")]},
        {
            "label": case.word("strip.seal"),
            "lines": [[foreign(context.seal.subject.name, limit=60)], [own(f"PAdES {context.level}")]],
        },
        _fourth(case),
    ]


def _fourth(case: Told) -> dict[str, Any]:
    context = case.context
    if context.supersedes is not None:
        revision = case.say("strip.revision", revision=str(context.revision))
        return {"label": case.word("strip.supersedes"), "lines": [[own(context.supersedes.code)], revision]}
    label = case.word("strip.stamp")
    if context.development:
        lines: list[Runs] = [case.say("strip.stamp.development")]
    elif context.time_stamps:
        lines = [[foreign(context.time_stamps[0].authority, limit=60)]]
    else:
        return {"label": label, "lines": [case.say("strip.stamp.none")]}
    if context.time_stamps:
        lines.append([own(f"{utc_time(context.time_stamps[0].time)[:8]} UTC")])
    return {"label": label, "lines": lines}


def parties(case: Case) -> dict[str, Any]:
    """Return section 2."""
    accepted = case.accepted
    basis = f"parties.why.{accepted['recipient_basis']}"
    return {
        "number": "2",
        "title": case.word("parties.title"),
        "rows": [
            {
                "label": case.word("parties.from"),
                "parts": [organisation(case), *address(case, str(accepted["sender"]))],
            },
            {"label": case.word("parties.to"), "parts": address(case, str(accepted["recipient"]))},
            {"label": case.word("parties.why"), "parts": [{"kind": "line", "runs": case.say(basis)}]},
            certifier(case),
        ],
    }


def certifier(case: Told) -> dict[str, Any]:
    """Return the row of section 2 that says who certifies, and by which policy."""
    context = case.context
    said = [case.theirs(context.certifier.name)]
    if context.third_party:
        said += case.say("parties.certifier.third")
    if context.policy is not None:
        title, address = case.theirs(context.policy.title), own(context.policy.address)
        said += case.say("parties.certifier.policy", title=title, address=address)
    return {"label": case.word("parties.certifier"), "parts": [{"kind": "line", "runs": [*said, *_stop(said)]}]}


def _stop(runs: Runs) -> Runs:
    return [] if plain(runs).endswith(".") else [own(".")]


def organisation(case: Told) -> dict[str, Any]:
    """Return the organisation's name, and its tax identifier where known, as a value of section 2."""
    party = case.context.organisation
    runs: Runs = [{**case.theirs(party.name), "k": "foreign-strong"}]
    if party.tax_id:
        runs += [own(" · "), *case.say("parties.tax_id", tax_id=case.theirs(party.tax_id))]
    return {"kind": "line", "runs": runs}


def address(case: Told, text: str) -> list[dict[str, Any]]:
    """Return an e-mail address as a value: on one line, or broken to fit and saying so."""
    if len(text) <= _ADDRESS_COLUMNS:
        return [{"kind": "line", "runs": [case.theirs(text)]}]
    note = case.say("parties.split_address", count=str(len(text)))
    return [{"kind": "address", "lines": address_lines(text, _ADDRESS_COLUMNS)}, {"kind": "note", "runs": note}]
