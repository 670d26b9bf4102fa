"""What was done with content behind a link, as the page of a communication tells it. No sentence names a person."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from acuse.clock import from_rfc3339
from acuse.doors.console.facts import title
from acuse.doors.console.told import Told, Transport, foreign
from acuse.doors.ui import figures
from acuse.proof.facts.fact import Fact

_AGENT = 160


def _moment(value: object) -> str:
    return figures.day_and_time(from_rfc3339(str(value)))


def client_of(details: Mapping[str, Any]) -> tuple[Transport, ...]:
    """Where a request came from, and what made it by its own account."""
    client = details["client"]
    items = [Transport(icon="plugs", text=_("from %(ip)s") % {"ip": client["ip"]})]
    agent = foreign(client["user_agent"])
    if agent:
        items.append(Transport(icon="monitor", text=agent[:_AGENT]))
    return tuple(items)


def _consigned(fact: Fact) -> Told:
    coded = fact.details["access"] == "otp"
    source = _("With a link and a code, until %(until)s") if coded else _("With a link, until %(until)s")
    until = {"until": _moment(fact.details["term_until"])}
    return Told(title=title(fact.type), icon="tray-arrow-down", source=source % until)


def _code_sent(fact: Fact) -> Told:
    source = _("To %(contact)s; the code is not recorded") % {"contact": fact.details["contact"]}
    return Told(title=title(fact.type), icon="key", source=source, transport=client_of(fact.details))


def _code_refused(fact: Fact) -> Told:
    source = _("It no longer served.") if fact.details["reason"] == "late" else _("It was not the right one.")
    return Told(title=title(fact.type), icon="x", style="deferred", source=source, transport=client_of(fact.details))


def _code_locked(fact: Fact) -> Told:
    source = _("None is taken before %(until)s.") % {"until": _moment(fact.details["locked_until"])}
    return Told(
        title=title(fact.type), icon="lock-simple", style="deferred", source=source, transport=client_of(fact.details)
    )


def _means(details: Mapping[str, Any]) -> str:
    return _("With the link and a code") if details["authentication"] else _("With the link")


def _opened(fact: Fact) -> Told:
    return Told(
        title=title(fact.type),
        icon="check",
        style="raised",
        source=_means(fact.details),
        remark=_("It does not prove who it was, nor reading."),
        transport=client_of(fact.details),
    )


def _fetched(fact: Fact) -> Told:
    source = foreign(fact.details["name"])
    return Told(title=title(fact.type), icon="download-simple", source=source, transport=client_of(fact.details))


def _answered(fact: Fact) -> Told:
    accepted = fact.type == "acceptance.given"
    words = {"words": fact.details["words"]}
    return Told(
        title=(_("Accepted: “%(words)s”") if accepted else _("Refused: “%(words)s”")) % words,
        icon="check" if accepted else "x",
        style="raised" if accepted else "failed",
        source=_means(fact.details),
        verbatim=foreign(fact.details["comments"]),
        transport=client_of(fact.details),
    )


def _expired(fact: Fact) -> Told:
    return Told(title=title(fact.type), icon="clock", style="deferred")


def _revoked(fact: Fact) -> Told:
    return Told(title=title(fact.type), icon="link-break", source=foreign(fact.details["reason"]))


TELLERS: Mapping[str, Callable[[Fact], Told]] = {
    "content.consigned": _consigned,
    "code.sent": _code_sent,
    "code.refused": _code_refused,
    "code.locked": _code_locked,
    "content.accessed": _opened,
    "attachment.fetched": _fetched,
    "content.rejected": _answered,
    "acceptance.given": _answered,
    "term.expired": _expired,
    "access.revoked": _revoked,
}
