"""The form in which a calendar is written: plain fields and submits, so that it works without scripts.

What is added by a submit, such as a season or the days of a file, is added to what was sent: the form comes back with
it and nothing is saved before it was looked at.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from acuse.calendars import regions, zones
from acuse.calendars.hours import MOST_TYPED, read_hours, write_hours
from acuse.calendars.ical import Found
from acuse.calendars.rules import (
    LEAP_YEAR,
    MOST_DAYS,
    MOST_NAME,
    MOST_SEASONS,
    WEEKDAYS,
    ClosedDay,
    Definition,
    Region,
    Season,
    Shift,
    Week,
    check_definition,
)
from acuse.dates import LONG_MONTHS
from acuse.doors.console.calendar_words import short_day
from acuse.doors.ui import figures
from acuse.doors.ui.errors import said
from acuse.doors.ui.forms import StyledForm
from acuse.doors.ui.opening_hours import weekday
from acuse.errors import InputError

_DAYS = tuple(f"day{number}" for number in range(7))
_MORE = 3


def _capitalised(number: int) -> str:
    return weekday(number).capitalize()


#: In the language of whoever reads the form.
_day_name = lazy(_capitalised, str)


class HoursField(forms.CharField):
    """The hours of a day; its value are shifts."""

    def __init__(self, number: int) -> None:
        super().__init__(label=_day_name(number), required=False, max_length=MOST_TYPED)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> tuple[Shift, ...]:
        """Read what was typed."""
        try:
            return read_hours(super().clean(value))
        except InputError as error:
            raise forms.ValidationError(said(error)) from error

    def prepare_value(self, value: Any) -> Any:
        """Write shifts as they are typed."""
        return write_hours(value) if isinstance(value, tuple) else value


class _WeekForm(StyledForm):
    """The hours of a week, a field for each day."""

    day0, day1, day2, day3, day4, day5, day6 = (HoursField(number) for number in range(7))

    @property
    def days(self) -> list[forms.BoundField]:
        """The fields of the days."""
        return [self[name] for name in _DAYS]

    @property
    def week(self) -> Week:
        """The hours, once valid."""
        return tuple(self.cleaned_data[name] for name in _DAYS)


def _of_week(week: Week) -> dict[str, Any]:
    return dict(zip(_DAYS, week, strict=True))


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in zones.names()]


def _regions() -> list[tuple[str, str]]:
    whole, *parts = regions.REGIONS.items()
    return [("", _("None")), (whole[0], _("Spain: national holidays alone")), *parts]


def _weekdays() -> list[tuple[str, str]]:
    return [(str(number), weekday(number - 1).capitalize()) for number in WEEKDAYS]


def _months() -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in enumerate(LONG_MONTHS[figures.language()], start=1)]


class UsualForm(_WeekForm):
    """The calendar's name, its usual week, and what counts as a holiday or a business day."""

    ids = "usual"
    field_order = ("name", "zone")
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MOST_NAME,
        help_text=gettext_lazy("For example “Customer care” or “Technical line”."),
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=_zones)
    business_weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Business days"),
        choices=_weekdays,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one: terms in business days need some.")},
    )
    open_on_holidays = forms.BooleanField(
        label=gettext_lazy("It is open on holidays too"),
        required=False,
        help_text=gettext_lazy("For lines that never close. Holidays are not business days all the same."),
    )
    region = forms.ChoiceField(label=gettext_lazy("Holidays of"), choices=_regions, required=False)


class _SeasonForm(_WeekForm):
    """A season."""

    field_order = ("name", "from_day", "from_month", "until_day", "until_month")
    name = forms.CharField(label=gettext_lazy("Name"), max_length=MOST_NAME)
    from_day = forms.IntegerField(label=gettext_lazy("From the day"), min_value=1, max_value=31)
    from_month = forms.ChoiceField(label=gettext_lazy("Month of its first day"), choices=_months)
    until_day = forms.IntegerField(label=gettext_lazy("To the day"), min_value=1, max_value=31)
    until_month = forms.ChoiceField(label=gettext_lazy("Month of its last day"), choices=_months)

    def clean(self) -> dict[str, Any]:
        """Refuse days that no year has."""
        for end in ("from", "until"):
            day, month = self.cleaned_data.get(f"{end}_day"), self.cleaned_data.get(f"{end}_month")
            try:
                date(LEAP_YEAR, int(month or 1), day or 1)
            except ValueError:
                self.add_error(f"{end}_day", _("That month has no such day."))
        return self.cleaned_data

    @property
    def season(self) -> Season:
        """The season, once valid."""
        given = self.cleaned_data
        return Season(
            name=given["name"],
            begins=(int(given["from_month"]), given["from_day"]),
            ends=(int(given["until_month"]), given["until_day"]),
            week=self.week,
        )


class _DayForm(StyledForm):
    """A local holiday."""

    date = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label=gettext_lazy("Reason"), max_length=MOST_NAME)
    yearly = forms.BooleanField(label=gettext_lazy("Each year"), required=False)


Seasons = forms.formset_factory(_SeasonForm, extra=0, max_num=MOST_SEASONS, validate_max=True, can_delete=True)
Days = forms.formset_factory(_DayForm, extra=_MORE, max_num=MOST_DAYS, validate_max=True, can_delete=True)
_SEASONS, _LOCAL = "season", "local"


class Editor:
    """The whole form.

    Args:
        sent: what was posted; None to show a calendar as it is.
        name, zone: to begin with.
        definition: to begin with; where something was posted, what its holidays are called.
        years: first and last for which holidays are offered.
    """

    def __init__(
        self, *, sent: QueryDict | None, name: str, zone: str, definition: Definition, years: tuple[int, int]
    ) -> None:
        self.sent = sent.copy() if sent is not None else None
        self._kept, self._years = definition, years
        self._begin = {
            "name": name,
            "zone": zone,
            "business_weekdays": [str(number) for number in definition.business_weekdays],
            "open_on_holidays": definition.open_on_holidays,
            "region": definition.region.code if definition.region else "",
            **_of_week(definition.week),
        }

    @cached_property
    def usual(self) -> UsualForm:
        """The fields that there are once."""
        return UsualForm(self.sent, initial=self._begin)

    @cached_property
    def seasons(self) -> "forms.BaseFormSet[_SeasonForm]":
        """The seasons, each a form."""
        begin = [
            {
                "name": one.name,
                "from_day": one.begins[1],
                "from_month": str(one.begins[0]),
                "until_day": one.ends[1],
                "until_month": str(one.ends[0]),
                **_of_week(one.week),
            }
            for one in self._kept.seasons
        ]
        return Seasons(self.sent, prefix=_SEASONS, initial=None if self.sent else begin)

    @cached_property
    def days(self) -> "forms.BaseFormSet[_DayForm]":
        """The local days, each a form, and some empty ones."""
        begin = [{"date": one.date, "name": one.name, "yearly": one.yearly} for one in self._kept.local]
        return Days(self.sent, prefix=_LOCAL, initial=None if self.sent else begin)

    @property
    def region(self) -> str:
        """The region that is chosen; "" for none."""
        chosen = self.sent.get("region", "") if self.sent is not None else self._begin["region"]
        return str(chosen) if chosen in regions.REGIONS else ""

    @cached_property
    def offered(self) -> dict[str, ClosedDay]:
        """The holidays to choose among, by date: the region's, and those that the calendar has."""
        if not self.region:
            return {}
        first, last = self._years
        known = {one.date.isoformat(): one for one in regions.holidays_of(self.region, range(first, last + 1))}
        kept = self._kept.holidays if self._kept.region and self._kept.region.code == self.region else ()
        return dict(sorted({**known, **{one.date.isoformat(): one for one in kept}}.items()))

    @property
    def _chosen(self) -> set[str]:
        """The dates that are chosen; all of them where the region has just been."""
        if self.sent is not None:
            if self.sent.get("region_shown", "") != self.region:
                return set(self.offered)
            return set(self.sent.getlist("holiday"))
        return {one.date.isoformat() for one in self._kept.holidays}

    @property
    def region_changed(self) -> bool:
        """Whether another region was chosen than the one whose days were on the page."""
        return self.sent is not None and self.sent.get("region_shown", "") != self.region

    @property
    def holidays(self) -> list[tuple[int, int, list[tuple[str, str, str, bool]]]]:
        """The holidays to choose among, by year: the year, how many are chosen, and each.

        Of each: its date as it is sent, the day in words, its name, and whether it is chosen.
        """
        chosen = self._chosen
        by_year: dict[int, list[tuple[str, str, str, bool]]] = {}
        for written, one in self.offered.items():
            row = (written, short_day(one.date), one.name, written in chosen)
            by_year.setdefault(one.date.year, []).append(row)
        return [(year, sum(row[3] for row in rows), rows) for year, rows in by_year.items()]

    def add_season(self) -> None:
        """Add a season with the usual hours, in the summer until somebody says otherwise."""
        assert self.sent is not None
        number = self._grow(_SEASONS, 1)
        new = {"name": _("Season %(number)s") % {"number": number + 1}, "from_day": "1", "from_month": "7"}
        for field, value in {**new, "until_day": "31", "until_month": "8"}.items():
            self.sent[f"{_SEASONS}-{number}-{field}"] = value
        for field in _DAYS:
            self.sent[f"{_SEASONS}-{number}-{field}"] = self.sent.get(field, "")

    def add_days(self) -> None:
        """Add some empty rows."""
        self._grow(_LOCAL, _MORE)

    def add_found(self, found: Found) -> int:
        """Add the days of a file that are not in the list yet; return how many."""
        assert self.sent is not None
        listed = {self.sent.get(f"{_LOCAL}-{number}-date") for number in range(self._count(_LOCAL))}
        new = [one for one in found.days if one.date.isoformat() not in listed]
        begin = self._grow(_LOCAL, len(new))
        for number, one in enumerate(new, start=begin):
            self.sent[f"{_LOCAL}-{number}-date"] = one.date.isoformat()
            self.sent[f"{_LOCAL}-{number}-name"] = one.name
            if one.yearly:
                self.sent[f"{_LOCAL}-{number}-yearly"] = "on"
        return len(new)

    def _count(self, prefix: str) -> int:
        assert self.sent is not None
        written = self.sent.get(f"{prefix}-TOTAL_FORMS", "")
        return min(int(written), 2 * MOST_DAYS) if written.isascii() and written.isdecimal() else 0

    def _grow(self, prefix: str, more: int) -> int:
        """Make room for more forms of a kind; return the number of the first of them."""
        assert self.sent is not None
        count = self._count(prefix)
        self.sent[f"{prefix}-TOTAL_FORMS"] = str(count + more)
        return count

    def definition(self) -> Definition | None:
        """Return what was sent; None where something in it is wrong, which its forms then say."""
        if not all([self.usual.is_valid(), self.seasons.is_valid(), self.days.is_valid()]):
            return None
        given = self.usual.cleaned_data
        first, last = self._years
        made = Definition(
            week=self.usual.week,
            seasons=tuple(form.season for form in self.seasons if _stays(form.cleaned_data)),
            region=Region(code=self.region, first_year=first, last_year=last) if self.region else None,
            holidays=tuple(one for written, one in self.offered.items() if written in self._chosen),
            local=tuple(
                ClosedDay(
                    date=form.cleaned_data["date"], name=form.cleaned_data["name"], yearly=form.cleaned_data["yearly"]
                )
                for form in self.days
                if _stays(form.cleaned_data)
            ),
            open_on_holidays=given["open_on_holidays"],
            business_weekdays=frozenset(int(number) for number in given["business_weekdays"]),
        )
        try:
            return check_definition(made)
        except InputError as error:
            self.usual.add_error(None, said(error))
            return None


def _stays(given: Mapping[str, Any]) -> bool:
    """Whether a row has something and was not taken out."""
    return bool(given) and not given.get("DELETE")
