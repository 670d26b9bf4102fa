"""The sentences of a communication's page: the verdict first, then what it does not prove. Pure: facts to words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from acuse.doors.ui import figures, grades
from acuse.proof.facts.fact import Fact
from acuse.proof.verdicts.delivery import Verdict

CEILING = grades.CONTENT_MODE_CEILING


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the wide ladder: its state is a CSS class, its note is always a word or a time."""

    grade: int
    word: str
    state: str
    note: str


@dataclass(frozen=True, kw_only=True)
class StatusWord:
    """Whether work remains: an icon of its own shape and a word; filled only where a person is needed."""

    kind: str
    icon: str
    word: str


def when(moment: datetime) -> dict[str, str]:
    """The day and time of a moment, for sentences."""
    return {"day": figures.day(moment), "time": figures.clock_time(moment)}


def sentence(verdict: Verdict, facts: Sequence[Fact]) -> str:
    """The verdict in one or two plain sentences.

    Args:
        verdict: of ``facts``.
        facts: of one communication, in order, the acceptance first.
    """
    at = when((verdict.decisive or facts[0]).occurred_at)
    if verdict.outcome == "relayed":
        return _("Accepted by the recipient's mail server on %(day)s at %(time)s.") % at
    if verdict.outcome == "handed":
        return _("Handed to the sender's outgoing server on %(day)s at %(time)s.") % at
    if verdict.outcome == "delivered":
        return _("Reported as delivered to the mailbox: the report came back on %(day)s at %(time)s.") % at
    if verdict.outcome == "failed":
        return _failed(verdict, at)
    if verdict.outcome == "undetermined":
        return _undetermined(verdict) % at
    if verdict.outcome in {"accessed", "accepted", "refused", "expired"}:
        return _behind_link(verdict) % at
    return _pending(facts)


def _behind_link(verdict: Verdict) -> str:
    """What was done with content behind a link, or that its term ended. No sentence names a person."""
    if verdict.outcome == "accepted":
        if verdict.decisive is not None and verdict.decisive.details.get("authentication"):
            return _("Accepted by whoever held the link and the code sent to the recipient, on %(day)s at %(time)s.")
        return _("Accepted by whoever held the link sent to the recipient, on %(day)s at %(time)s.")
    if verdict.outcome == "refused":
        if verdict.decisive is not None and verdict.decisive.details.get("authentication"):
            return _("Refused by whoever held the link and the code sent to the recipient, on %(day)s at %(time)s.")
        return _("Refused by whoever held the link sent to the recipient, on %(day)s at %(time)s.")
    if verdict.outcome == "expired":
        return _("The term ended on %(day)s at %(time)s, and no access is recorded.")
    if 4 in verdict.reached:
        return _("Content opened with the link and a code, on %(day)s at %(time)s.")
    return _("Content opened with the link, on %(day)s at %(time)s.")


def _undetermined(verdict: Verdict) -> str:
    if _bounced(verdict):
        return _(
            "Outcome undetermined: more than one copy may have reached a server, and on %(day)s at %(time)s a report "
            "came back that one could not be delivered."
        )
    if verdict.decisive is not None and verdict.decisive.details.get("stage") is None:
        return _(
            "Outcome undetermined: the try was interrupted, as was found on %(day)s at %(time)s; whether the message "
            "left is not recorded."
        )
    return _(
        "Outcome undetermined: the whole message was sent, and on %(day)s at %(time)s no answer of the server was "
        "recorded."
    )


def _bounced(verdict: Verdict) -> bool:
    return verdict.decisive is not None and verdict.decisive.type == "bounce.received"


def _failed(verdict: Verdict, at: Mapping[str, str]) -> str:
    first = grades.failure_word(verdict.failure_class)
    if _bounced(verdict):
        return _("%(what)s. It had been sent, and a report came back on %(day)s at %(time)s.") % {
            "what": first,
            **at,
        }
    if verdict.decisive is not None and verdict.decisive.type == "attempt.refused":
        if verdict.decisive.details.get("via"):
            return _("%(what)s. The sender's outgoing server refused it on %(day)s at %(time)s.") % {
                "what": first,
                **at,
            }
        return _("%(what)s. Their server refused it on %(day)s at %(time)s.") % {"what": first, **at}
    if verdict.failure_class == "suppressed":
        return _("%(what)s. It was held back on %(day)s at %(time)s.") % {"what": first, **at}
    return _("%(what)s. It was given up on %(day)s at %(time)s.") % {"what": first, **at}


def _pending(facts: Sequence[Fact]) -> str:
    accepted = when(facts[0].occurred_at)
    if any(fact.type == "attempt.deferred" and fact.details.get("via") for fact in facts):
        return _("Accepted by Acuse on %(day)s at %(time)s; it waits, and is tried again by itself.") % accepted
    if any(fact.type == "attempt.deferred" for fact in facts):
        return (
            _("Accepted by Acuse on %(day)s at %(time)s. Their server has asked to wait; it is tried again by itself.")
            % accepted
        )
    return _("Accepted by Acuse on %(day)s at %(time)s; delivery is under way.") % accepted


def ladder(verdict: Verdict) -> list[Step]:
    """The seven steps: reached with its time, passed without a fact of its own, still possible, or never by this mode.

    A failure stops on the way to the next one; a refusal and the end of a term are facts of their own, and no step.
    """
    steps = []
    ended = verdict.outcome in grades.ENDED_BADLY
    first = verdict.reached[0].occurred_at
    ceiling = grades.HIGHEST if verdict.reached[0].details.get("mode") == "notice" else CEILING
    for grade in range(grades.HIGHEST + 1):
        fact = verdict.reached.get(grade)
        if fact is not None:
            at = _at(fact.occurred_at, first)
            steps.append(Step(grade=grade, word=grades.word(grade), state="ended" if ended else "reached", note=at))
        elif verdict.outcome == "failed" and grade == verdict.grade + 1:
            at = _at(verdict.decisive.occurred_at, first) if verdict.decisive else ""
            steps.append(Step(grade=grade, word=_stopped_word(verdict), state="stopped", note=at))
        elif grade < verdict.grade:
            steps.append(Step(grade=grade, word=grades.word(grade), state="passed", note=_("not recorded")))
        elif grade <= ceiling:
            steps.append(Step(grade=grade, word=grades.word(grade), state="not", note=_("not reached")))
        else:
            steps.append(Step(grade=grade, word=grades.word(grade), state="never", note=_("not in this mode")))
    return steps


def _at(moment: datetime, first: datetime) -> str:
    """The time of a step, with its day where that is not the day of the first."""
    same = timezone.localdate(moment) == timezone.localdate(first)
    time = figures.clock_time(moment)
    return time if same else f"{figures.day(moment)} {time}"


def _stopped_word(verdict: Verdict) -> str:
    if _bounced(verdict):
        return _("Came back later")
    if verdict.failure_class == "suppressed":
        return _("Held back, not sent")
    refused = verdict.decisive is not None and verdict.decisive.type == "attempt.refused"
    if refused and verdict.decisive is not None and verdict.decisive.details.get("via"):
        return _("Refused by the sender's outgoing server")
    return _("Refused by their server") if refused else _("Not delivered")


def ladder_label(verdict: Verdict) -> str:
    """The ladder for readers who hear it."""
    own = ", ".join(f"G{grade}" for grade in sorted(verdict.reached))
    return _("Grade reached: G%(grade)d of G6. Facts of their own: %(own)s.") % {"grade": verdict.grade, "own": own}


def status(value: str, *, outcome: str = "", unopened: bool = False) -> StatusWord:
    """The status of a communication.

    Args:
        value: "in_progress", "concluded" or "failed", as delivery keeps it.
        outcome: verdict outcome, which names a refusal, the end of a term and an undetermined end.
        unopened: its notice went out, and the content can still be opened.
    """
    if value == "in_progress":
        return StatusWord(kind="running", icon="circle-half", word=_("Under way"))
    if outcome == "undetermined":
        return StatusWord(kind="filled waiting", icon="question", word=_("Undetermined"))
    if value == "failed":
        return StatusWord(kind="filled failed", icon="x-circle", word=pgettext("Status of one", "Failed"))
    if outcome == "refused":
        return StatusWord(kind="filled failed", icon="x-circle", word=pgettext("Status of one", "Refused"))
    if outcome == "expired":
        return StatusWord(kind="done", icon="clock", word=pgettext("Status of one", "Expired"))
    if unopened:
        return StatusWord(kind="running", icon="circle-half", word=pgettext("Status of one", "Unopened"))
    return StatusWord(kind="done", icon="check-circle", word=pgettext("Status of one", "Concluded"))


def reason(value: str) -> str:
    """Why a later version of a certificate was asked for, as its row and its fact keep it; "" for none."""
    if not value:
        return ""
    return {
        "level": _("Time stamps are available again."),
        "content.accessed": _("The content was opened."),
        "acceptance.given": _("The content was accepted."),
        "content.rejected": _("The content was refused."),
        "term.expired": _("The term ended."),
        "bounce.received": _("A report came back that it could not be delivered."),
        "delivery.confirmed": _("A report came back that it was delivered to the mailbox."),
        "reply.received": _("An answer came in."),
        "disposition.received": _("The recipient's mail program reported what it did with it."),
        "complaint.received": _("It was reported as unwanted."),
        "auto_reply.received": _("An automatic answer came in."),
    }.get(value, _("A later fact is recorded."))


def role(value: str) -> str:
    """A member's role in words."""
    return {
        "owner": _("Owner"),
        "administrator": _("Administrator"),
        "agent": _("Agent"),
        "auditor": _("Auditor, read only"),
    }.get(value, value)


def mark_word(state: str, *, development: bool) -> str:
    """What an evidence mark says."""
    if state == "stamped" and development:
        return _("Development time stamp – no legal value")
    return {
        "recorded": _("Recorded"),
        "integrated": _("Integrated in the ledger"),
        "anchored": _("Anchored in a checkpoint"),
        "stamped": _("Time-stamped"),
    }[state]
