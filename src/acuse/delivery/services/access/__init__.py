"""Content that waits for its recipient behind a link: what is done with it."""

from acuse.delivery.services.access.acts import Opened, accept, fetch_attachment, open_content, reject
from acuse.delivery.services.access.codes import Refused, code_serves, send_code
from acuse.delivery.services.access.held import RECIPIENT, NotOpen, Visitor
from acuse.delivery.services.access.letters import compose_notice, link_to
from acuse.delivery.services.access.terms import consign, end_undelivered, expire_due, revoke

__all__ = [
    "RECIPIENT",
    "NotOpen",
    "Opened",
    "Refused",
    "Visitor",
    "accept",
    "code_serves",
    "compose_notice",
    "consign",
    "end_undelivered",
    "expire_due",
    "fetch_attachment",
    "link_to",
    "open_content",
    "reject",
    "revoke",
    "send_code",
]
