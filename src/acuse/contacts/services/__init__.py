"""The verbs of the register: each one transaction with its facts; `find_or_make` joins its caller's."""

from acuse.contacts.services.cards import AddressTaken, add_address, change_contact, make_contact, remove_address
from acuse.contacts.services.erasing import Hold, Obstacle, erase_contact
from acuse.contacts.services.importing import import_contacts
from acuse.contacts.services.intake import find_or_make
from acuse.contacts.services.merging import merge_contacts, split_contact, unmerge_contact

__all__ = [
    "AddressTaken",
    "Hold",
    "Obstacle",
    "add_address",
    "change_contact",
    "erase_contact",
    "find_or_make",
    "import_contacts",
    "make_contact",
    "merge_contacts",
    "remove_address",
    "split_contact",
    "unmerge_contact",
]
