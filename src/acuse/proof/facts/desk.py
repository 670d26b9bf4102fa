"""Types of fact about what the desk works with: its mailboxes, settings and terms."""

from acuse.proof.facts.schema import Choice, FactType, Flag, Integer, Listing, Nullable, Record, Text
from acuse.proof.facts.ticket import CHANNELS, MATTERS, PRIORITIES, TYPE_NAMES

_MAILBOX = Record({"name": Text(120), "address": Text(320), "enabled": Flag()})
_TRIAGE = Record(
    {
        "rule": Text(40),
        "position": Integer(1, 1000),
        "enabled": Flag(),
        "name": Text(80),
        "words": Listing(Text(80), 50),
        "senders": Listing(Text(320), 50),
        "channel": Choice("", *CHANNELS),
        "form_type": Choice("", *TYPE_NAMES),
        "type": Choice("", *TYPE_NAMES),
        "priority": Choice("", *PRIORITIES),
        "matter": Choice(*MATTERS),
        "assignee": Nullable(Text(40)),
        "tag": Text(40),
    }
)

TYPES = (
    FactType(
        name="mailbox.made",
        kinds=("mailbox",),
        meaning="An address was set up whose mail becomes tickets.",
        details=_MAILBOX,
    ),
    FactType(
        name="mailbox.changed",
        kinds=("mailbox",),
        meaning="An address whose mail becomes tickets was changed; what it is now.",
        details=_MAILBOX,
    ),
    FactType(
        name="mailbox.fetch_changed",
        kinds=("mailbox",),
        meaning="Where the mail of an address is fetched by IMAP was set, or, without `enabled`, that was ended.",
        details=Record(
            {
                "enabled": Flag(),
                "server": Text(300),
                "security": Choice("tls", "starttls"),
                "username": Text(255),
                "folder": Text(255),
                "mark_read": Flag(),
            }
        ),
    ),
    FactType(
        name="mailbox.mail_left",
        kinds=("mailbox",),
        meaning="A message was not fetched, because it is larger than this installation takes; it stays where it is.",
        details=Record(
            {
                "server": Text(300),
                "folder": Text(255),
                "uid_validity": Integer(),
                "uid": Integer(),
                "size": Integer(),
            }
        ),
    ),
    FactType(
        name="desk.changed",
        kinds=("organisation",),
        meaning="What the desk or its public page is set to was changed; `settings` names what.",
        details=Record({"settings": Listing(Text(40), 32)}),
    ),
    FactType(
        name="team.changed",
        kinds=("organisation",),
        meaning="A team was made, changed or, with `removed`, dissolved; who belongs to it now.",
        details=Record({"team": Text(40), "name": Text(60), "members": Listing(Text(40), 500)}, {"removed": Flag()}),
    ),
    FactType(
        name="policy.published",
        kinds=("organisation",),
        meaning="The organisation's terms were published: for which cases there is which deadline.",
        details=Record({"version": Integer(1)}),
        roles={"policy": "the terms, as JSON"},
    ),
    *(
        FactType(name=name, kinds=("organisation",), meaning=meaning, details=_TRIAGE)
        for name, meaning in (
            ("triage_rule.added", "A rule that says what a new case is taken for was added."),
            ("triage_rule.changed", "A rule of triage was changed; as it is now."),
            ("triage_rule.moved", "A rule of triage got another place among the rules."),
            ("triage_rule.removed", "A rule of triage was removed; as it was."),
        )
    ),
)
