"""The telephone lines, and whether they are attended: now, today and this week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from acuse import clock
from acuse.accounts.queries import Access, organisation_view
from acuse.calendars.opening import State, state_at
from acuse.calendars.queries import current_version
from acuse.calendars.rules import Definition, Shift
from acuse.calendars.timetable import Day, Timetable
from acuse.calendars.zones import zone
from acuse.errors import AcuseError
from acuse.helpdesk.call_rules import same_line
from acuse.helpdesk.models import Line
from acuse.proof.business_time import CalendarVersion

_ONE_DAY = timedelta(days=1)
#: Of a line that is attended always: it has no calendar, and never closes.
ALWAYS = State(open=True, until=None, opens_at=None)


@dataclass(frozen=True, kw_only=True)
class LineView:
    """A line; see the model. `calendar` is None where it is attended always."""

    id: UUID
    name: str
    number: str
    calendar: UUID | None
    public: bool
    enabled: bool


@dataclass(frozen=True, kw_only=True)
class LineState:
    """A line as it is at a moment.

    Attributes:
        state: whether it is attended, and until when or from when; None where nothing can be said, because its
            calendar cannot be read or ends before.
        zone: whose clock the hours are of.
        today: the local day with its shifts; None as `state` is, and for a line that is attended always.
        yesterday: the hours that reach into today, in minutes since its midnight.
        week: today and the six days that follow; () where `today` is None.
    """

    line: LineView
    state: State | None
    zone: str
    today: Day | None = None
    yesterday: tuple[Shift, ...] = ()
    week: tuple[Day, ...] = ()

    @property
    def always(self) -> bool:
        """Whether it is attended day and night."""
        return self.line.calendar is None


def lines(access: Access) -> tuple[LineView, ...]:
    """Return the organisation's lines in their order, those that are not in use last."""
    rows = Line.objects.filter(organisation_id=access.organisation).order_by("-enabled", "position", "id")
    return tuple(_view(row) for row in rows)


def line(access: Access, *, id: UUID) -> LineView | None:
    """Return one line, or None where the organisation has no such one."""
    row = Line.objects.filter(organisation_id=access.organisation, id=id).first()
    return _view(row) if row else None


def line_named(access: Access, *, name: str) -> LineView | None:
    """Return the line of a name or number, one in use first, or None where the organisation has no such one."""
    wanted = same_line(name)
    return next((one for one in lines(access) if wanted in {same_line(one.name), same_line(one.number)}), None)


def calendars_of_lines(access: Access) -> frozenset[UUID]:
    """Return the calendars by which lines that take calls are attended."""
    rows = Line.objects.filter(organisation_id=access.organisation, enabled=True, calendar__isnull=False)
    return frozenset(each for each in rows.values_list("calendar", flat=True) if each is not None)


def line_states(access: Access, *, shown: Iterable[LineView]) -> tuple[LineState, ...]:
    """Return how each of some lines of the organisation is now."""
    return _states(access.organisation, shown, clock.now())


def public_lines(organisation: UUID) -> tuple[LineState, ...]:
    """Return the lines that an organisation shows to everybody, in their order, as they are now."""
    rows = Line.objects.filter(organisation_id=organisation, public=True, enabled=True).order_by("position", "id")
    return _states(organisation, map(_view, rows), clock.now())


def _states(organisation: UUID, shown: Iterable[LineView], now: datetime) -> tuple[LineState, ...]:
    home = organisation_view(organisation).time_zone
    return tuple(_state(organisation, one, home, now) for one in shown)


def _state(organisation: UUID, one: LineView, home: str, now: datetime) -> LineState:
    if one.calendar is None:
        return LineState(line=one, state=ALWAYS, zone=home)
    try:
        version, _cited = current_version(organisation, one.calendar)
        state = state_at(version, now)
        week = _week(version, now)
    except AcuseError:
        return LineState(line=one, state=None, zone=home)
    yesterday, *days = week
    return LineState(
        line=one,
        state=state,
        zone=version.zone,
        today=days[0],
        yesterday=tuple(Shift(0, shift.end - 1440) for shift in yesterday.shifts if shift.end > 1440),
        week=tuple(days),
    )


def _week(version: CalendarVersion, now: datetime) -> list[Day]:
    """Return yesterday, today and the six days that follow.

    The days are those of the definition, as the version wrote its hours from it; see ADR 0014.
    """
    local: date = now.astimezone(zone(version.zone)).date()
    definition = Definition.from_members(version.definition)
    return list(Timetable(definition, local - _ONE_DAY, local + 6 * _ONE_DAY).days())


def _view(row: Line) -> LineView:
    return LineView(
        id=row.id,
        name=row.name,
        number=row.number,
        calendar=row.calendar,
        public=row.public,
        enabled=row.enabled,
    )
