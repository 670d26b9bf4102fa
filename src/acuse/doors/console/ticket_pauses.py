"""What a member decides about the terms of a case from its page: that they wait, go on, or are counted after all."""

from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acuse.accounts.queries import Access
from acuse.doors.console.ticket_acts import acting
from acuse.helpdesk.services import pausing

REASONS = {
    "adr": gettext_lazy("A body of alternative resolution has the case"),
    "agreed": gettext_lazy("Agreed with the customer"),
}


def _hold(request: HttpRequest, access: Access, id: UUID) -> str:
    pausing.hold(
        access=access, ticket=id, reason=request.POST.get("reason", ""), note=request.POST.get("note", "")[:20_001]
    )
    return _("The deadlines that may wait for that stand still from now on.")


def _release(request: HttpRequest, access: Access, id: UUID) -> str:
    pausing.release(access=access, ticket=id, note=request.POST.get("note", "")[:20_001])
    return _("The deadlines run on from now on.")


def _start(request: HttpRequest, access: Access, id: UUID) -> str:
    pausing.start_deferred(access=access, ticket=id)
    return _("The deadline runs, from when it would have begun.")


hold = acting(_hold)
release = acting(_release)
start = acting(_start)
