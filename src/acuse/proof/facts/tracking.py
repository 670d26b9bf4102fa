"""Types of fact about a tracked copy: what was requested of what it names, and that its recipient wants no more of it.

They are beside the verdict: a request proves neither that a person made it, nor who, nor that anything was read.
"""

from collections.abc import Mapping

from acuse.proof.facts.schema import Choice, FactType, Foreign, Integer, Listing, Record, Shape, Text

_KINDS = ("communication",)
_CLIENT = Record({"ip": Text(64), "user_agent": Foreign(1024)})
MOST_LINKS = 500
"""Most links of one copy that lead by way of this installation."""

REQUESTERS = ("person", "mail_proxy", "scanner", "unknown")
"""Who seems to have made a request: `person` where it looks like one of somebody's own browser or mail program."""

REASONS: Mapping[str, str] = {
    "google_proxy": "it says that it is Google's image proxy, which fetches for Gmail",
    "yahoo_proxy": "it says that it is Yahoo's image proxy",
    "other_proxy": "it says that it is a proxy",
    "apple_privacy": "it names itself as Apple's Mail Privacy Protection does, which fetches what nobody opened",
    "apple_network": "it comes from Apple's own network (17.0.0.0/8)",
    "known_scanner": "it names a service that examines mail or links",
    "bot": "it says that it is a robot",
    "program": "it names a program or library that is no browser",
    "headless": "it names a browser that shows nothing to anybody",
    "head": "it asked for the headers alone (HEAD)",
    "soon": "it came before the recipient's server had taken the message, or within seconds of that",
    "links_together": "another link of the message was requested within seconds",
    "prefetch": "it says that it was made before anybody asked for it",
    "apple_mail": "it looks like Apple Mail, which may fetch images of messages that nobody opens",
    "office_discovery": "Microsoft Office looked at the address by itself",
    "no_agent": "it does not say what program it is",
    "not_browser": "it names itself as no browser or mail program known",
    "no_language": "it names itself as a browser and says no language, as browsers do",
    "browser": "it looks like a browser's",
    "mail_program": "it looks like a mail program's",
}
"""Code of a reason for such a judgement -> what it means, in English."""

_JUDGED: dict[str, Shape] = {
    "by": Choice(*REQUESTERS),
    "reasons": Listing(Choice(*REASONS), 8),
    "client": _CLIENT,
}
IMAGE, LINK, WITHDRAWN = "tracker.image_requested", "tracker.link_requested", "tracking.withdrawn"

TYPES = (
    FactType(
        name=IMAGE,
        kinds=_KINDS,
        meaning=(
            "The image that was added to the copy was requested, by a person or a machine; `by` says which it looks "
            "like. It does not prove that anybody read the message."
        ),
        details=Record(_JUDGED),
    ),
    FactType(
        name=LINK,
        kinds=_KINDS,
        meaning=(
            "A link of the copy was requested, by a person or a machine; `by` says which it looks like, `link` where "
            "it leads (its first 2048 characters)."
        ),
        details=Record({"number": Integer(1, MOST_LINKS), "link": Foreign(2048), **_JUDGED}),
    ),
    FactType(
        name=WITHDRAWN,
        kinds=_KINDS,
        meaning=(
            "Whoever held the link in the copy asked that requests be recorded no more: not for this message, nor for "
            "any other of the same organisation to the same address."
        ),
        details=Record({"client": _CLIENT}),
    ),
)
