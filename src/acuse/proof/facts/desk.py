"""Types of fact about what the desk works with: its mailboxes, terms, telephone lines, calls and published answers."""

from acuse.proof.facts.schema import Choice, FactType, Flag, Integer, Listing, Moment, Nullable, Record, Text

CALL_RESULTS = ("answered", "lost", "abandoned")
"""Of an incoming call: somebody answered; nobody did and it was cut off; the caller hung up while waiting."""

_ID = Text(40)
_MAILBOX = Record({"name": Text(120), "address": Text(320), "source": Choice("forwarded", "imap"), "enabled": Flag()})

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
        name="policy.published",
        kinds=("organisation",),
        meaning="The organisation's terms were published: for which cases there is which deadline.",
        details=Record({"version": Integer(1)}),
        roles={"policy": "the terms, as JSON"},
    ),
    FactType(
        name="line.changed",
        kinds=("line",),
        meaning="A telephone line was set up or changed; what it is now.",
        details=Record({"name": Text(120), "calendar": Nullable(_ID), "enabled": Flag()}),
    ),
    FactType(
        name="call.registered",
        kinds=("call",),
        meaning="A call was registered, by whoever took it or from the telephone system's own list.",
        details=Record(
            {
                "line": _ID,
                "direction": Choice("in", "out"),
                "result": Choice(*CALL_RESULTS),
                "started_at": Moment(),
                "waited": Integer(0, 86_400),
                "talked": Integer(0, 86_400),
                "imported": Flag(),
            },
            {"ticket": _ID, "member": _ID},
        ),
        roles={"call": "number, words and outcome, as JSON"},
    ),
    FactType(
        name="article.published",
        kinds=("article",),
        meaning="A version of an answer to a frequent question was published.",
        details=Record({"version": Integer(1), "language": Choice("es", "en"), "review_by": Nullable(Text(10))}),
        roles={"article": "the published version, as JSON"},
    ),
    FactType(
        name="article.withdrawn",
        kinds=("article",),
        meaning="An answer to a frequent question was withdrawn from the public.",
        details=Record({"languages": Listing(Choice("es", "en"), 2)}),
    ),
    FactType(
        name="article.reviewed",
        kinds=("article",),
        meaning="A member looked through an answer and found it still right.",
        details=Record({"review_by": Nullable(Text(10))}),
    ),
)
