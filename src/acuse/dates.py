"""Names of days and months, dates in words and the offset of a clock, in Spanish and English.

Tables of ours, because no system's locale may decide the bytes of a document.
"""

from datetime import date, datetime, timedelta

# fmt: off
LONG_DAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
DAYS = {
    "es": ("lun", "mar", "mié", "jue", "vie", "sáb", "dom"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
LONG_MONTHS = {
    "es": (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}
MONTHS = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
}
# fmt: on


def long_date(day: date, language: str) -> str:
    """Return a date in words: "7 de enero de 2027" / "7 January 2027".

    Args:
        day: a date, or a moment on its own clock. language: "es" or "en".
    """
    month = LONG_MONTHS[language][day.month - 1]
    return (" de " if language == "es" else " ").join((str(day.day), month, f"{day.year:04d}"))


def utc_offset(moment: datetime) -> str:
    """Return how far a moment's own clock is from UTC: "UTC", "UTC+1", "UTC−3:30".

    Args:
        moment: aware.
    """
    minutes = round((moment.utcoffset() or timedelta()).total_seconds() / 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02d}" if rest else "")
