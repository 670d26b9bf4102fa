"""Types of fact about content that waits for its recipient behind a link (notice mode), and what they did with it.

A request for the page, by whatever program, records nothing: each of these is somebody's own act, or the end of a term.
"""

from acuse.proof.facts.schema import Choice, Digest, FactType, Foreign, Integer, Moment, Nullable, Record, Shape, Text

_KINDS = ("communication",)
_CLIENT = Record({"ip": Text(64), "user_agent": Foreign(1024)})
#: A code that was sent to a contact of the recipient; null where the link was all that was needed.
_AUTHENTICATION = Nullable(Record({"method": Choice("otp"), "contact": Text(512)}))
_ACT: dict[str, Shape] = {"authentication": _AUTHENTICATION, "client": _CLIENT}
_ANSWER: dict[str, Shape] = {**_ACT, "words": Text(200), "comments": Text(4000)}

TYPES = (
    FactType(
        name="content.consigned",
        kinds=_KINDS,
        meaning="The content was put at the recipient's disposal behind a link, until the end of a term.",
        details=Record({"access": Choice("button", "otp"), "term_until": Moment()}),
        event="ContentConsignment",
    ),
    FactType(
        name="code.sent",
        kinds=_KINDS,
        meaning=(
            "A code to open or refuse the content with was made and its e-mail queued. The code itself is not recorded."
        ),
        details=Record({"contact": Text(512), "valid_until": Moment(), "message_id": Text(200), "client": _CLIENT}),
    ),
    FactType(
        name="code.refused",
        kinds=_KINDS,
        meaning="A code was given that was wrong, or came too late.",
        details=Record({"reason": Choice("wrong", "late"), "tries_left": Integer(0, 100), "client": _CLIENT}),
    ),
    FactType(
        name="code.locked",
        kinds=_KINDS,
        meaning="So many wrong codes were given that none is taken for a while.",
        details=Record({"locked_until": Moment(), "client": _CLIENT}),
    ),
    FactType(
        name="content.accessed",
        kinds=_KINDS,
        meaning=(
            "Whoever held the link, and the code where one was asked for, opened the content. It does not prove who "
            "that was, in person, nor that they read it."
        ),
        details=Record({**_ACT, "shown": Digest()}),
        roles={"shown": "what was shown of the message, byte for byte"},
        event="ContentHandover",
    ),
    FactType(
        name="attachment.fetched",
        kinds=_KINDS,
        meaning="An attachment was downloaded from the opened content.",
        details=Record(
            {
                **_ACT,
                "number": Integer(1, 10_000),
                "name": Foreign(1024),
                "digest": Digest(),
                "size": Integer(),
            }
        ),
    ),
    FactType(
        name="content.rejected",
        kinds=_KINDS,
        meaning="Whoever held the link, and the code where one was asked for, rejected the content.",
        details=Record(_ANSWER),
        event="ConsignmentRejection",
    ),
    FactType(
        name="acceptance.given",
        kinds=_KINDS,
        meaning="Whoever had opened the content pressed the button with these words.",
        details=Record(_ANSWER),
        event="ConsignmentAcceptance",
    ),
    FactType(
        name="term.expired",
        kinds=(*_KINDS, "ticket"),
        meaning=(
            "The term ended within which the content was at the recipient's disposal; of a ticket, the one that a "
            "certified notice of closing gave."
        ),
        details=Record({"term_until": Moment()}),
        event="AcceptanceRejectionExpiry",
    ),
    FactType(
        name="access.revoked",
        kinds=_KINDS,
        meaning="The link was withdrawn, for the reason said; the content can no longer be opened with it.",
        details=Record({"reason": Text(500)}),
    ),
)
