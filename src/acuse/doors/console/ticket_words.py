"""What cases are called in words: types, priorities, statuses, channels, matters, acts; each with its icon."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from acuse import clock
from acuse.dates import DAYS
from acuse.doors.console.wording import StatusWord
from acuse.doors.ui import figures
from acuse.helpdesk.queries.deadlines import DeadlineName
from acuse.helpdesk.queries.tickets import TicketRow

TYPES = {
    "inquiry": (gettext_lazy("Inquiry"), "question"),
    "claim": (gettext_lazy("Claim"), "megaphone"),
    "suggestion": (gettext_lazy("Suggestion"), "lightbulb"),
    "request": (gettext_lazy("Request"), "file-text"),
    "complaint": (gettext_lazy("Complaint"), "chat-circle-dots"),
    "thanks": (gettext_lazy("Thanks"), "handshake"),
    "incident": (gettext_lazy("Incident"), "wrench"),
}
PRIORITIES = {
    "low": pgettext_lazy("priority", "Low"),
    "medium": pgettext_lazy("priority", "Medium"),
    "high": pgettext_lazy("priority", "High"),
}
MATTERS = {
    "": gettext_lazy("None in particular"),
    "billing": gettext_lazy("Undue charge or bill"),
    "continuity": gettext_lazy("Continuity of the service"),
}
LANGUAGES = {"es": "Español", "en": "English"}
SPOKEN = (("", gettext_lazy("As on their card, or else ours")), *LANGUAGES.items())
"""What a member may say of the language of somebody who calls."""
CHANNELS = {
    "email": (gettext_lazy("by e-mail"), "envelope-simple"),
    "form": (gettext_lazy("by the form"), "globe"),
    "phone": (gettext_lazy("by telephone"), "phone"),
    "api": (gettext_lazy("by a program"), "plugs"),
}
_STATUSES = {
    "new": (gettext_lazy("New"), "running", "tray-arrow-down"),
    "open": (pgettext_lazy("case", "Open"), "running", "circle-half"),
    "pending_customer": (gettext_lazy("Waiting for the customer"), "plain", "clock"),
    "pending_conformity": (gettext_lazy("Waiting for agreement"), "plain", "question"),
    "resolved": (gettext_lazy("Resolved"), "done", "check-circle"),
    "closed_without": (gettext_lazy("Closed without agreement"), "plain", "minus-circle"),
    "reopened": (gettext_lazy("Reopened"), "waiting filled", "arrow-clockwise"),
}
PURPOSES = {
    "first_response": gettext_lazy("First response"),
    "resolution": gettext_lazy("Resolution"),
    "completion": gettext_lazy("Completion by the customer"),
    "closing": gettext_lazy("Notice of closing"),
}
ACTS = {
    "receipt": gettext_lazy("Receipt for the customer"),
    "data_request": gettext_lazy("Request for data"),
    "solution": gettext_lazy("Solution"),
    "rejection": gettext_lazy("Rejection with reasons"),
    "activation": gettext_lazy("Guarantee activated"),
    "suspension": gettext_lazy("Notice of suspension"),
    "closing_notice": gettext_lazy("Notice of closing"),
    "conformity": gettext_lazy("Agreement asked for"),
    "thanks": gettext_lazy("Thanks"),
}
LETTERS = {
    "ticket.free": gettext_lazy("Greeting and signature"),
    "ticket.data_request": gettext_lazy("Request for data or documents"),
    "ticket.solution": gettext_lazy("Solution"),
    "ticket.rejection": gettext_lazy("Rejection of the claim"),
    "ticket.suspension": gettext_lazy("Suspension of the claim"),
    "ticket.thanks": gettext_lazy("Thanks"),
    "ticket.closing_notice": gettext_lazy("Notice of closing"),
    "conformity.request": gettext_lazy("Request for agreement"),
    "warranty.activation": gettext_lazy("Activation of the guarantee"),
    "warranty.rejection": gettext_lazy("Rejection of the guarantee"),
    "warranty.documents": gettext_lazy("Documents for the guarantee"),
    "warranty.suspension": gettext_lazy("Suspension of the guarantee"),
}
"""Use of templates -> what a letter is called that is written from the standard text."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a list says of a case's deadlines: words, and how urgent they are (`met`, `risk`, `fail` or none)."""

    icon: str
    urgency: str
    strong: str
    rest: str


def status(value: str) -> StatusWord:
    """The status of a case as a word with its icon."""
    word, kind, icon = _STATUSES[value]
    return StatusWord(kind=kind, icon=icon, word=str(word))


def statuses() -> list[tuple[str, Any]]:
    """Every status with its word, in the order of a case's life."""
    return [(value, word) for value, (word, _kind, _icon) in _STATUSES.items()]


def when(moment: datetime) -> str:
    """Today's time, the weekday of this week, else the day: "14:41", "vie", "12 nov 2026"."""
    local, now = timezone.localtime(moment), timezone.localtime(clock.now())
    if local.date() == now.date():
        return f"{local:%H:%M}"
    if 0 <= (now.date() - local.date()).days < 7:
        return DAYS[figures.language()][local.weekday()]
    return figures.day(moment)


def limit(moment: datetime, ahead: timedelta | None = None) -> str:
    """Until when: "mar 24 nov, 10:20".

    Args:
        moment: aware.
        ahead: of UTC, by the clock of the calendar that counts; where the reader's differs, its zone is told.
    """
    local = timezone.localtime(moment)
    day = f"{DAYS[figures.language()][local.weekday()]} {figures.day_and_month(local.date())}"
    return f"{day}, {_zoned(moment, ahead)}"


def near(moment: datetime, ahead: timedelta | None = None) -> str:
    """The same for a list that is read today: "mar 10:20" of the next six days; arguments as of `limit`."""
    local = timezone.localtime(moment)
    soon = 0 <= (local.date() - timezone.localdate(clock.now())).days < 7
    return f"{DAYS[figures.language()][local.weekday()]} {_zoned(moment, ahead)}" if soon else limit(moment, ahead)


def _zoned(moment: datetime, ahead: timedelta | None) -> str:
    local = timezone.localtime(moment)
    said = f"{local:%H:%M}"
    return said if ahead in (None, local.utcoffset()) else f"{said} {figures.zone(moment)}"


def missed(ago: timedelta) -> str:
    """What is said of a deadline that ended some time ago, by the clock, while what it was for is still to be done."""
    return _("Missed %(time)s ago") % {"time": figures.age(ago)}


def due(row: TicketRow) -> Due:
    """What the case's own row says of its deadlines, where none is looked at."""
    if row.closed_at is not None:
        return Due(
            icon="check", urgency="", strong="", rest=_("Over since %(day)s") % {"day": figures.day(row.closed_at)}
        )
    if row.due_at is None and row.paused:
        return Due(icon="pause-circle", urgency="", strong=_("Paused"), rest=_("waits for the customer"))
    if row.due_at is None and row.missed:
        return Due(icon="flag", urgency="fail", strong=_("Deadline missed"), rest="")
    if row.due_at is None:
        return Due(icon="minus-circle", urgency="", strong="", rest=_("No deadline"))
    if row.due_at <= clock.now():
        late = missed(clock.now() - row.due_at)
        return Due(icon="flag", urgency="fail", strong=late, rest=str(PURPOSES[row.due_purpose]))
    said = _("%(purpose)s until %(limit)s") % {"purpose": PURPOSES[row.due_purpose], "limit": limit(row.due_at)}
    return Due(icon="clock", urgency="", strong="", rest=said)


def named_deadline(deadline: DeadlineName) -> str:
    """Which deadline of a case: what it is for, by which term where that says more, and when it was withdrawn."""
    purpose = str(PURPOSES[deadline.purpose])
    named = purpose if deadline.name.lower() == purpose.lower() else f"{purpose} ({deadline.name})"
    if deadline.withdrawn_at is None:
        return named
    return _("%(deadline)s, withdrawn on %(day)s") % {
        "deadline": named,
        "day": figures.day_and_time(deadline.withdrawn_at),
    }
