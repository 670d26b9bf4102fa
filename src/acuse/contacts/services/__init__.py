"""The verbs of the register: each one transaction with its facts; `find_or_make` joins its caller's."""

from acuse.contacts.services.intake import find_or_make

__all__ = ["find_or_make"]
