"""What became of the deadlines of a ticket, in the reader's language. Pure: a judgement to words."""

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from acuse.certificates.stories.deadlines.source import source_of
from acuse.doors.ui.lengths import length
from acuse.proof.verdicts.deadlines import Deadline, Judgement, Unasked

PURPOSES = {
    "first_response": gettext_noop("First response"),
    "resolution": gettext_noop("Resolution"),
    "completion": gettext_noop("Completion"),
    "closing": gettext_noop("Closing notice"),
}
VERDICTS = {
    "met": pgettext_lazy("a deadline", "met"),
    "missed": pgettext_lazy("a deadline", "missed"),
    "running": gettext_lazy("still running"),
    "paused": gettext_lazy("standing still"),
    "withdrawn": gettext_lazy("withdrawn"),
    "undetermined": gettext_lazy("not determined"),
}


def deadline_words(judgement: Judgement) -> tuple[tuple[str, str], ...]:
    """Return each deadline as what it is for, by which term, and what became of it; how long where two are alike."""
    return _told(judgement, judgement.deadlines)


def of_one(judgement: Judgement, about: Deadline) -> tuple[tuple[str, str], ...]:
    """Return the deadline that a document is about, as `deadline_words` does."""
    return _told(judgement, (about,))


def besides(judgement: Judgement, about: Deadline) -> tuple[tuple[str, str], ...]:
    """Return the other deadlines of the case that a document about one of them was made of, likewise."""
    return _told(judgement, tuple(each for each in judgement.deadlines if each != about))


def _told(judgement: Judgement, deadlines: Sequence[Deadline]) -> tuple[tuple[str, str], ...]:
    purposes = Counter(each.purpose for each in judgement.deadlines)
    return tuple(
        (
            _purpose(each, alone=purposes[each.purpose] == 1, source=source_of(judgement, each)),
            str(VERDICTS[each.verdict]),
        )
        for each in deadlines
    )


def _purpose(deadline: Deadline, *, alone: bool, source: str) -> str:
    word = _(PURPOSES[deadline.purpose])
    named = word if alone else f"{word}, {length(deadline.term)}"
    return f"{named} ({source})" if source else named


def deadline_remarks(judgement: Judgement) -> tuple[str, ...]:
    """Return what verdicts leave open, as sentences: reopenings that nobody asked for, and terms that were deferred."""
    waits = _(
        "Fact %(number)s defers the term “%(name)s”, saying that its calendar ends before it would; nothing has begun "
        "it since."
    )
    believed = _(
        "Fact %(number)s defers the term “%(name)s”. That it could not be counted is not checked: its calendar or "
        "its terms are not in the file."
    )
    return tuple(_reopened(each) for each in judgement.unasked) + tuple(
        said % {"number": fact.subject_sequence, "name": fact.details["rule"]["policy"]}
        for said, facts in ((waits, judgement.deferred), (believed, judgement.unchecked))
        for fact in facts
    )


def _reopened(told: Unasked) -> str:
    numbers = {"over": told.over.subject_sequence, "again": told.again.subject_sequence}
    said = _(
        "Fact %(again)s opened the case again, and no message of the customer lies between it and fact %(over)s: that "
        "it was solved by then is not proved."
    )
    calls = ", ".join(str(call.subject_sequence) for call in told.calls)
    noted = _("Calls that the organisation itself noted there, by number of fact: %(numbers)s.") % {"numbers": calls}
    return f"{said % numbers} {noted}" if calls else said % numbers


def deadline_limits() -> str:
    """Return what a certificate of deadlines does not prove, as one sentence."""
    return _(
        "That the answer or the solution was right, that the customer read it, or that these terms and this calendar "
        "are those the law requires or were in force at the start."
    )


def record_limits() -> str:
    """Return what the record of a case does not prove, as one sentence."""
    return _(
        "That what each side wrote is true, who wrote or pressed a link in person, or that these terms and this "
        "calendar are those the law requires or were in force at the start."
    )


def entry_limits(*, stamped: bool, by_call: bool) -> str:
    """Return what a receipt of entry does not prove, as sentences.

    Args:
        stamped: whether its proof holds a time stamp. by_call: whether a call opened the case.
    """
    alone = _("That this time is exact: the certifier's clock gives it.")
    bounded = _(
        "That this time is exact: the certifier's clock gives it, and the time stamp proves only that it had come in "
        "before the stamp."
    )
    written = _("Nor that what was asked for will be granted, or who wrote it, in person.")
    called = _(
        "Nor that what was asked for will be granted, who called, or all that was said: it proves what the company "
        "noted of the call."
    )
    return f"{bounded if stamped else alone} {called if by_call else written}"
