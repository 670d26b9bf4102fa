"""What a verification found: as a value, as text for a person, and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from acuse.clock import to_rfc3339
from acuse.errors import AcuseError
from acuse.proof.facts.catalogue import fits_type
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.deadlines import CONTRADICTIONS, Deadline, Judgement, Unasked, stated_deadline
from acuse.proof.verdicts.delivery import LIMITS, Verdict

DEVELOPMENT_WORDS = "Development time stamp – no legal value"


class State(StrEnum):
    """Outcome of a step or of the whole."""

    VALID = "valid"
    INVALID = "invalid"
    CANNOT_TELL = "cannot_tell"
    NOT_THERE = "not_there"


EXIT_STATUS: Mapping[State, int] = {State.VALID: 0, State.INVALID: 1, State.CANNOT_TELL: 2}

STEP_TITLES: Mapping[int, str] = {
    1: "Structure and version",
    2: "Digest and chain of each fact",
    3: "Inclusion in the ledger",
    4: "Signature of the checkpoint, and whose it is",
    5: "Time stamp, up to a trusted certificate",
    6: "Objects match their digests",
    7: "PDF: seal, time stamps, nothing added",
    8: "Verdict recomputed from the facts",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One numbered step.

    Attributes:
        number: 1 to 8 (evidence.md section 7).
        state: VALID, INVALID, CANNOT_TELL, or NOT_THERE where the file holds nothing for it.
        text: one English sentence naming what was checked or what is wrong.
        error: what is wrong or missing, as a value that can be said in another language; None where nothing is.
    """

    number: int
    state: State
    text: str
    error: AcuseError | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class ObjectState:
    """A custody object that a fact cites.

    Attributes:
        sha256: digest in hex.
        size: bytes.
        media_type: as the fact states it.
        role: what it is to the fact.
        present: whether the file holds it; otherwise it is withheld.
    """

    sha256: str
    size: int
    media_type: str
    role: str
    present: bool


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A trusted time stamp.

    Attributes:
        at: the time it states, aware.
        authority: who issued it.
        over: `checkpoint`, `signature` or `document`.
        development: without legal value.
    """

    at: datetime
    authority: str
    over: str
    development: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was verified.

    Attributes:
        filename: name the file was given under.
        kind: `pdf`, `bundle`, `archive`, `tlog-proof` or `unknown`.
        state: VALID, INVALID or CANNOT_TELL, for the whole.
        steps: in order of their numbers; those after a failure are missing.
        facts: the proven facts, in order.
        positions: their ledger positions.
        objects: objects the facts cite.
        verdict: of a communication's facts, where they were verified.
        deadlines: of a ticket's facts, likewise.
        about: the one of them that the document is about; None where it is about all.
        communications: verdicts on those that came along with a case, in the order in which it names them.
        stamps: trusted time stamps.
        sealed_by: subject of the certificate bound to the ledger's key or sealing the PDF.
        development: whether any of it rests on a development time stamp or seal.
    """

    filename: str
    kind: str
    state: State
    steps: tuple[Step, ...]
    facts: tuple[Fact, ...] = ()
    positions: tuple[int, ...] = ()
    objects: tuple[ObjectState, ...] = ()
    verdict: Verdict | None = None
    deadlines: Judgement | None = None
    about: Deadline | None = None
    communications: tuple[Verdict, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    sealed_by: str | None = None
    development: bool = field(default=False)

    @property
    def exit_status(self) -> int:
        """Return 0 for valid, 1 for invalid, 2 for cannot tell."""
        return EXIT_STATUS[self.state]

    def to_members(self) -> dict[str, Any]:
        """Return the report as JSON members."""
        return {
            "file": self.filename,
            "kind": self.kind,
            "state": self.state.value,
            "exit_status": self.exit_status,
            "development": self.development,
            "sealed_by": self.sealed_by,
            "steps": [
                {"number": each.number, "title": STEP_TITLES[each.number], "state": each.state.value, "text": each.text}
                for each in self.steps
            ],
            "facts": [
                {"position": position, "type": fact.type, "occurred_at": to_rfc3339(fact.occurred_at)}
                for fact, position in zip(self.facts, self.positions, strict=True)
            ],
            "objects": [
                {"sha256": each.sha256, "role": each.role, "size": each.size, "present": each.present}
                for each in self.objects
            ],
            "verdict": None if self.verdict is None else _verdict_members(self.verdict),
            "communications": [_verdict_members(each) for each in self.communications],
            "deadlines": None
            if self.deadlines is None
            else [stated_deadline(deadline) for deadline in self.deadlines.deadlines],
            "about": None if self.about is None else self.about.id,
            "contradictions": [
                {
                    "type": each.fact.type,
                    "fact": str(each.fact.id),
                    "contradiction": each.key,
                    "terms": list(each.terms),
                }
                for each in (self.deadlines.contradictions if self.deadlines else ())
            ],
            "opened_unasked": [str(each.again.id) for each in (self.deadlines.unasked if self.deadlines else ())],
            "deferred": [str(fact.id) for fact in (self.deadlines.deferred if self.deadlines else ())],
            "deferrals_unchecked": [str(fact.id) for fact in (self.deadlines.unchecked if self.deadlines else ())],
            "time_stamps": [
                {
                    "at": to_rfc3339(each.at),
                    "authority": each.authority,
                    "over": each.over,
                    "development": each.development,
                }
                for each in self.stamps
            ],
        }

    def to_text(self) -> str:
        """Return the report for a person, in English, with a final line break."""
        lines = [f"{printable(self.filename)}: {_headline(self)}"]
        lines += [
            f"  {each.number} {_MARKS[each.state]:<11} {STEP_TITLES[each.number]}. {printable(each.text)}"
            for each in self.steps
        ]
        if self.verdict is not None:
            lines += ["", *_verdict_lines(self.verdict, self.positions)]
        if self.deadlines is not None:
            stamped = min((each.at for each in self.stamps if each.over == "checkpoint"), default=None)
            lines += ["", *_entry_lines(self.facts, self.positions, stamped), *_agreement_lines(self.facts)]
            lines += [*_deadline_lines(self.deadlines, stamped, self.about)]
        for number, verdict in enumerate(self.communications, start=1):
            failure = f" ({verdict.failure_class})" if verdict.failure_class else ""
            lines.append(f"  Proved: communication {number} {verdict.outcome}{failure}, grade G{verdict.grade}.")
        withheld = [each for each in self.objects if not each.present]
        if withheld:
            lines.append(f"  Withheld from this file: {_objects(withheld)}.")
        return "\n".join(lines) + "\n"


_AGREEMENT = {"conformity.given": "given", "conformity.denied": "refused"}
_MEANS = {"link": "with the link that the customer was sent", "reply": "in an answer to the question"}

_MARKS = {
    State.VALID: "valid",
    State.INVALID: "INVALID",
    State.CANNOT_TELL: "cannot tell",
    State.NOT_THERE: "not in file",
}


def printable(text: str) -> str:
    """Return `text` with whatever a terminal could obey or hide shown as ⟨U+XXXX⟩: parts of it come from the file."""
    return "".join(each if each.isprintable() else f"⟨U+{ord(each):04X}⟩" for each in text)


def _headline(report: Report) -> str:
    words = {State.VALID: "valid", State.INVALID: "INVALID", State.CANNOT_TELL: "cannot tell"}[report.state]
    return f"{words} – {DEVELOPMENT_WORDS}" if report.development else words


def _verdict_members(verdict: Verdict) -> dict[str, Any]:
    return {
        "outcome": verdict.outcome,
        "grade": verdict.grade,
        "failure_class": verdict.failure_class,
        "limits": list(verdict.limits),
        "final": verdict.final,
    }


def _verdict_lines(verdict: Verdict, positions: Sequence[int]) -> list[str]:
    failure = f" ({verdict.failure_class})" if verdict.failure_class else ""
    lines = [
        f"  Proved: {verdict.outcome}{failure}, grade G{verdict.grade}, by the facts up to position {positions[-1]}."
    ]
    for grade, fact in sorted(verdict.reached.items()):
        lines.append(f"    G{grade} at {to_rfc3339(fact.occurred_at)}: {fact.type}")
    if verdict.limits:
        lines.append(f"  Not proved: {'; '.join(LIMITS[key] for key in verdict.limits)}.")
    return lines


def _entry_lines(facts: Sequence[Fact], positions: Sequence[int], stamped: datetime | None) -> list[str]:
    """Return what the opening of a case proves by itself, and what it does not."""
    if not facts or facts[0].type != "ticket.opened":
        return []
    opened, key = facts[0], facts[0].details.get("key")
    named = f", as {printable(key[:80])}" if isinstance(key, str) else ""
    person = "who wrote it, in person"
    if opened.details.get("channel") == "phone":
        person = "who called, or all that was said: the organisation noted it"
    return [
        f"  Proved: the case was entered{named}, at {to_rfc3339(opened.occurred_at)}, by the fact at position "
        f"{positions[0]}.",
        f"  Not proved: that this time is exact, which the certifier's own clock gives; {_bound(stamped)}.",
        f"  Not proved: that what was asked for will be granted; {person}.",
    ]


def _bound(stamped: datetime | None) -> str:
    """Return how far a time that the certifier states is bounded from above; nothing bounds it from below."""
    if stamped is None:
        return "no time stamp bounds it"
    return f"the time stamp of {to_rfc3339(stamped)} proves only that it had come in before"


def _agreement_lines(facts: Sequence[Fact]) -> list[str]:
    """Return what was answered each time that a case's customer was asked whether they agree."""
    asked, lines = set[str](), list[str]()
    for fact in filter(fits_type, facts):
        if fact.type == "conformity.requested":
            asked.add(fact.details["request"])
        elif fact.type in _AGREEMENT:
            lines.append(_agreement_line(fact, asked=fact.details["request"] in asked))
    return [*lines, "  Not proved: who, in person, gave or refused agreement."] if lines else []


def _agreement_line(fact: Fact, *, asked: bool) -> str:
    said, at, number = _AGREEMENT[fact.type], to_rfc3339(fact.occurred_at), fact.subject_sequence
    if asked:
        return f"  Proved: agreement was {said} at {at}, {_MEANS[fact.details['by']]}, by fact {number}."
    return (
        f"  Proved: agreement is recorded as {said} at {at}, by fact {number}. Not proved: that the customer was "
        "asked; the file shows no such question before."
    )


def _deadline_lines(judged: Judgement, stamped: datetime | None, about: Deadline | None) -> list[str]:
    lines = []
    for deadline in sorted(judged.deadlines, key=lambda each: each != about):
        of = "" if about is None else " of the deadline that this is about" if deadline == about else " besides"
        lines.append(f"  Proved{of}: {_deadline_line(deadline)}")
        due = deadline.due_at if deadline.verdict == "running" else None
        if due is not None and stamped is not None and due < stamped:
            # What came after the last fact here is not in the file: neither met nor missed follows from it.
            lines.append(
                f"  Not proved: that it was met; its time was over by the time stamp of {to_rfc3339(stamped)}."
            )
    if judged.deadlines:
        lines.append(
            "  Not proved: that a version of the policy cited was in force when its deadline began; the facts by which "
            "policies are published are not in the file, and what other deadlines cite is compared alone."
        )
    if judged.unruled:
        numbers = ", ".join(str(fact.subject_sequence) for fact in judged.unruled)
        lines.append(
            f"  Not proved: that every term was started which applied from fact {numbers} on; which version of the "
            "policy was in force then no fact says, or it is not in the file."
        )
    lines += [_unasked_line(each) for each in judged.unasked]
    for fact in judged.deferred:
        calendar = fact.details["calendar"]["version"]
        lines.append(
            f"  Not judged: {_terms([fact.details['rule']['policy']])}, which fact {fact.subject_sequence} defers, "
            f"saying that version {calendar} of its calendar ends before it would; nothing has started it since."
        )
    for fact in judged.unchecked:
        lines.append(
            f"  Not proved: that {_terms([fact.details['rule']['policy']])} could not be counted, as fact "
            f"{fact.subject_sequence} says that defers it; the calendar or the policy that it cites is withheld from "
            "this file, so it is believed."
        )
    for each in judged.contradictions:
        said = f"fact {each.fact.subject_sequence}, {each.fact.type}"
        terms = f": {_terms(each.terms)}" if each.terms else ""
        lines.append(f"  Contradicted ({said}): {CONTRADICTIONS[each.key]}{terms}.")
    return lines


def _unasked_line(told: Unasked) -> str:
    numbers = ", ".join(str(call.subject_sequence) for call in told.calls)
    calls = f"; calls that the organisation itself noted there, by number of fact: {numbers}" if numbers else ""
    return (
        f"  Not proved: that the case was solved by fact {told.over.subject_sequence}; fact "
        f"{told.again.subject_sequence} opened it again, and no message of the customer lies between{calls}."
    )


def _terms(names: Sequence[str]) -> str:
    """Return the names of terms, which come from the file."""
    return ", ".join(f"“{printable(name)}”" for name in names)


def _deadline_line(deadline: Deadline) -> str:
    unit = deadline.term.unit.replace("_", " ")[: -1 if deadline.term.amount == 1 else None]
    counted = "not counted to the end"
    if deadline.used is not None:
        counted = f"{_lasting(deadline.used, in_days=deadline.term.in_days)} of {deadline.term.amount} {unit}"
    due = "no due date" if deadline.due_at is None else f"due at {to_rfc3339(deadline.due_at)}"
    ended = "not ended" if deadline.ended_at is None else f"ended at {to_rfc3339(deadline.ended_at)}"
    as_of = f" as of {to_rfc3339(deadline.judged_at)}" if deadline.end is None else ""
    late = f", {_lasting(deadline.late)} late by the clock" if deadline.late else ""
    by = "" if deadline.cause is None else f" by fact {deadline.cause.subject_sequence}"
    until = "" if deadline.ended_at is None or deadline.end is None else f" by fact {deadline.end.subject_sequence}"
    return (
        f"{deadline.purpose} {deadline.verdict}{as_of}, {counted}; started at "
        f"{to_rfc3339(deadline.started_at)}{by}, {due}, {ended}{until}{late}."
    )


def _lasting(length: timedelta, *, in_days: bool = False) -> str:
    """Return a length in hours and minutes, of the nearest second; under a minute in seconds; or in whole days."""
    if in_days:
        return f"{length.days} {'day' if length.days == 1 else 'days'}"
    seconds = (length + timedelta(milliseconds=500)) // timedelta(seconds=1)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    said = [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min")) if count]
    return " ".join(said) or f"{seconds} s"


def _objects(objects: Sequence[ObjectState]) -> str:
    return ", ".join(f"{each.role} {each.sha256[:16]}… ({each.size} bytes)" for each in objects)
