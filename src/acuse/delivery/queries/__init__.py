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
    "AttemptView",
    "CommunicationRow",
    "CommunicationView",
    "Counts",
    "Filters",
    "Page",
    "PublicContent",
    "answered",
    "any_communication",
    "communication",
    "communications",
    "counts",
    "dialogue",
    "newer",
    "original_message",
    "public_content",
    "returned_message",
    "rows_of",
    "rules_of",
    "running",
]
