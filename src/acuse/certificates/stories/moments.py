"""Times and numbers as a document prints them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from acuse.certificates.stories.context import Language
from acuse.dates import LONG_DAYS, LONG_MONTHS, long_date, utc_offset

_NAMED = {
    "es": {
        "Europe/Madrid": ("Horas peninsulares", "hora peninsular"),
        "Atlantic/Canary": ("Horas canarias", "hora canaria"),
        "UTC": ("Horas UTC", "UTC"),
    },
    "en": {
        "Europe/Madrid": ("Madrid time", "Madrid time"),
        "Atlantic/Canary": ("Canary Islands time", "Canary Islands time"),
        "UTC": ("UTC", "UTC"),
    },
}
_GROUP = "\N{NO-BREAK SPACE}"


class Clock:
    """Local times of one document.

    Args:
        language: of the document.
        zone: IANA name.
        moments: every time the document will print; where they cross a change of clocks, each prints its offset.
    """

    def __init__(self, language: Language, zone: str, moments: Iterable[datetime]) -> None:
        self._language = language
        self._zone = ZoneInfo(zone)
        self._city = zone.rpartition("/")[2].replace("_", " ")
        self._key = zone
        self._offsets = {utc_offset(self.local(moment)) for moment in moments}
        self._several = len(self._offsets) > 1

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the document's clock."""
        return moment.astimezone(self._zone)

    def line(self) -> str:
        """Return the sentence that says once which clock is used."""
        name = self._name(0)
        if self._key == "UTC":
            return name
        if self._several:
            tail = "con su diferencia con UTC" if self._language == "es" else "each with its offset from UTC"
            return f"{name}, {tail}"
        offset = next(iter(self._offsets), "UTC")
        tail = ", salvo las marcadas UTC" if self._language == "es" else " unless marked UTC"
        return f"{name} ({offset}){tail}"

    def name(self) -> str:
        """Return the clock's name as a column head, such as "Hora peninsular"."""
        name = self._name(1)
        return name[0].upper() + name[1:]

    def with_zone(self, moment: datetime) -> str:
        """Return "hora peninsular (UTC+1)" for a moment."""
        return "UTC" if self._key == "UTC" else f"{self._name(1)} ({utc_offset(self.local(moment))})"

    def time(self, moment: datetime) -> str:
        """Return the time to the second, with its offset where the document crosses a change of clocks."""
        local = self.local(moment)
        shown = local.strftime("%H:%M:%S")
        return f"{shown} ({utc_offset(local)})" if self._several else shown

    def date(self, moment: datetime) -> str:
        """Return "lunes 23 de noviembre de 2026" / "Monday 23 November 2026"."""
        local = self.local(moment)
        return f"{LONG_DAYS[self._language][local.weekday()]} {self.day(moment)}"

    def day(self, moment: datetime) -> str:
        """Return "23 de noviembre de 2026" / "23 November 2026"."""
        return long_date(self.local(moment), self._language)

    def heading(self, moment: datetime) -> str:
        """Return "Lunes, 23 de noviembre de 2026", for a day of the timeline."""
        name = LONG_DAYS[self._language][self.local(moment).weekday()]
        return f"{name[0].upper()}{name[1:]}, {self.day(moment)}"

    def short(self, moment: datetime) -> str:
        """Return date and time for a cell: "23-11-2026, 11:41:33" / "23 Nov 2026, 11:41:33"; see `time`."""
        return f"{self.figures(moment)}, {self.time(moment)}"

    def figures(self, moment: datetime) -> str:
        """Return the date alone for a narrow place: "23-11-2026" / "23 Nov 2026"."""
        return _figures(self.local(moment), self._language)

    def _name(self, form: int) -> str:
        named = _NAMED[self._language].get(self._key)
        if named:
            return named[form]
        if self._language == "es":
            return f"{'Horas' if form == 0 else 'hora'} de {self._city}"
        return f"{self._city} time"


def utc_time(moment: datetime) -> str:
    """Return "08:00:00.412009Z"."""
    return moment.astimezone(UTC).strftime("%H:%M:%S.%fZ")


def utc_stamp(moment: datetime, language: Language) -> str:
    """Return date and time in UTC, to the second, for a time stamp's row."""
    shown = moment.astimezone(UTC)
    return f"{_figures(shown, language)}{'' if language == 'es' else ','} {shown:%H:%M:%S} UTC"


def utc_date(moment: datetime, language: Language) -> str:
    """Return a date in UTC: "30-06-2028" / "30 Jun 2028"."""
    return _figures(moment.astimezone(UTC), language)


def _figures(shown: datetime, language: Language) -> str:
    if language == "es":
        return shown.strftime("%d-%m-%Y")
    return f"{shown.day} {LONG_MONTHS['en'][shown.month - 1][:3]} {shown.year:04d}"


def number(value: int) -> str:
    """Return an integer in groups of three, by spaces that do not break."""
    return f"{value:,}".replace(",", _GROUP)
