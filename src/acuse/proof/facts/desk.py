"""Types of fact about what the desk works with: its mailboxes, settings and terms."""

from acuse.proof.facts.schema import FactType, Flag, Integer, Listing, Record, Text

_MAILBOX = Record({"name": Text(120), "address": Text(320), "enabled": Flag()})

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
)
