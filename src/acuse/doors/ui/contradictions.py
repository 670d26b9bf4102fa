"""What facts say of a case's deadlines and does not follow, in the reader's language."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from acuse.proof.verdicts.deadlines import Contradiction

WORDS = {
    "started_twice": gettext_noop("the deadline had begun already"),
    "not_started": gettext_noop("that deadline had not begun"),
    "unreadable": gettext_noop("it does not say or cite what such a fact must, and counts as if it had not been said"),
    "start_unfounded": gettext_noop(
        "no earlier fact that may begin such a deadline is what it follows: one of the organisation's counts from the "
        "first fact of the case, one of the customer's from when it was noted"
    ),
    "start_differs": gettext_noop("it says it began at another time than what it follows, and counts from that"),
    "out_of_turn": gettext_noop("the deadline could not be paused, resumed or ended then"),
    "out_of_order": gettext_noop("it would have happened before what the facts before it tell"),
    "noted_late": gettext_noop("it was noted over a minute after it says it happened, and counts from then"),
    "noted_early": gettext_noop("it was noted before it says it happened, and counts from then"),
    "noted_back": gettext_noop("it says that it was noted before one of the facts before it"),
    "cause_differs": gettext_noop("what it says caused it could not, or happened at another time"),
    "cause_untold": gettext_noop("it names no fact that it follows, and counts as if it had not been said"),
    "cause_over": gettext_noop("what it says caused it was over, or had paused it before: it did not stand still"),
    "resume_missing": gettext_noop("what the deadline stood still for was over before: it runs on from then"),
    "due_differs": gettext_noop("the due date noted is not the one that follows from the calendar"),
    "missed_differs": gettext_noop("it was noted as missed, and was not"),
    "rule_differs": gettext_noop("the rule that it cites says something else"),
    "rule_superseded": gettext_noop(
        "the version of the terms that it cites was not in force then, as other deadlines show"
    ),
    "calendar_differs": gettext_noop(
        "the version of the calendar that it cites is not that of then, as other deadlines show"
    ),
    "term_missing": gettext_noop(
        "from then on a term of the version in force applied to the case, and was neither started nor deferred, or was "
        "withdrawn while it applied"
    ),
    "term_late": gettext_noop(
        "from then on a term of the version in force applied to the case, and was started or deferred only when "
        "something else had happened"
    ),
    "deferral_unfounded": gettext_noop("it can be counted by the calendar that it cites, or is not what its rule says"),
    "end_unknown": gettext_noop("what it says ended the deadline is no earlier fact of the case: it did not end"),
    "end_unfit": gettext_noop("what it says ended the deadline cannot end it: it did not end"),
}
"""Key of `acuse.proof.verdicts.deadlines.CONTRADICTIONS` -> what it means."""


def contradictions(wrong: Iterable[Contradiction]) -> tuple[str, ...]:
    """Return each as a sentence, with the names of the terms that it is about."""
    return tuple(
        _("Fact %(number)s: %(what)s.") % {"number": each.fact.subject_sequence, "what": _what(each)} for each in wrong
    )


def _what(wrong: Contradiction) -> str:
    names = ", ".join(_("“%(words)s”") % {"words": name} for name in wrong.terms)
    return f"{_(WORDS[wrong.key])}: {names}" if names else _(WORDS[wrong.key])
