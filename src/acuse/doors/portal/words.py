"""What verification says to the public, in the reader's language. Pure: a report to words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from acuse.certificates.queries import PublicRecord
from acuse.delivery.queries import PublicContent
from acuse.doors.ui import figures
from acuse.doors.ui.errors import said
from acuse.proof.report import Report, State, Step

STEPS = 8


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The sentence of the page.

    Attributes:
        kind: "ok", "bad" or "unsure": the class and the icon.
        title: the sentence.
        text: what it means for whoever holds the file.
    """

    kind: str
    icon: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One numbered step: what it looked at, what it found, and the word for it."""

    number: int
    title: str
    text: str
    kind: str
    icon: str
    word: str


def title(number: int) -> str:
    """The name of a step of evidence.md section 7."""
    return (
        _("Structure and version"),
        _("Facts and their chain"),
        _("Inclusion in the ledger"),
        _("Checkpoint"),
        _("Time stamp"),
        _("Content and attachments"),
        _("PDF"),
        _("Verdict"),
    )[number - 1]


def _up_to(report: Report) -> str:
    """The last position that a file proves; whoever holds a file can leave out what came later."""
    return figures.number(report.positions[-1]) if report.positions else "–"


def _found(step: Step, report: Report) -> str:
    """What a step that held checked; a step that did not says what is wrong, as precisely as the verifier does."""
    if step.state is not State.VALID:
        return said(step.error) if step.error is not None else step.text
    return (
        _("A proof bundle, complete and in its canonical form"),
        _("Every fact links to the one before it, none is missing up to position %(position)s")
        % {"position": _up_to(report)},
        _("The path of every fact leads to the root of the checkpoint"),
        _("Signed by the ledger's key, which the seal vouches for"),
        _("RFC 3161, up to a known authority"),
        _("Everything in the file matches its digest"),
        _("Sealed to the last byte, nothing changed afterwards"),
        _("Recomputed from the facts: the same result"),
    )[step.number - 1]


def step_lines(report: Report) -> tuple[StepLine, ...]:
    """All eight steps, those that were not reached included."""
    known = {step.number: step for step in report.steps}
    if report.kind == "unknown":
        return ()
    return tuple(_line(number, known.get(number), report) for number in range(1, STEPS + 1))


def _line(number: int, step: Step | None, report: Report) -> StepLine:
    if step is None:
        blamed = next((one.number for one in report.steps if one.state is State.INVALID), None)
        text = _("Depends on step %(number)d") % {"number": blamed} if blamed else ""
        word, kind, icon = _("Not checked"), "skipped", "minus-circle"
    elif step.state is State.NOT_THERE:
        text, word, kind, icon = _("The file holds nothing for it"), _("Not in the file"), "skipped", "minus-circle"
    elif step.state is State.VALID:
        text, word, kind, icon = (
            _found(step, report),
            pgettext("a step of the verifier", "Correct"),
            "ok",
            "check-circle",
        )
    elif step.state is State.INVALID:
        text, word, kind, icon = _found(step, report), _("Does not match"), "bad", "x-circle"
    else:
        text, word, kind, icon = _found(step, report), _("Cannot tell"), "unsure", "question"
    return StepLine(number=number, title=title(number), text=text, kind=kind, icon=icon, word=word)


def file_outcome(report: Report, *, record: PublicRecord | None, content: PublicContent | None) -> Outcome:
    """The sentence about an uploaded file.

    Args:
        report: of the verifier.
        record: the document of this installation with exactly these bytes.
        content: the message that this installation certified with exactly these bytes.
    """
    if report.state is State.VALID:
        return _holds(report, record)
    if report.state is State.INVALID:
        return Outcome(
            kind="bad",
            icon="x",
            title=_("This file is not the one that was issued."),
            text=_(
                "Its content is not what was certified. Do not take it as proof: ask for the original, or look it "
                "up by its code."
            ),
        )
    if content is not None:
        return _certified_here(content)
    if report.kind == "unknown":
        return Outcome(
            kind="unsure",
            icon="question",
            title=_("This installation knows nothing of this file."),
            text=_(
                "It is no certificate nor proof bundle, and no message with exactly these bytes was certified here. "
                "A file that was saved anew, printed, forwarded or cut short is no longer the same: try the original."
            ),
        )
    if _lacks_verdict_alone(report):
        return _not_compared(record)
    text = _(
        "Its parts hold together, but something that is needed for an answer is missing here; the step below says what."
    )
    if record is not None:
        text = _(
            "This installation issued exactly this file, but something that is needed for a full answer is missing; "
            "the step below says what."
        )
    return Outcome(
        kind="unsure", icon="question", title=_("It cannot be told whether this file is authentic."), text=text
    )


def _holds(report: Report, record: PublicRecord | None) -> Outcome:
    """Only of a file recorded here is it known that it is what was issued, and all of it."""
    if record is not None:
        return Outcome(
            kind="ok", icon="check", title=_("It is authentic and has not changed since it was issued."), text=""
        )
    if not report.positions:
        said = _("Its proof holds.")
    else:
        said = _("Its proof holds up to position %(position)s.") % {"position": _up_to(report)}
    text = _(
        "What it states is in the ledger. This installation did not issue this very file: it may leave out what was "
        "recorded later, and no record here vouches for its pages. Compare it with the original, by its code."
    )
    return Outcome(kind="ok", icon="check", title=said, text=text)


def _lacks_verdict_alone(report: Report) -> bool:
    """Say whether all of it holds but that the verdict could not be worked out again here, or compared."""
    return {step.number for step in report.steps if step.state is State.CANNOT_TELL} == {STEPS}


def _not_compared(record: PublicRecord | None) -> Outcome:
    """Say of a file that holds that its verdict is not compared here; the last step says why."""
    text = _("Its facts, seals and time stamps hold. Only its verdict is not compared here: the last step says why.")
    if record is None:
        return Outcome(
            kind="unsure", icon="question", title=_("Its facts hold; its verdict is not compared."), text=text
        )
    return Outcome(kind="ok", icon="check", title=_("It is the document that was issued here, unchanged."), text=text)


def _certified_here(content: PublicContent) -> Outcome:
    text = ngettext(
        "%(organisation)s handed it in to Acuse on %(day)s at %(time)s, and these bytes are exactly those. It was "
        "certified for %(count)s recipient. This alone says nothing about delivery: the certificate does.",
        "%(organisation)s handed it in to Acuse on %(day)s at %(time)s, and these bytes are exactly those. It was "
        "certified for %(count)s recipients. This alone says nothing about delivery: the certificate of each does.",
        content.communications,
    )
    return _certified(content, _("This content was certified here and has not changed."), text)


def certified_as_mail(content: PublicContent) -> Outcome:
    """The sentence about a file that is certified content but for its line ends."""
    text = ngettext(
        "%(organisation)s handed it in to Acuse on %(day)s at %(time)s, with line ends as mail has them (CR LF). This "
        "file has others (LF) and is the same in everything else; so its digest is another. It was certified for "
        "%(count)s recipient. This alone says nothing about delivery: the certificate does.",
        "%(organisation)s handed it in to Acuse on %(day)s at %(time)s, with line ends as mail has them (CR LF). This "
        "file has others (LF) and is the same in everything else; so its digest is another. It was certified for "
        "%(count)s recipients. This alone says nothing about delivery: the certificate of each does.",
        content.communications,
    )
    return _certified(content, _("This content was certified here, with line ends as mail has them."), text)


def _certified(content: PublicContent, title: str, text: str) -> Outcome:
    told = {
        "organisation": content.organisation,
        "day": figures.day(content.submitted_at),
        "time": figures.clock_time(content.submitted_at),
        "count": figures.number(content.communications),
    }
    return Outcome(kind="ok", icon="check", title=title, text=text % told)
