"""Types of fact about a contact: a customer of an organisation, as its register knows them.

No fact says a name or an address in clear. It says a digest: the SHA-256 of 16 random octets that only the register
holds and of what is meant: an address as its channel, a line feed and the address as it is compared, a card as RFC 8785
JSON. Whoever shows those octets shows what it was; once the register has erased them nobody can, and facts may stay.
"""

from collections.abc import Mapping

from acuse.proof.facts.schema import Choice, Digest, FactType, Listing, Moment, Nullable, Record, Shape, Text

KIND = "contact"
CONTACT_KINDS = ("person", "company")
CHANNELS = ("email", "phone", "whatsapp", "postal")
BASES = ("stated", "wrote_from", "form_checked", "code_confirmed")
"""Why an address is the contact's, the weakest first: somebody stated it; they wrote from it; they followed the link
that a form sent there; they gave back a code that was sent there."""
FIELDS = ("kind", "name", "tax_id", "language", "company", "notes")
OBSTACLES = ("legal_hold", "retention", "open_ticket", "running_deadline", "communication_in_progress")
"""Why a contact cannot be erased now."""

_KINDS = (KIND,)
_ID = Text(40)
_CARD: Mapping[str, Shape] = {"digest": Digest()}
_ADDRESS: Mapping[str, Shape] = {"address": _ID, "channel": Choice(*CHANNELS), "digest": Digest()}
_PAIR = Record({"kept": _ID, "absorbed": _ID})

TYPES = (
    FactType(
        name="contact.made",
        kinds=_KINDS,
        meaning="A contact was entered; `split_from` names the one out of which it was taken.",
        details=Record({**_CARD, "kind": Choice(*CONTACT_KINDS)}, {"split_from": _ID}),
    ),
    FactType(
        name="contact.changed",
        kinds=_KINDS,
        meaning="What the register says of a contact was changed; `fields` names what.",
        details=Record({**_CARD, "fields": Listing(Choice(*FIELDS), len(FIELDS))}),
    ),
    FactType(
        name="address.added",
        kinds=_KINDS,
        meaning="An address became known as the contact's, and why; `split_from` names the contact that had it before.",
        details=Record({**_ADDRESS, "basis": Choice(*BASES)}, {"split_from": _ID}),
    ),
    FactType(
        name="address.confirmed",
        kinds=_KINDS,
        meaning="There is now a better reason to take an address for the contact's.",
        details=Record({**_ADDRESS, "basis": Choice(*BASES)}),
    ),
    FactType(
        name="contact.proved",
        kinds=_KINDS,
        meaning=(
            "Somebody gave back a code that had been sent to the address, and so showed that they read what comes "
            "there: to see the organisation's messages to it, or to send a form. It opens no communication's content."
        ),
        details=Record({**_ADDRESS, "purpose": Choice("mailbox", "form")}),
    ),
    FactType(
        name="address.removed",
        kinds=_KINDS,
        meaning="An address is no longer known as the contact's; `split_to` names the contact to which it went.",
        details=Record(_ADDRESS, {"split_to": _ID}),
    ),
    FactType(
        name="contact.merged",
        kinds=_KINDS,
        meaning="Two contacts turned out to be one; recorded about both. Whatever cites either stays as it is.",
        details=_PAIR,
    ),
    FactType(
        name="contact.unmerged",
        kinds=_KINDS,
        meaning="A contact that had been absorbed by another stands alone again; recorded about both.",
        details=_PAIR,
    ),
    FactType(
        name="contact.erasure_requested",
        kinds=_KINDS,
        meaning="The contact was to be erased, and something forbids it: what, and until when where that is known.",
        details=Record({"obstacles": Listing(Record({"reason": Choice(*OBSTACLES), "until": Nullable(Moment())}), 16)}),
    ),
    FactType(
        name="contact.erased",
        kinds=_KINDS,
        meaning="The register forgot the contact: card, notes and addresses, and what opens the digests of its facts.",
        details=Record({}),
    ),
)
