"""What is said of an article: how it stands as (kind, icon, word), and the day of its review."""

from datetime import date

from django.utils.translation import pgettext_lazy

from acuse.doors.ui import figures

LANGUAGES = (("es", "Español"), ("en", "English"))
STATES = {
    "draft": ("", "pencil-simple", pgettext_lazy("article", "Draft")),
    "published": ("done", "check-circle", pgettext_lazy("article", "Published")),
    "changed": ("running", "pencil-simple", pgettext_lazy("article", "Published, with changes in the draft")),
    "withdrawn": ("", "minus-circle", pgettext_lazy("article", "Withdrawn")),
}


def on_day(chosen: date | None) -> str:
    """Return "2 ene 2026", or "" where there is no day."""
    return figures.days(chosen, chosen) if chosen else ""
