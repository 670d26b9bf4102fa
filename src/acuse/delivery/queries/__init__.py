"""Reads of delivery.

All but `public_content` and `answered` take the `Access` of the member who asks, and see one organisation only.
"""

from acuse.delivery.queries.answers import answered
from acuse.delivery.queries.details import (
    AttemptView,
    CommunicationView,
    communication,
    dialogue,
    original_message,
    returned_message,
    taken_at,
)
from acuse.delivery.queries.failures import (
    REPLIES_READ,
    DomainFailures,
    FailureGroup,
    SaidReply,
    failing_domains,
    failures_by_class,
    undetermined,
)
from acuse.delivery.queries.figures import (
    MOST_DOMAINS,
    DayCount,
    DomainHealth,
    Domains,
    counts_by_day,
    counts_by_size,
    domain_health,
)
from acuse.delivery.queries.kinds import RESULTS, SIZES, STATES
from acuse.delivery.queries.lists import (
    COUNT_LIMIT,
    PAGE,
    CommunicationRow,
    Counts,
    Filters,
    Page,
    any_communication,
    communications,
    counts,
    newer,
    rows_of,
    running,
    sent_to,
)
from acuse.delivery.queries.public import PublicContent, public_content
from acuse.delivery.queries.resends import resends, resent_lately
from acuse.delivery.queries.rules import rules_of
from acuse.delivery.queries.suppressions import (
    SuppressionPage,
    SuppressionView,
    suppression,
    suppression_of,
    suppressions,
)

__all__ = [
    "COUNT_LIMIT",
    "MOST_DOMAINS",
    "PAGE",
    "REPLIES_READ",
    "RESULTS",
    "SIZES",
    "STATES",
    "AttemptView",
    "CommunicationRow",
    "CommunicationView",
    "Counts",
    "DayCount",
    "DomainFailures",
    "DomainHealth",
    "Domains",
    "FailureGroup",
    "Filters",
    "Page",
    "PublicContent",
    "SaidReply",
    "SuppressionPage",
    "SuppressionView",
    "answered",
    "any_communication",
    "communication",
    "communications",
    "counts",
    "counts_by_day",
    "counts_by_size",
    "dialogue",
    "domain_health",
    "failing_domains",
    "failures_by_class",
    "newer",
    "original_message",
    "public_content",
    "resends",
    "resent_lately",
    "returned_message",
    "rows_of",
    "rules_of",
    "running",
    "sent_to",
    "suppression",
    "suppression_of",
    "suppressions",
    "taken_at",
    "undetermined",
]
