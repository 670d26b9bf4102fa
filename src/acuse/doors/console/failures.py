"""What was not delivered, why, and what to do about it."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from acuse import clock
from acuse.accounts.queries import Access
from acuse.delivery import queries as delivery
from acuse.delivery.queries import DomainFailures, FailureGroup, SaidReply
from acuse.doors.console.communications import TERMS
from acuse.doors.console.frame import member_view, page
from acuse.doors.console.told import foreign
from acuse.doors.ui import figures

USUAL_TERM = 30
BAR_WIDTH = 960
SHOWN = 300


@dataclass(frozen=True, kw_only=True)
class Said:
    """What servers said, in the words of one, and how many said it."""

    text: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Group:
    """The failures of one class.

    Attributes:
        width: of its bar, in the drawing's units.
        query: of the list of communications that shows them.
    """

    title: str
    advice: str
    count: int
    width: float
    replies: tuple[Said, ...]
    query: str


@dataclass(frozen=True, kw_only=True)
class Domain:
    """What came of the communications to one domain; `share` is in percent of all sent."""

    counts: DomainFailures
    share: int
    query: str


def words(failure_class: str) -> tuple[str, str]:
    """Return the name of a failure class and what to do about it."""
    return {
        "mailbox_not_found": (
            _("The mailbox does not exist"),
            _("Check how the address is written, or ask the recipient by another channel which one to use."),
        ),
        "mailbox_full": (
            _("The mailbox is full"),
            _("Tell the recipient by another channel; it takes nothing until they make room."),
        ),
        "server_unavailable": (
            _("Their server was not available"),
            _("It did not answer, or kept failing, until the tries ended. Ask the administrator of that domain."),
        ),
        "attachment_blocked": (
            _("The attachment was blocked"),
            _("Send the file in another format, such as PDF, or behind a link: their server refuses this one."),
        ),
        "policy_blocked": (
            _("Blocked by policy or content"),
            _("Check SPF, DKIM and DMARC of your domain, and ask the recipient to allow your address."),
        ),
        "domain_not_found": (
            _("The domain does not exist"),
            _("Correct what follows the @: it is misspelt, or that domain is no longer registered."),
        ),
        "no_mail_domain": (
            _("The domain takes no mail"),
            _("It exists, but no server takes mail for it. Ask the recipient for an address at another domain."),
        ),
        "too_big": (
            _("The message was too big"),
            _("Make the attachments smaller, or send them behind a link."),
        ),
        "throttled": (
            _("Their server kept asking to wait"),
            _("It did so until the tries ended. Send fewer messages at a time to that domain."),
        ),
        "suppressed": (
            _("Not sent: the address is on your list"),
            _("An earlier message came back from it, or was unwanted. Use another address, or take it off the list."),
        ),
    }.get(
        failure_class,
        (_("Other reasons"), _("Read the reply; the administrator of that domain can say what it means.")),
    )


def _said(reply: SaidReply) -> Said:
    text = foreign(reply.text).strip()
    return Said(text=text if len(text) <= SHOWN else f"{text[:SHOWN]}…", count=reply.count)


def _group(group: FailureGroup, *, most: int, days: int) -> Group:
    title, advice = words(group.failure_class)
    return Group(
        title=title,
        advice=advice,
        count=group.count,
        width=round(BAR_WIDTH * group.count / most, 2),
        replies=tuple(_said(one) for one in group.replies),
        query="?" + urlencode({"class": group.failure_class, "days": days}),
    )


def _domain(counts: DomainFailures, *, days: int) -> Domain:
    return Domain(
        counts=counts,
        share=round(100 * counts.failed / counts.sent),
        query="?" + urlencode({"q": counts.domain, "days": days}),
    )


def _sentence(count: int, days: int) -> str:
    where = ngettext("in the last 24 hours", "in the last %(days)d days", days) % {"days": days}
    counted = ngettext("%(number)s not delivered", "%(number)s not delivered", count) % {
        "number": figures.number(count)
    }
    return _("%(counted)s %(where)s, including late bounces.") % {"counted": counted, "where": where}


@require_GET
@member_view
def listing(request: HttpRequest, access: Access) -> HttpResponseBase:
    """The page; ``?days=`` chooses how far back."""
    asked = request.GET.get("days", "")
    days = next((term for term in TERMS if str(term) == asked), USUAL_TERM)
    since = clock.now() - timedelta(days=days)
    found = delivery.failures_by_class(access, since=since)
    most = max((one.count for one in found), default=1)
    context = {
        "days": days,
        "read": delivery.REPLIES_READ,
        "terms": TERMS,
        "sentence": _sentence(sum(one.count for one in found), days),
        "undetermined": delivery.undetermined(access, since=since),
        "groups": [_group(one, most=most, days=days) for one in found],
        "domains": [_domain(one, days=days) for one in delivery.failing_domains(access, since=since)],
    }
    return page(request, access, "failures", "console/failures.html", context)
