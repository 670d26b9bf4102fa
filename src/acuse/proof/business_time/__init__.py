"""Business time: what a calendar says of every instant, and when a term that is counted by it ends (evidence.md 8).

Pure and without a clock of its own: arithmetic on the instants, offsets and dates of one version of a calendar.
"""

from acuse.errors import OutsideCalendar
from acuse.proof.business_time.calendar import CalendarVersion
from acuse.proof.business_time.term import UNITS, Pause, Term, due_at, remaining, spent

__all__ = ["UNITS", "CalendarVersion", "OutsideCalendar", "Pause", "Term", "due_at", "remaining", "spent"]
