"""When and why Acuse stopped trying, as the tab of tries ends. Pure: facts to words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from acuse.doors.console.told import Told, foreign
from acuse.doors.console.wording import when
from acuse.doors.ui import grades
from acuse.proof.facts.fact import Fact


def given_up(facts: Sequence[Fact]) -> Told | None:
    """The end of the tries where no server decided it, or None.

    Args:
        facts: of one communication, in order.
    """
    for fact in reversed(facts):
        if fact.type == "attempt.failed" and "listed" not in fact.details:
            return _failed(fact, facts)
        if fact.type == "attempt.unknown" and fact.details.get("retry_at"):
            return None
        if fact.type == "attempt.unknown" and fact.details.get("stage") is not None:
            return Told(title=_title(fact), icon="x", source=_("The last try had no answer."), remark=_no_time())
        if fact.type.startswith("attempt."):
            return None
    return None


def _failed(fact: Fact, facts: Sequence[Fact]) -> Told:
    exhausted = any(
        one.type == "attempt.deferred" and one.details.get("retry_at") is None and one.occurred_at <= fact.occurred_at
        for one in facts
    )
    return Told(
        title=_title(fact),
        icon="x",
        style="failed",
        source=f"{grades.failure_word(str(fact.details['failure_class']))}.",
        # after tries that were put off, the last of them says its own reason
        own_words="" if exhausted else foreign(fact.details.get("reason")),
        remark=_no_time() if exhausted else "",
    )


def _title(fact: Fact) -> str:
    return _("Delivery was given up on %(day)s at %(time)s.") % when(fact.occurred_at)


def _no_time() -> str:
    return _("The time for which Acuse tries would have been over before another try.")
