"""What happened in a case, as a conversation: what was said, and one line for each thing that was done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from acuse.accounts.queries import Access
from acuse.clock import from_rfc3339
from acuse.composition.bodies import preview
from acuse.delivery import queries as delivery
from acuse.delivery.queries import CommunicationRow
from acuse.doors.console import facts as names
from acuse.doors.console import ticket_words as words
from acuse.doors.console.timeline import evidence_state
from acuse.doors.console.wording import mark_word
from acuse.doors.ui.lengths import length
from acuse.doors.ui.phone_words import RESULTS
from acuse.evidence.anchors import anchored_size, development_anchors
from acuse.evidence.queries import LedgerFact
from acuse.helpdesk.queries.case import CaseView, InteractionView
from acuse.helpdesk.queries.deadlines import DeadlineView
from acuse.helpdesk.queries.receipts import awaits_receipt
from acuse.mail.mailboxes import lowered
from acuse.mail.quotes import parted
from acuse.proof.business_time import CalendarVersion, OutsideCalendar, Term
from acuse.proof.facts.catalogue import fits_type
from acuse.proof.facts.deadline import MISSED, STARTED


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry: something said (`said` is set), or one line.

    Attributes:
        mark, mark_word, development: how far its fact is proved.
        ledger_url: where the fact is opened; "" while it has no place in the ledger.
        text, quoted: of what was said, the new and what it repeats. html: of an answer, harmless.
        sent: the communication that an answer became.
        call: the telephone call that was entered.
    """

    at: datetime
    who: str
    line: str
    icon: str
    mark: str
    mark_word: str
    development: bool
    ledger_url: str
    said: InteractionView | None = None
    text: str = ""
    quoted: str = ""
    html: str = ""
    act: str = ""
    sent: CommunicationRow | None = None
    call: str = ""


def entries(
    access: Access, case: CaseView, members: Mapping[UUID, str], deadlines: Sequence[DeadlineView]
) -> list[Entry]:
    """Return the entries of a case, the oldest first; its deadlines say by which clock their limits are."""
    said = {one.sequence: one for one in case.interactions}
    sent = {
        row.id: row
        for row in delivery.rows_of(access, ids=[one.communication for one in case.interactions if one.communication])
    }
    size = anchored_size()
    stamped = development_anchors([fact.position for fact in case.facts if fact.position is not None])
    ledger = reverse("console:ledger", args=[access.view.slug])
    terms, matters = _terms(case.facts), _matters(case.facts)
    calendars = {str(one.id): one.calendar for one in deadlines}
    made = []
    for fact in case.facts:
        interaction = said.get(fact.fact.subject_sequence)
        line, icon = _line(fact, members, terms, calendars)
        if fact.fact.subject_sequence in matters:
            line = _("%(line)s, matter: %(matter)s") % {"line": line, "matter": matters[fact.fact.subject_sequence]}
        state = evidence_state(fact.position, anchored_size=size)
        development = stamped.get(fact.position or 0, False)
        came = interaction is not None and interaction.kind == "message"
        text, quoted = (
            parted(interaction.text) if interaction and came else (interaction.text if interaction else "", "")
        )
        made.append(
            Entry(
                at=fact.fact.occurred_at,
                who=_who(fact, interaction, case, members),
                line=line,
                icon=icon,
                mark=state,
                mark_word=mark_word(state, development=development),
                development=development and state == "stamped",
                ledger_url=f"{ledger}?entry={fact.organisation_sequence}#entry" if fact.organisation_sequence else "",
                said=interaction,
                text=text,
                quoted=quoted,
                html=preview(interaction.text) if interaction and interaction.kind == "reply" else "",
                act=str(words.ACTS.get(interaction.act, "")) if interaction else "",
                sent=sent.get(interaction.communication) if interaction and interaction.communication else None,
                call=str(fact.fact.details.get("call", "")),
            )
        )
    return made


def without_receipt(case: CaseView) -> str:
    """Return that no receipt went out to the customer of a case, and why; "" where one did, or may still."""
    address = case.row.address
    sent = [one.author for one in case.interactions if one.act == "receipt"]
    sent += [one.recipient for one in case.outgoing if one.act == "receipt" and one.state == "waiting"]
    if (sent and not address) or lowered(address) in map(lowered, sent) or (address and awaits_receipt(case.facts)):
        return ""
    if sent:
        said = {"author": sent[0], "address": address}
        if (case.interactions[0].kind, case.interactions[0].author) == ("message", sent[0]):
            return (
                _("The receipt went to %(author)s, who wrote the message. The customer, %(address)s, has none.") % said
            )
        return _("The receipt went to %(author)s. The customer, %(address)s, has none.") % said
    if address:
        return _(
            "No receipt has been sent to the customer. None goes to lists and programs, nor where it is in doubt who "
            "wrote, too many went out, or the address came when the case was over."
        )
    if case.row.closed_at:
        return _("No receipt has been sent to the customer, because no e-mail address is known.")
    return _(
        "No receipt has been sent to the customer, because no e-mail address is known. It goes out once the case has "
        "one."
    )


def _who(fact: LedgerFact, interaction: InteractionView | None, case: CaseView, members: Mapping[UUID, str]) -> str:
    actor = fact.fact.actor
    if actor.kind == "member":
        return members.get(UUID(actor.id), _("a former member"))
    if actor.kind in _CUSTOMER:
        return case.row.contact_name or case.row.address
    if interaction is not None and interaction.kind in {"message", "call"}:
        return interaction.author if interaction.elsewhere else case.row.contact_name or interaction.author
    return "Acuse"


def _terms(facts: Sequence[LedgerFact]) -> dict[str, str]:
    """Return the deadlines that began, by their names: what each is for, how long, and by which of our terms."""
    found = {}
    for details in (one.fact.details for one in facts if one.fact.type == STARTED and fits_type(one.fact)):
        purpose, rule = str(words.PURPOSES[details["purpose"]]), str(details["rule"]["policy"])
        by = "" if rule.lower() == purpose.lower() else f" ({rule})"
        found[details["deadline"]] = f"{purpose}, {length(Term.from_members(details['term']))}{by}"
    return found


def _matters(facts: Sequence[LedgerFact]) -> dict[int, str]:
    """Return the matter that each classification gives, by its place; of one without, only where it takes one away."""
    found, before = {}, ""
    for fact in (one.fact for one in facts if one.fact.type in _CLASSIFYING and fits_type(one.fact)):
        matter = fact.details["matter"]
        if fact.type == "ticket.classified" and (matter or before):
            found[fact.subject_sequence] = str(words.MATTERS[matter])
        before = matter
    return found


def _line(
    fact: LedgerFact,
    members: Mapping[UUID, str],
    terms: Mapping[str, str],
    calendars: Mapping[str, CalendarVersion],
) -> tuple[str, str]:
    """Return what a fact says in one line, and its icon; its title where there is no more to say."""
    type, details = fact.fact.type, fact.fact.details
    if not fits_type(fact.fact) or type not in _LINES.keys() | _LIMITS.keys():
        return names.title(type), "note"
    deadline = str(details.get("deadline", ""))
    if type in _LIMITS:
        line, icon = _LIMITS[type](_limit(from_rfc3339(details["due_at"]), calendars.get(deadline)))
    else:
        line, icon = _LINES[type](details, members)
    return (f"{line}: {terms[deadline]}" if deadline in terms else line), icon


def _limit(due: datetime, calendar: CalendarVersion | None) -> str:
    """Return a limit by the reader's clock, with its zone where the calendar's clock differs."""
    try:
        return words.limit(due, calendar.local(due).utcoffset() if calendar else None)
    except OutsideCalendar:
        return words.limit(due)


def _assigned(details: Mapping[str, Any], members: Mapping[UUID, str]) -> tuple[str, str]:
    member = details["member"]
    if member is None:
        return _("Nobody is responsible any more"), "user"
    name = members.get(UUID(member), _("a former member"))
    return _("%(name)s is responsible") % {"name": name}, "user"


def _classified(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    said = {"type": words.TYPES[details["type"]][0], "priority": words.PRIORITIES[details["priority"]]}
    return _("Now: %(type)s, priority %(priority)s") % said, "pencil-simple"


def _described(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    if "language" in details:
        return _("Answered in: %(language)s") % {"language": words.LANGUAGES[details["language"]]}, "pencil-simple"
    changed = [str(_FIELDS[name]) for name in details["fields"] if name in _FIELDS]
    if changed:
        return _("Changed: %(fields)s") % {"fields": ", ".join(changed)}, "pencil-simple"
    return _("The description was changed"), "pencil-simple"


def _moved(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    after = words.status(details["after"])
    return _("Status: %(status)s") % {"status": after.word}, after.icon


def _escalated(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    return _("Escalated") if details["escalated"] else pgettext("what happened", "No longer escalated"), "arrow-up"


def _with(said: str, comments: str) -> str:
    return f"{said}: {comments}" if comments else said


def _by(details: Mapping[str, Any], link: str, reply: str) -> str:
    return link if details["by"] == "link" else reply


def _given(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    said = _by(details, _("The customer agrees, by the link"), _("The customer agrees, by a reply"))
    return _with(said, details["comments"]), "check-circle"


def _denied(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    said = _by(details, _("The customer does not agree, by the link"), _("The customer does not agree, by a reply"))
    return _with(said, details["comments"]), "x-circle"


def _deferred(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    return _("A deadline waits for its calendar: %(purpose)s") % {
        "purpose": words.PURPOSES[details["purpose"]]
    }, "clock"


def _started(limit: str) -> tuple[str, str]:
    return _("A deadline began, until %(limit)s") % {"limit": limit}, "clock"


def _missed(limit: str) -> tuple[str, str]:
    return _("A deadline was missed; it was due %(limit)s") % {"limit": limit}, "flag"


def _called(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    word, icon = RESULTS[details["result"]]
    return _("Call: %(result)s") % {"result": word}, icon


def _amended(details: Mapping[str, Any], _members: Mapping[UUID, str]) -> tuple[str, str]:
    word, icon = RESULTS[details["result"]]
    return _("Call corrected: %(result)s") % {"result": word}, icon


def _constant(line: Callable[[], str], icon: str) -> Callable[[Mapping[str, Any], Mapping[UUID, str]], tuple[str, str]]:
    return lambda _details, _members: (line(), icon)


_LIMITS: Mapping[str, Callable[[str], tuple[str, str]]] = {STARTED: _started, MISSED: _missed}
_CLASSIFYING = ("ticket.opened", "ticket.classified")
_FIELDS = {
    "address": gettext_lazy("address for answers"),
    "tags": pgettext_lazy("what was changed", "tags"),
    "subject": pgettext_lazy("what was changed", "subject"),
    "product": pgettext_lazy("what was changed", "product or work"),
    "purchase_date": gettext_lazy("date of purchase"),
    "guarantee_until_date": gettext_lazy("end of the guarantee"),
}
"""What `ticket.described` names."""
_CUSTOMER = frozenset({"contact", "recipient"})
"""Actors that are a case's customer: by a message, or by a link that they were sent."""

_LINES: Mapping[str, Callable[[Mapping[str, Any], Mapping[UUID, str]], tuple[str, str]]] = {
    "ticket.assigned": _assigned,
    "ticket.classified": _classified,
    "ticket.status_changed": _moved,
    "ticket.escalated": _escalated,
    "ticket.described": _described,
    "call.added": _called,
    "call.amended": _amended,
    "conformity.requested": _constant(lambda: _("Agreement asked for"), "question"),
    "conformity.withdrawn": _constant(lambda: _("The question before was withdrawn"), "minus-circle"),
    "conformity.given": _given,
    "conformity.denied": _denied,
    "term.expired": _constant(lambda: _("The term of the notice of closing ran out without an answer"), "clock"),
    "deadline.deferred": _deferred,
    "deadline.paused": _constant(lambda: _("A deadline waits"), "minus-circle"),
    "deadline.resumed": _constant(lambda: _("A deadline runs on"), "clock"),
    "deadline.ended": _constant(lambda: _("A deadline ended"), "check"),
    "deadline.withdrawn": _constant(lambda: _("A deadline was withdrawn"), "minus-circle"),
    "receipt.issued": _constant(lambda: _("Receipt issued"), "certificate"),
    "certificate.issued": _constant(lambda: _("Certificate issued"), "certificate"),
}
