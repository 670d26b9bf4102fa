"""Types of fact about a ticket: one customer's case, from what opened it to what closed it.

What people wrote, to the customer or among themselves, stands in custody objects that a bundle may withhold; the facts
say that it was written, when, and by whom.
"""

from acuse.proof.facts.schema import (
    Choice,
    Digest,
    FactType,
    Flag,
    Foreign,
    Integer,
    Listing,
    Moment,
    Nullable,
    Record,
    Shape,
    Text,
)

KIND = "ticket"
TYPE_NAMES = ("inquiry", "claim", "suggestion", "request", "complaint", "thanks", "incident")
PRIORITIES = ("low", "medium", "high")
STATUSES = ("new", "open", "pending_customer", "pending_conformity", "resolved", "closed_without", "reopened")
CHANNELS = ("email", "form", "phone", "api")
MATTERS = ("", "billing", "continuity")
"""What a case is about where the law sets a term of its own: an undue charge or bill, the continuity of a service."""
ACTS = (
    "receipt",
    "data_request",
    "solution",
    "rejection",
    "activation",
    "suspension",
    "closing_notice",
    "conformity",
    "thanks",
)
"""What a reply does beyond saying something, where it does."""

_KINDS = (KIND,)
_ID = Text(40)
_CLIENT = Record({"ip": Text(64), "user_agent": Foreign(1024)})
_CLASSIFIED: dict[str, Shape] = {
    "type": Choice(*TYPE_NAMES),
    "priority": Choice(*PRIORITIES),
    "matter": Choice(*MATTERS),
}
IN_FORCE: dict[str, Shape] = {"policy": Nullable(Record({"version": Integer(1, 2**31), "digest": Digest()}))}
"""The version of the policy that was in force when what may begin a deadline happened; null: there was none."""
_RULE = {"rule": "the version of the policy that was in force then"}
_MESSAGE = {
    "message": "what came in, byte for byte: the message, or the form's answers as JSON",
    "attachment": "a file that came with it",
}
_CONFORMITY: dict[str, Shape] = {
    "by": Choice("link", "reply"),
    "request": _ID,
    "words": Text(200),
    "comments": Text(4000),
}

TYPES = (
    FactType(
        name="ticket.opened",
        kinds=_KINDS,
        meaning=(
            "A case was opened. `key` is the tracking key that the customer is given; `reception` the message that "
            "opened it, `client` who sent the form, `call` the telephone call, `reference` the name that a program "
            "gives it, each where it was that; `policy` the version of the terms in force then, null where there were "
            "none."
        ),
        details=Record(
            {
                "number": Integer(1),
                "key": Text(40),
                "channel": Choice(*CHANNELS),
                "language": Choice("es", "en"),
                "contact": _ID,
                "address": Text(512),
                "subject": Foreign(1024),
                **_CLASSIFIED,
            },
            {
                "reception": _ID,
                "client": _CLIENT,
                "mailbox": _ID,
                "consent": Text(2000),
                "call": _ID,
                "reference": Text(120),
                **IN_FORCE,
            },
        ),
        roles={**_MESSAGE, **_RULE},
        event="ReceivedFromNonERDS",
    ),
    FactType(
        name="message.received",
        kinds=_KINDS,
        meaning="The customer wrote about the case again.",
        details=Record(
            {"channel": Choice(*CHANNELS), "author": Foreign(512), "subject": Foreign(1024)},
            {"reception": _ID, "matched_by": Choice("token", "reference", "form", "api"), "client": _CLIENT},
        ),
        roles=_MESSAGE,
        event="ReceivedFromNonERDS",
    ),
    FactType(
        name="reply.sent",
        kinds=_KINDS,
        meaning=(
            "An answer was handed over to be sent, as the communication named; what became of it is told there. "
            "`act` says what it does where it does more than answer. One that asks for data says which version of the "
            "terms was in force then, as the opening does."
        ),
        details=Record(
            {"communication": _ID, "recipient": Text(512), "certified": Flag(), "language": Choice("es", "en")},
            {
                "act": Choice(*ACTS),
                "template": Record({"id": Text(80), "version": Integer(0)}),
                "term_until": Moment(),
                "automatic": Flag(),
                **IN_FORCE,
            },
        ),
        roles={"message": "the answer, byte for byte", **_RULE},
    ),
    FactType(
        name="note.added",
        kinds=_KINDS,
        meaning="A member wrote a note that the customer does not see.",
        details=Record({"mentioned": Listing(_ID, 32)}),
        roles={"note": "the note"},
    ),
    FactType(
        name="ticket.assigned",
        kinds=_KINDS,
        meaning="A member, or nobody, became responsible for the case.",
        details=Record({"member": Nullable(_ID)}, {"rule": _ID}),
    ),
    FactType(
        name="ticket.classified",
        kinds=_KINDS,
        meaning="Type, priority or matter were set, by a member or by the rule named.",
        details=Record(_CLASSIFIED, {"rule": _ID}),
    ),
    FactType(
        name="ticket.status_changed",
        kinds=_KINDS,
        meaning=(
            "The case passed from one status to another. Where that opens it again, `policy` is the version of the "
            "terms in force then, as for the opening."
        ),
        details=Record({"before": Choice(*STATUSES), "after": Choice(*STATUSES)}, IN_FORCE),
        roles=_RULE,
    ),
    FactType(
        name="ticket.described",
        kinds=_KINDS,
        meaning=(
            "Tags, what the case is about, or the language in which it is answered were changed; `fields` names which. "
            "`language` is the one from now on, where it was that."
        ),
        details=Record({"fields": Listing(Text(40), 16)}, {"language": Choice("es", "en")}),
        roles={"card": "what they say now, as JSON"},
    ),
    FactType(
        name="ticket.escalated",
        kinds=_KINDS,
        meaning="The case was passed to somebody who decides more, or was taken back.",
        details=Record({"escalated": Flag()}),
    ),
    FactType(
        name="conformity.requested",
        kinds=_KINDS,
        meaning="The customer was asked whether they agree with the solution.",
        details=Record({"request": _ID, "communication": _ID}),
    ),
    FactType(
        name="conformity.withdrawn",
        kinds=_KINDS,
        meaning="The customer was asked anew: the question before waits for no answer any more.",
        details=Record({"request": _ID}),
    ),
    FactType(
        name="conformity.given",
        kinds=_KINDS,
        meaning="Whoever held the link, or wrote from the customer's address, said that they agree.",
        details=Record(_CONFORMITY, {"client": _CLIENT, "reception": _ID}),
    ),
    FactType(
        name="conformity.denied",
        kinds=_KINDS,
        meaning="Whoever held the link, or wrote from the customer's address, said that they do not agree.",
        details=Record(_CONFORMITY, {"client": _CLIENT, "reception": _ID}),
    ),
)
