"""How numbers, sizes, dates and times read in Spanish and in English (the design's wording rules)."""

from datetime import date, datetime, timedelta

from django.utils import timezone, translation

from acuse.dates import DAYS, LONG_DAYS, MONTHS, long_date, utc_offset

NO_BREAK = "\u00a0"


def language() -> str:
    """ "es" or "en": the language of the page being written."""
    return "es" if (translation.get_language() or "es").startswith("es") else "en"


def number(value: int) -> str:
    """Groups of three: "1 284" with no-break spaces in Spanish, "1,284" in English."""
    return f"{value:,}".replace(",", NO_BREAK if language() == "es" else ",")


def decimal(value: float, places: int = 1) -> str:
    """One plain decimal number with the language's separator."""
    text = f"{value:.{places}f}"
    return text.replace(".", ",") if language() == "es" else text


def share(part: int, whole: int) -> str:
    """ "86,4 %" in Spanish and "86.4%" in English; never all nor nothing where it is nearly so, and "—" of nothing."""
    if not whole:
        return "—"
    tenths = round(1000 * part / whole)
    if part not in {0, whole}:
        tenths = min(max(tenths, 1), 999)
    digits = str(tenths // 10) if part in {0, whole} else decimal(tenths / 10)
    return f"{digits}{NO_BREAK if language() == 'es' else ''}%"


def length(span: timedelta) -> str:
    """How long something takes: "< 0,1 s", "12,0 s", then as `age`."""
    seconds = span.total_seconds()
    if seconds < 0.1:
        return f"<{NO_BREAK}{decimal(0.1)}{NO_BREAK}s"
    return f"{decimal(seconds)}{NO_BREAK}s" if seconds < 60 else age(span)


def size(octets: int) -> str:
    """A size in bytes as people say it: "412 KB", "5,2 MB"."""
    if octets < 1000:
        return f"{octets}{NO_BREAK}B"
    if octets < 1_000_000:
        return f"{number(round(octets / 1000))}{NO_BREAK}KB"
    return f"{decimal(octets / 1_000_000)}{NO_BREAK}MB"


def day(moment: datetime) -> str:
    """ "23 nov 2026", in the reader's time zone."""
    local = timezone.localtime(moment)
    return f"{local.day}{NO_BREAK}{MONTHS[language()][local.month - 1]}{NO_BREAK}{local.year}"


def day_and_month(chosen: date) -> str:
    """ "23 nov"."""
    return f"{chosen.day}{NO_BREAK}{MONTHS[language()][chosen.month - 1]}"


def days(first: date, last: date) -> str:
    """ "23 nov 2026", or from which day to which: "31 oct – 23 nov 2026"."""
    ends = f"{day_and_month(last)}{NO_BREAK}{last.year}"
    if first == last:
        return ends
    return f"{day_and_month(first)}{'' if first.year == last.year else f'{NO_BREAK}{first.year}'} – {ends}"


def weekday_and_day(moment: datetime) -> str:
    """ "lunes 23 de noviembre de 2026" / "Monday 23 November 2026"."""
    local = timezone.localtime(moment)
    return f"{LONG_DAYS[language()][local.weekday()]} {long_date(local, language())}"


def clock_time(moment: datetime) -> str:
    """ "11:04:17", in the reader's time zone."""
    return f"{timezone.localtime(moment):%H:%M:%S}"


def day_and_time(moment: datetime) -> str:
    """ "lun 23 nov 2026, 11:04:17", in the reader's time zone."""
    local = timezone.localtime(moment)
    return f"{DAYS[language()][local.weekday()]} {day(moment)}, {local:%H:%M:%S}"


def zone(moment: datetime) -> str:
    """ "UTC+1": the offset in force at that moment, because evidence never shows a time without its zone."""
    return utc_offset(timezone.localtime(moment))


def age(span: timedelta) -> str:
    """A short age: "3 s", "12 min", "4 h", "2 d"."""
    seconds = max(0, int(span.total_seconds()))
    for limit, divisor, unit in ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h")):
        if seconds < limit:
            return f"{seconds // divisor}{NO_BREAK}{unit}"
    return f"{seconds // 86_400}{NO_BREAK}d"
