"""How long a term is, in the reader's language."""

from django.utils.translation import ngettext

from acuse.doors.ui import figures
from acuse.proof.business_time import Term


def length(term: Term) -> str:
    """A length: "48 business hours"."""
    count = figures.number(term.amount)
    if term.unit == "natural_hours":
        return ngettext("%(count)s hour", "%(count)s hours", term.amount) % {"count": count}
    if term.unit == "natural_days":
        return ngettext("%(count)s day", "%(count)s days", term.amount) % {"count": count}
    if term.unit == "business_hours":
        return ngettext("%(count)s business hour", "%(count)s business hours", term.amount) % {"count": count}
    return ngettext("%(count)s business day", "%(count)s business days", term.amount) % {"count": count}
