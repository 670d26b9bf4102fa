"""Names of the types of fact, for the ledger page."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_TITLES: Mapping[str, "str | Promise"] = {
    "communication.accepted": _("Accepted by Acuse"),
    "attempt.opened": _("Try begun"),
    "attempt.relayed": _("Accepted by the recipient's server"),
    "attempt.deferred": _("Try put off"),
    "attempt.refused": _("Refused by the recipient's server"),
    "attempt.unknown": _("Try without an answer"),
    "attempt.failed": _("Delivery given up"),
    "bounce.received": _("Report that it could not be delivered"),
    "delivery.confirmed": _("Report that it was delivered"),
    "delivery.passed_on": _("Report that it was passed on"),
    "delivery.delayed": _("Report that it waits"),
    "complaint.received": _("Reported as unwanted"),
    "auto_reply.received": _("Automatic answer"),
    "disposition.received": _("Report of the recipient's mail program"),
    "reply.received": _("Answer registered"),
    "content.consigned": _("Content at the recipient's disposal"),
    "code.sent": _("Code sent"),
    "code.refused": _("Code refused"),
    "code.locked": _("Codes locked after too many wrong ones"),
    "content.accessed": _("Content opened"),
    "attachment.fetched": _("Attachment downloaded"),
    "acceptance.given": _("Content accepted"),
    "content.rejected": _("Content refused"),
    "term.expired": _("The term to open the content ended"),
    "access.revoked": _("Link withdrawn"),
    "tracker.image_requested": _("Request for the image, by a person or a machine"),
    "tracker.link_requested": _("Request for a link, by a person or a machine"),
    "tracking.withdrawn": _("Tracking withdrawn"),
    "suppression.added": _("Address suppressed"),
    "suppression.lifted": _("Address no longer suppressed"),
    "suppression.overridden": _("Sent although the address is suppressed"),
    "sender.notified": _("Sender told"),
    "receipt.issued": _("Receipt issued"),
    "certificate.issued": _("Certificate issued"),
    "certificate.level_lowered": _("Sealed at a lower level"),
    "reception.recorded": _("Message came in"),
    "reception.classified": _("Message that came in was read"),
    "calendar.published": _("Version of a calendar published"),
    "calendar.archived": _("Calendar archived"),
    "template.published": _("Version of a template published"),
    "template.archived": _("Template archived"),
    "article.published": _("Version of an article published"),
    "article.withdrawn": _("Article withdrawn"),
    "article.reviewed": _("Article looked at again"),
    "snippet.saved": _("Snippet saved"),
    "snippet.removed": _("Snippet removed"),
    "contact.made": _("Contact entered"),
    "contact.changed": _("Contact changed"),
    "address.added": _("Address of a contact added"),
    "address.confirmed": _("Address of a contact confirmed"),
    "contact.proved": _("Contact gave a code back"),
    "address.removed": _("Address of a contact removed"),
    "contact.merged": _("Contacts merged"),
    "contact.unmerged": _("Merge of contacts undone"),
    "contact.erasure_requested": _("Erasure of a contact requested"),
    "contact.erased": _("Contact erased"),
    "organisation.created": _("Organisation created"),
    "member.added": _("Member added"),
    "member.invited": _("Member invited"),
    "member.invitation_withdrawn": _("Invitation withdrawn"),
    "member.role_changed": _("Member's role changed"),
    "member.deactivated": _("Member deactivated"),
    "member.reactivated": _("Member reactivated"),
    "member.logged_in": _("Member signed in"),
    "member.second_step_removed": _("Member's second step removed"),
    "credential.created": _("Credential created"),
    "credential.revoked": _("Credential revoked"),
    "sender_identity.added": _("Sender address added"),
    "sender_identity.removed": _("Sender address removed"),
    "signing_key.created": _("Signing key made"),
    "signing_key.activated": _("Signing key in use"),
    "signing_key.retiring": _("Signing key no longer used"),
    "signing_key.retired": _("Signing key retired"),
    "settings.changed": _("Settings changed"),
    "certification_rule.added": _("Rule of certification added"),
    "certification_rule.changed": _("Rule of certification changed"),
    "certification_rule.moved": _("Rule of certification moved"),
    "certification_rule.removed": _("Rule of certification removed"),
    "triage_rule.added": _("Rule of triage added"),
    "triage_rule.changed": _("Rule of triage changed"),
    "triage_rule.moved": _("Rule of triage moved"),
    "triage_rule.removed": _("Rule of triage removed"),
    "clock.checked": _("Clock checked"),
    "clock.disagreed": _("Clock disagreed"),
    "log.opened": _("Ledger opened"),
    "seal.bound": _("Seal bound to the ledger's key"),
    "content.erased": _("Content erased"),
}
_OUTGOING: Mapping[str, "str | Promise"] = {
    "attempt.relayed": _("Accepted by the sender's outgoing server"),
    "attempt.refused": _("Refused by the sender's outgoing server"),
}


def title(fact_type: str, *, outgoing: bool = False) -> str:
    """What a type of fact is called; an unknown type keeps its own name.

    Args:
        fact_type: in dots.
        outgoing: the server that spoke is the sender's own outgoing one.
    """
    if outgoing and fact_type in _OUTGOING:
        return str(_OUTGOING[fact_type])
    return str(_TITLES.get(fact_type, fact_type))
