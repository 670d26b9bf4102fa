"""Types of fact about addresses to which an organisation's messages are held back, and who decided otherwise.

Each is recorded on the communication that is its reason: there is no fact about an address alone.
"""

from collections.abc import Mapping

from acuse.proof.facts.schema import Choice, FactType, Moment, Record, Shape, Text

_KINDS = ("communication",)

REASONS = ("mailbox_not_found", "domain_not_found", "complaint", "no_mail_domain")
"""Why an address is on the list: it does not exist or its domain takes no mail, or whoever has it does not want the
messages."""

#: The communication that put the address on the list, why, and since when.
LISTED: Mapping[str, Shape] = {"communication": Text(40), "reason": Choice(*REASONS), "since": Moment()}

TYPES = (
    FactType(
        name="suppression.added",
        kinds=_KINDS,
        meaning=(
            "The recipient's address was put on the organisation's list of addresses to which nothing is sent, "
            "because of what came of this communication."
        ),
        details=Record({"reason": Choice(*REASONS)}),
    ),
    FactType(
        name="suppression.lifted",
        kinds=_KINDS,
        meaning="A member took the address, which this communication had put there, off the list, for the reason said.",
        details=Record({"reason": Text(500)}),
    ),
    FactType(
        name="suppression.overridden",
        kinds=_KINDS,
        meaning="A member had this message sent although the recipient's address was on the list.",
        details=Record({**LISTED}),
    ),
)
