"""What the desk follows: mail that comes in and becomes cases, and cases, whose customers get a receipt."""

from acuse.helpdesk.followers.mail import follow_mail
from acuse.helpdesk.followers.receipts import follow_openings

__all__ = ["follow_mail", "follow_openings"]
