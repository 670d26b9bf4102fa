"""What was requested of a tracked copy, as the page of a communication tells it. No sentence says that it was read."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from acuse.doors.console.accessed import client_of
from acuse.doors.console.facts import title
from acuse.doors.console.told import Told, foreign
from acuse.proof.facts.fact import Fact
from acuse.proof.facts.tracking import IMAGE, LINK, WITHDRAWN
from acuse.proof.verdicts.tracking import judged

_ICONS = {"person": "user-circle", "mail_proxy": "envelope-simple", "scanner": "magnifying-glass"}


def hit(fact: Fact, facts: Iterable[Fact]) -> Told:
    """What a request says, with what came around it.

    Args:
        fact: of a request. facts: of the communication.
    """
    by, codes = judged(fact, facts)
    words = _reasons()
    reasons = "; ".join(words[code] for code in codes if code in words)
    return Told(
        title=title(fact.type),
        icon=_ICONS.get(by, "question"),
        source=_by(by) % {"reasons": reasons},
        verbatim=foreign(fact.details.get("link")),
        remark=_("It does not prove who made it, nor reading, and weighs nothing in the outcome."),
        transport=client_of(fact.details),
    )


def _requested(fact: Fact) -> Told:
    return hit(fact, [fact])


def _withdrawn(fact: Fact) -> Told:
    return Told(
        title=title(fact.type),
        icon="minus-circle",
        source=_("Whoever held the link in the message pressed the button. Nothing more is recorded."),
        transport=client_of(fact.details),
    )


def _by(by: str) -> str:
    return {
        "person": _("It looks like a request from somebody's own device: %(reasons)s."),
        "mail_proxy": _("It looks like a request by a mail provider, not by a person: %(reasons)s."),
        "scanner": _("It looks like a request by a program, not by a person: %(reasons)s."),
    }.get(by) or _("Whether a person or a machine made it cannot be told: %(reasons)s.")


def _reasons() -> Mapping[str, str]:
    return {
        "google_proxy": _("it says that it is Google's image proxy, which fetches for Gmail"),
        "yahoo_proxy": _("it says that it is Yahoo's image proxy"),
        "other_proxy": _("it says that it is a proxy"),
        "apple_privacy": _("it names itself as Apple's Mail Privacy Protection does, which fetches what nobody opened"),
        "apple_network": _("it comes from Apple's own network (17.0.0.0/8)"),
        "known_scanner": _("it names a service that examines mail or links"),
        "bot": _("it says that it is a robot"),
        "program": _("it names a program or library that is no browser"),
        "headless": _("it names a browser that shows nothing to anybody"),
        "head": _("it asked for the headers alone (HEAD)"),
        "soon": _("it came before the recipient's server had taken the message, or within seconds of that"),
        "links_together": _("another link of the message was requested within seconds"),
        "prefetch": _("it says that it was made before anybody asked for it"),
        "apple_mail": _("it looks like Apple Mail, which may fetch images of messages that nobody opens"),
        "office_discovery": _("Microsoft Office looked at the address by itself"),
        "no_agent": _("it does not say what program it is"),
        "not_browser": _("it names itself as no browser or mail program known"),
        "no_language": _("it names itself as a browser and says no language, as browsers do"),
        "browser": _("it looks like a browser's"),
        "mail_program": _("it looks like a mail program's"),
    }


TELLERS: Mapping[str, Callable[[Fact], Told]] = {IMAGE: _requested, LINK: _requested, WITHDRAWN: _withdrawn}
HITS = frozenset({IMAGE, LINK})
