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
)
from acuse.delivery.queries.failures import (
    REPLIES_READ,
    DomainFailures,
    FailureGroup,
    SaidReply,
    failing_domains,
    failures_by_class,
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
from acuse.delivery.queries.kinds import RESULTS, SIZES
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
)
from acuse.delivery.queries.public import PublicContent, public_content
from acuse.delivery.queries.rules import rules_of

__all__ = [
    "COUNT_LIMIT",
    "PAGE",
    "REPLIES_READ",
    "AttemptView",
    "CommunicationRow",
    "CommunicationView",
    "Counts",
    "DomainFailures",
    "MOST_DOMAINS",
    "FailureGroup",
    "Filters",
    "RESULTS",
    "SIZES",
    "Page",
    "PublicContent",
    "SaidReply",
    "answered",
    "DayCount",
    "any_communication",
    "DomainHealth",
    "Domains",
    "communication",
    "communications",
    "counts",
    "dialogue",
    "failing_domains",
    "failures_by_class",
    "newer",
    "original_message",
    "public_content",
    "returned_message",
    "rows_of",
    "rules_of",
    "counts_by_day",
    "counts_by_size",
    "running",
    "domain_health",
]
