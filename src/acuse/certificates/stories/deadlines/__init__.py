"""The certificate of a ticket's deadlines: facts and the calendars that they cite, told as a document's model."""

from acuse.certificates.stories.deadlines.tell import tell

__all__ = ["tell"]
