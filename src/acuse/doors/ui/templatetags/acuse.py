"""Tags and filters of the shared parts: icons, marks, grade meter, figures, times."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from acuse import clock
from acuse.doors.ui import figures, grades, icons
from acuse.doors.ui.forms import dress

register = template.Library()


@register.simple_tag(name="icon")
def icon_tag(name: str, size: int = 16) -> SafeString:
    """``{% icon "envelope-simple" 16 %}``"""
    return icons.icon(name, int(size))


@register.simple_tag(name="mark")
def mark_tag(state: str, development: bool = False) -> SafeString:
    """``{% mark "stamped" development=True %}``"""
    return icons.mark(state, development=bool(development))


@register.inclusion_tag("ui/meter.html")
def meter(row: Any, *, words: bool = True) -> dict[str, object]:
    """The grade meter of anything with ``grade``, ``outcome``, ``failure_class`` and ``final``.

    A refusal is no grade: its word is that of how far it got before, and its status says the rest.
    """
    return {
        "bars": grades.bars(grade=row.grade, outcome=row.outcome, final=row.final),
        "grade": row.grade,
        "word": _meter_word(row) if words else "",
        "spoken": grades.spoken(grade=row.grade, outcome=row.outcome, failure_class=row.failure_class),
    }


def _meter_word(row: Any) -> str:
    if row.outcome == "refused":
        return grades.word(row.grade)
    return grades.outcome_word(outcome=row.outcome, grade=row.grade, failure_class=row.failure_class)


@register.filter
def ending(row: Any) -> str:
    """How a communication ended, with its cause: "Not delivered: the mailbox does not exist"."""
    return _meter_word(row)


@register.filter
def number(value: int) -> str:
    """``{{ 1284|number }}``"""
    return figures.number(int(value))


@register.filter
def size(value: int) -> str:
    """``{{ octets|size }}``"""
    return figures.size(int(value))


@register.filter
def day(value: datetime) -> str:
    """``{{ moment|day }}``"""
    return figures.day(value)


@register.filter
def clock_time(value: datetime) -> str:
    """``{{ moment|clock_time }}``"""
    return figures.clock_time(value)


@register.filter
def day_and_month(value: date) -> str:
    """ "22 nov", as along an axis."""
    return figures.day_and_month(value)


@register.filter
def calendar_day(value: date) -> str:
    """ "22 nov 2026", of a date that has no hour."""
    return figures.days(value, value)


@register.filter
def day_and_time(value: datetime) -> str:
    """``{{ moment|day_and_time }}``"""
    return figures.day_and_time(value)


@register.filter
def weekday_and_day(value: datetime) -> str:
    """``{{ moment|weekday_and_day }}``"""
    return figures.weekday_and_day(value)


@register.filter
def zone(value: datetime) -> str:
    """``{{ moment|zone }}``"""
    return figures.zone(value)


@register.filter
def age(value: datetime) -> str:
    """``{{ moment|age }}``: how long ago."""
    return figures.age(clock.now() - value)


@register.filter
def span(value: float) -> str:
    """``{{ seconds|span }}``: a length of time in its largest unit"""
    return figures.age(timedelta(seconds=value))


@register.filter
def millis(value: datetime) -> str:
    """The milliseconds of a time, with their point: the timeline sets them lighter."""
    return f".{value.microsecond // 1000:03d}"


@register.filter
def short_digest(value: str) -> str:
    """Both ends of a digest; a control beside it copies the whole."""
    return f"{value[:4]}…{value[-4:]}" if len(value) > 12 else value


@register.filter
def marked(value: str) -> SafeString:
    """A text with what stands between backticks as code."""
    parts = value.split("`")
    whole = zip(parts[::2], [*parts[1::2], ""], strict=False)
    return format_html_join(
        "", "{}{}", ((text, format_html('<code class="mono">{}</code>', code) if code else "") for text, code in whole)
    )


@register.filter
def initials(value: str) -> str:
    """Two letters for a name; its numbers stand for nobody."""
    words = [part for part in value.replace("@", " ").split() if part[0].isalpha()]
    return ("".join(part[0] for part in words[:2]) or value[:1] or "?").upper()


@register.filter
def breakable(address: str) -> SafeString:
    """An address that breaks after its at sign and before its dots, where it has to."""
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in re.split(r"(?<=@)|(?=\.)", address)))


@register.filter
def dressed(field: BoundField) -> BoundField:
    """A control of somebody else's form, in our look."""
    dress(field)
    return field


@register.filter
def widget_kind(field: BoundField) -> str:
    """ "checkbox" or another word for the kind of control."""
    return "checkbox" if isinstance(field.field.widget, CheckboxInput) else "input"
