"""The record of a whole case (acta del expediente): its facts in order, its communications, what was written."""

from acuse.certificates.stories.record.tell import tell

__all__ = ["tell"]
