"""What a verdict does not prove, in the reader's language: it stands next to every verdict, wherever one is shown."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


def limits(keys: Sequence[str]) -> list[str]:
    """What is not proved, one clause each, strongest first.

    Args:
        keys: of ``acuse.proof.verdicts.delivery.LIMITS``; an unknown one is left out rather than shown raw.
    """
    words = {
        "not_arrived": _("that the message has reached any system of the recipient"),
        "not_inbox": _("that it reached the inbox"),
        "not_read": _("that it was read"),
        "not_identity": _("who, in person, uses the address"),
        "not_known_to_recipient": _("that the recipient knew of the message"),
        "not_reply_true": _("that the server's reply is true"),
        "not_report_true": _("that the report that came back is true: nobody signs it"),
        "not_other_addresses": _("that they have no other address"),
        "not_arrival_nor_absence": _("that the message arrived, or that it did not"),
        "second_copy_possible": _("that only one copy arrived: an earlier try ended without an answer"),
        "link_forwarded": _("who, in person, opened it: the link can be forwarded"),
        "control_of_contact": _("who, in person, opened it: only control of the link and of the contact is proved"),
        "not_understood": _("that whoever opened it read or understood it, or agrees with it"),
        "legal_effect": _("the legal effect of the acceptance, which is for the court to weigh"),
        "not_known_before_refusal": _("that they knew the content before refusing it"),
        "not_aware_of_notice": _("that the recipient knew of the notice"),
        "address_stated_by_sender": _("that the address is the recipient's: only the sender stated it"),
    }
    return [words[key] for key in keys if key in words]


def limits_sentence(keys: Sequence[str]) -> str:
    """All limits as one sentence that starts with a capital letter and ends with a full stop."""
    joined = "; ".join(limits(keys))
    return f"{joined[:1].upper()}{joined[1:]}." if joined else ""
