"""A communication's facts as its page tells them: time, what happened, who says so, verbatim, place in the ledger.

Pure: facts to entries. Interpretation stands in the title, the remote server's own words stand below it untouched.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acuse.clock import from_rfc3339, to_rfc3339
from acuse.doors.console import accessed, held_back, returned, tracked
from acuse.doors.console import facts as names
from acuse.doors.console.told import Told, Transport, foreign
from acuse.doors.console.wording import mark_word, reason
from acuse.doors.ui import figures, grades
from acuse.proof.facts.fact import Fact


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of the timeline."""

    at: datetime
    iso: str
    title: str
    icon: str
    style: str
    source: str
    verbatim: str
    own_words: str
    own_language: str
    remark: str
    transport: tuple[Transport, ...]
    position: int | None
    mark: str
    mark_word: str
    development: bool
    dialogue_url: str
    message_url: str
    ledger_url: str
    attempt: int | None


def evidence_state(position: int | None, *, anchored_size: int) -> str:
    """The mark of an entry, never one step early.

    Args:
        position: in the ledger, from 0; None while it waits for the sequencer.
        anchored_size: entries under the newest time stamp.
    """
    if position is None:
        return "recorded"
    return "stamped" if position < anchored_size else "integrated"


def tell(fact: Fact) -> Told:
    """What a fact says, in the reader's language."""
    teller = _TELLERS.get(fact.type)
    return teller(fact) if teller else Told(title=names.title(fact.type), icon="note")


def entry(
    fact: Fact,
    *,
    position: int | None,
    state: str,
    development: bool,
    ledger_url: str,
    dialogue_url: str,
    message_url: str,
    decisive: bool,
    around: Sequence[Fact] = (),
) -> Entry:
    """One entry of the timeline.

    Args:
        fact: what happened.
        position: in the ledger, or None.
        state: evidence mark.
        development: the time stamp has no legal value.
        ledger_url: page of that position.
        dialogue_url: page of the raw dialogue; used only where the fact cites one.
        message_url: of the message as it came in; used only where the fact cites one.
        decisive: it decided the outcome.
        around: all facts of the communication, by which requests are judged.
    """
    told = tracked.hit(fact, around) if fact.type in tracked.HITS else tell(fact)
    if fact.type == "bounce.received" and not decisive:
        told = replace(told, style="deferred", remark=_("It does not decide the outcome."))
    roles = {reference.role for reference in fact.objects}
    own_words, own_language = told.own_said
    return Entry(
        at=fact.occurred_at,
        iso=to_rfc3339(fact.occurred_at),
        title=told.title,
        icon=told.icon,
        style=told.style,
        source=told.source,
        verbatim=told.verbatim,
        own_words=own_words,
        own_language=own_language,
        remark=told.remark,
        transport=told.transport,
        position=position,
        mark=state,
        mark_word=mark_word(state, development=development),
        development=development and state == "stamped",
        dialogue_url=dialogue_url if "smtp-dialogue" in roles else "",
        message_url=message_url if roles & {"report", "reply"} else "",
        ledger_url=ledger_url,
        attempt=fact.details.get("attempt"),
    )


def shown(fact: Fact) -> bool:
    """Whether a fact is worth an entry of its own: the opening of a try says nothing that its end does not say."""
    return fact.type != "attempt.opened"


def _accepted(fact: Fact) -> Told:
    details = fact.details
    digest = next((reference.sha256 for reference in fact.objects if reference.role == "message"), "")
    words = (
        _("Handed in with the SMTP credential %(credential)s; content of %(size)s with digest %(digest)s")
        if "credential" in details
        else _("Written at the desk; content of %(size)s with digest %(digest)s")
    )
    source = words % {
        "credential": details.get("credential"),
        "size": figures.size(int(details["size"])),
        "digest": f"{digest[:6]}…{digest[-4:]}",
    }
    client = details.get("client")
    items = [Transport(icon="plugs", text=_("from %(ip)s") % {"ip": client["ip"]})] if client else []
    if client and client.get("tls"):
        items.append(Transport(icon="lock-simple", text=f"{client['tls']['version']}, {client['tls']['cipher']}"))
    title = _("Sent once more by a member") if details.get("resent_of") else _("Accepted by Acuse")
    return Told(title=title, icon="tray-arrow-down", style="raised", source=source, transport=tuple(items))


def _server(details: Mapping[str, Any]) -> str:
    host, address = details.get("host"), details.get("address")
    where = f"{host} ({address})" if host and address else host or address or ""
    number = _("try %(number)d") % {"number": details["attempt"]}
    return f"{where}, {number}" if where else number.capitalize()


def _transport(details: Mapping[str, Any]) -> tuple[Transport, ...]:
    items = []
    tls = details.get("tls")
    if tls:
        items.append(Transport(icon="lock-simple", text=f"{tls['version']}, {tls['cipher']}"))
        certificate = tls.get("certificate")
        if certificate:
            names = certificate.get("names") or []
            name = foreign(names[0]) if names else foreign(certificate["subject"])
            said = _("%(name)s, verified") if tls["verified"] else _("%(name)s, not verified")
            items.append(Transport(icon="identification-card", text=said % {"name": name}))
    elif details.get("stage") not in {None, "dns", "connect"}:
        items.append(Transport(icon="link-break", text=_("without TLS")))
    items += _policy(details.get("policy"))
    exchangers = (details.get("dns") or {}).get("mx") or []
    for exchanger in exchangers:
        if exchanger["host"].rstrip(".") == str(details.get("host") or "").rstrip("."):
            said = _("MX %(preference)d by DNS") % {"preference": exchanger["preference"]}
            items.append(Transport(icon="globe", text=said))
    return tuple(items)


def _policy(policy: Mapping[str, Any] | None) -> list[Transport]:
    """What the recipient's domain asked of the connection; where it asked nothing there is nothing to say."""
    if not policy or policy["kind"] not in {"dane", "mta-sts"} or policy["result"] == "unreached":
        return []
    name = {"name": "DANE" if policy["kind"] == "dane" else "MTA-STS"}
    if policy["result"] == "met":
        return [Transport(icon="check-circle", text=_("as the domain asks by %(name)s") % name)]
    if policy["mode"] == "testing":
        return [Transport(icon="warning", text=_("not as the domain asks by %(name)s, in testing") % name)]
    return [Transport(icon="warning", text=_("not as the domain asks by %(name)s: nothing was sent") % name)]


def _reply(details: Mapping[str, Any]) -> str:
    reply = details.get("reply")
    return foreign(reply["text"]).rstrip("\r\n").replace("\r\n", "\n") if reply else ""


def _relayed(fact: Fact) -> Told:
    outgoing = fact.details.get("via")
    return Told(
        title=_("Accepted by the sender's outgoing server") if outgoing else _("Accepted by the recipient's server"),
        icon="check-circle",
        style="raised",
        source=_("%(server)s. Verbatim reply after the content was sent:") % {"server": _server(fact.details)},
        verbatim=_reply(fact.details),
        transport=_transport(fact.details),
    )


def _reason(details: Mapping[str, Any]) -> str:
    # The reason is a sentence of ours, in English, kept for the case where the remote server said nothing.
    return "" if details.get("reply") else foreign(details.get("reason"))


def _deferred(fact: Fact) -> Told:
    details = fact.details
    retry_at = details.get("retry_at")
    remark = ""
    if retry_at:
        remark = _("Tried again at %(time)s.") % {"time": figures.clock_time(from_rfc3339(str(retry_at)))}
    if details.get("via"):
        title = _("Put off on its way out, at the sender's outgoing server")
    elif details.get("reply"):
        title = _("Put off by the recipient's server")
    else:
        title = _("Their server could not be reached")
    return Told(
        title=title,
        icon="arrow-clockwise",
        style="deferred",
        source=_server(details),
        verbatim=_reply(details),
        own_words=_reason(details),
        remark=remark,
        transport=_transport(details),
    )


def _refused(fact: Fact) -> Told:
    details = fact.details
    return Told(
        title=grades.failure_word(str(details["failure_class"])),
        icon="x",
        style="failed",
        source=_("%(server)s refused it. Verbatim reply:") % {"server": _server(details)},
        verbatim=_reply(details),
        own_words=_reason(details),
        transport=_transport(details),
    )


def _unknown(fact: Fact) -> Told:
    details = fact.details
    if details.get("stage") is None:
        return Told(
            title=_("The try was interrupted"),
            icon="question",
            style="deferred",
            source=_server(details),
            remark=_("Whether the message left is not recorded; if it did, whatever is sent later is a second copy."),
        )
    if details.get("retry_at"):
        remark = _(
            "Whether it was taken is not known. E-mail is sent again with the same Message-ID, so a second copy is "
            "possible."
        )
    else:
        remark = _("Whether it was taken is not known. It was the last try: nothing more is sent.")
    return Told(
        title=_("No answer after the whole message was sent"),
        icon="question",
        style="deferred",
        source=_server(details),
        verbatim=_reply(details),
        remark=remark,
        transport=_transport(details),
    )


def _failed(fact: Fact) -> Told:
    details = fact.details
    if "listed" in details:
        return held_back.held_back(fact)
    tries = int(details["attempts"])
    source = ngettext("Given up by Acuse after %(tries)d try.", "Given up by Acuse after %(tries)d tries.", tries)
    return Told(
        title=grades.failure_word(str(details["failure_class"])),
        icon="x",
        style="failed",
        source=source % {"tries": tries},
        own_words=foreign(details.get("reason")),
    )


def _notified(fact: Fact) -> Told:
    said = {
        "failed": _("The sender was told that nothing more is sent"),
        "delayed": _("The sender was told of the delay"),
        "relayed": _("The sender was told that another server took it"),
    }
    return Told(
        title=said[str(fact.details["action"])],
        icon="bell-ringing",
        source=_("Delivery status notification (RFC 3464) to %(to)s") % {"to": fact.details["to"]},
    )


def _issued(fact: Fact) -> Told:
    details = fact.details
    title = _("Receipt issued") if fact.type == "receipt.issued" else _("Certificate issued")
    if details.get("supersedes"):
        source = _("Version %(revision)d, %(level)s; supersedes %(code)s, which stays true up to its position") % {
            "revision": details["revision"],
            "level": details["level"],
            "code": details["supersedes"],
        }
    else:
        source = _("%(code)s, level %(level)s") % {"code": details["code"], "level": details["level"]}
    return Told(title=title, icon="certificate", source=source, remark=reason(details.get("reason") or ""))


def _lowered(fact: Fact) -> Told:
    details = fact.details
    source = _("%(level)s instead of %(wanted)s; it is upgraded by itself") % {
        "level": details["level"],
        "wanted": details["wanted"],
    }
    return Told(
        title=_("Sealed at a lower level"),
        icon="warning",
        style="deferred",
        source=source,
        own_words=str(details["reason"]),
    )


_TELLERS: Mapping[str, Callable[[Fact], Told]] = {
    "communication.accepted": _accepted,
    "attempt.relayed": _relayed,
    "attempt.deferred": _deferred,
    "attempt.refused": _refused,
    "attempt.unknown": _unknown,
    "attempt.failed": _failed,
    "sender.notified": _notified,
    "receipt.issued": _issued,
    "certificate.issued": _issued,
    "certificate.level_lowered": _lowered,
    **returned.TELLERS,
    **accessed.TELLERS,
    **tracked.TELLERS,
    **held_back.TELLERS,
}


def awaited(
    *, final: bool, certified: bool, issued: bool, until: datetime | None, opened: bool, facts: Sequence[Fact]
) -> str:
    """The last line of the timeline: what is still awaited.

    Args:
        final: no further try follows by itself.
        certified: otherwise it is relayed plainly, and has no certificate.
        issued: a certificate over the final state exists.
        until: when the term ends of content that can be opened behind a link; None where none can.
        opened: that content was opened before.
        facts: of the communication, in order.
    """
    if not final:
        retry = next(
            (fact.details.get("retry_at") for fact in reversed(facts) if fact.type.startswith("attempt.")), None
        )
        if retry:
            return _("Next try at %(time)s.") % {"time": figures.clock_time(from_rfc3339(str(retry)))}
        return _("The answer of the server is awaited.")
    said = []
    if certified and not issued:
        said.append(_("The certificate follows by itself once the settle time is over."))
    if until is not None:
        words = (
            _("Until %(until)s, when its term ends, it can still be answered, or opened again.")
            if opened
            else _("Its opening is awaited until %(until)s, when its term ends.")
        )
        said.append(words % {"until": figures.day_and_time(until)})
    if said:
        return " ".join(said)
    if not certified:
        return _("Nothing more is awaited. A late bounce would be added here.")
    return _("Nothing more is awaited. A late bounce would be added here and lead to another certificate.")
