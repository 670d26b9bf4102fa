"""The postman's verbs, one transaction each."""

from acuse.delivery.services.acceptance import AcceptedCommunication, accept_each, accept_message
from acuse.delivery.services.attempts import close_attempt, open_attempt
from acuse.delivery.services.certification import add_rule, change_rule, move_rule, remove_rule
from acuse.delivery.services.erasure import erase_communication
from acuse.delivery.services.giving_up import give_up, hold_back
from acuse.delivery.services.keeping import KeptMessage, keep_message
from acuse.delivery.services.letters import Letter, send_letter
from acuse.delivery.services.notices import close_notice, owe_certificate
from acuse.delivery.services.reports import Returned, apply_return
from acuse.delivery.services.resending import resend
from acuse.delivery.services.suppressions import lift, suppress

__all__ = [
    "AcceptedCommunication",
    "KeptMessage",
    "Letter",
    "Returned",
    "accept_each",
    "accept_message",
    "add_rule",
    "apply_return",
    "change_rule",
    "close_attempt",
    "close_notice",
    "erase_communication",
    "give_up",
    "hold_back",
    "keep_message",
    "lift",
    "move_rule",
    "open_attempt",
    "owe_certificate",
    "remove_rule",
    "resend",
    "send_letter",
    "suppress",
]
