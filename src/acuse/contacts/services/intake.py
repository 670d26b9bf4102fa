"""Whoever writes becomes a contact: found by the address, or made."""

from uuid import UUID

from acuse import clock
from acuse.contacts import rules
from acuse.contacts.models import Address, Contact
from acuse.contacts.services.recording import draft, made, told
from acuse.errors import InputError
from acuse.evidence.ledger import record
from acuse.mail.choices import LANGUAGES
from acuse.proof.facts.contact import BASES
from acuse.proof.facts.fact import Actor


def find_or_make(
    *, organisation: UUID, channel: str, value: str, name: str, language: str, basis: str, actor: Actor
) -> UUID:
    """Return the contact whose address this is, made now where nobody has it; in the caller's transaction.

    Two that come at once from one new address make one contact: the second waits for the first's commit. An address
    that is known gains the better reason, and its contact keeps its name and language.

    Args:
        organisation: whose customer.
        channel: one of `rules.IDENTIFYING`.
        value: the address, as it came.
        name: as it came, for a new contact; may be "".
        language: "es", "en" or "", for a new contact.
        basis: one of `proof.facts.contact.BASES`.
        actor: who brings it in.

    Returns:
        The contact that has the address, perhaps merged into another: what cites it stays its own when that is undone.

    Raises:
        InputError: that is no address of this channel.
    """
    if channel not in rules.IDENTIFYING or basis not in BASES:
        raise InputError("A contact is found by e-mail address or number.")
    key = rules.key(channel, value)
    while True:
        # Locked until the caller commits: whoever erases the contact sees first what is about to cite it.
        rows = Address.objects.select_for_update(no_key=True)
        known = rows.filter(organisation_id=organisation, channel=channel, key=key, removed_at=None).first()
        if known is not None:
            _confirm(known, basis, actor)
            return known.contact_id
        entered = _enter(
            organisation, Address(channel=channel, value=value.strip(), key=key, basis=basis), name, language
        )
        if entered is not None:
            address, row = entered
            record(
                made(row, actor), draft(organisation, row.id, "address.added", actor, {**told(address), "basis": basis})
            )
            return row.id
        # Somebody else entered it meanwhile, and perhaps removed it again: looked for once more.


def _enter(organisation: UUID, address: Address, name: str, language: str) -> tuple[Address, Contact] | None:
    """Enter an address with a new contact; None where it was taken meanwhile."""
    contact = Contact(
        organisation_id=organisation,
        name=rules.line(name)[: rules.MOST_NAME],
        language=language if language in LANGUAGES else "",
        created_at=clock.now(),
        address_words=rules.searched(address.channel, address.value, address.key),
    )
    address.contact_id, address.organisation_id, address.known_since = contact.id, organisation, contact.created_at
    # A transaction that is entering the same address is waited for here; its row is seen afterwards.
    Address.objects.bulk_create([address], ignore_conflicts=True)
    if not Address.objects.filter(id=address.id).exists():
        return None
    contact.save(force_insert=True)
    return address, contact


def _confirm(known: Address, basis: str, actor: Actor) -> None:
    """Note a better reason to take a locked address for its contact's; a weaker one, or the same, changes nothing."""
    if BASES.index(basis) > BASES.index(known.basis):
        known.basis, known.known_since = basis, clock.now()
        known.save(update_fields=["basis", "known_since"])
        details = {**told(known), "basis": basis}
        record(draft(known.organisation_id, known.contact_id, "address.confirmed", actor, details))
