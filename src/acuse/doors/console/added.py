"""What was added to the copy of a message that was sent, in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from acuse.proof.facts.fact import Fact


def added_to(facts: Sequence[Fact]) -> tuple[str, bool]:
    """Return what is said of the additions to a copy, and whether there are any; "" where none were chosen.

    Args:
        facts: of the communication, in order.
    """
    opened = next((fact for fact in facts if fact.type == "attempt.opened"), None)
    told = (opened.details.get("copy") or {}).get("additions") if opened else None
    untracked = _("Not tracked: the recipient does not want it.")
    if not told:
        return (untracked if facts[0].details.get("tracking") == "withdrawn" else ""), False
    withdrawn = told["why_not"] == "withdrawn"
    if withdrawn and not told["footer"]:
        return untracked, False
    if told["why_not"] and not withdrawn:
        return _("Nothing was added to the copy that was sent: %(why)s") % {"why": _why_not(told["why_not"])}, False
    links = int(told["links"])
    listed = [
        _("a line with the link to the receipt") if told["footer"] else "",
        _("an image that tells when it is loaded, with a link to withdraw") if told["image"] else "",
        ngettext("%(count)d link that leads by way of Acuse", "%(count)d links that lead by way of Acuse", links)
        % {"count": links}
        if links
        else "",
    ]
    what = "; ".join(one for one in listed if one)
    said = _("Added to the copy that was sent: %(what)s. The original stays as it was handed in.") % {"what": what}
    return f"{said} {untracked}" if withdrawn else said, True


def _why_not(reason: str) -> str:
    words = {
        "signed": _("it is signed, and a change would break the signature."),
        "encrypted": _("it is encrypted."),
        "calendar": _("it is an invitation, which programs read."),
        "malformed": _("its text cannot be read without a doubt."),
        "no_text": _("it has no text."),
        "no_html": _("it has no HTML, and plain text is not tracked."),
        "hidden": _("its HTML would hide the link with which the recipient ends tracking."),
        "too_big": _("its text is too long."),
    }
    return words.get(reason, reason)
