"""What channels, reasons and obstacles of the register are called."""

from django.utils.translation import gettext as _

from acuse.contacts.queries import AddressView
from acuse.contacts.services import Obstacle
from acuse.doors.ui import figures

ICONS = {"email": "envelope-simple", "phone": "phone", "whatsapp": "whatsapp-logo", "postal": "map-pin"}


def channel(name: str) -> str:
    """The word for a channel."""
    return {"email": _("E-mail"), "phone": _("Telephone"), "whatsapp": "WhatsApp", "postal": _("Postal address")}[name]


def channels() -> list[tuple[str, str]]:
    """The channels as a form offers them."""
    return [(name, channel(name)) for name in ICONS]


def kind(name: str) -> str:
    """The word for what a contact is."""
    return {"person": _("Person"), "company": _("Company")}[name]


def language(name: str) -> str:
    """The name of a language, as it calls itself; "" where none is known."""
    return {"es": "Español", "en": "English"}.get(name, "")


def known(address: AddressView) -> str:
    """How an address is known to be the contact's, and since when."""
    sentence = {
        "stated": _("stated on %(day)s, not checked"),
        "wrote_from": _("they wrote from it on %(day)s"),
        "form_checked": _("checked by the link of a form on %(day)s"),
        "code_confirmed": _("confirmed with a code on %(day)s"),
    }[address.basis]
    return sentence % {"day": figures.day(address.known_since)}


def obstacle(one: Obstacle) -> str:
    """What forbids erasing a contact, and until when."""
    reason = {
        "legal_hold": _("It is under legal hold, until whoever runs this installation releases it."),
        "retention": _("The law, or your own term, asks that it be kept."),
        "open_ticket": _("A case of theirs is open."),
        "running_deadline": _("A deadline of a case of theirs is running."),
        "communication_in_progress": _("A communication to one of its addresses is still under way."),
    }[one.reason]
    if one.until is None:
        return reason
    return f"{reason} " + _("Until %(day)s.") % {"day": figures.day(one.until)}
