"""Calendars to begin with. Pure."""

from collections.abc import Mapping

from acuse.calendars.rules import Definition, Season, Week, read_shift

_OFFICE = (read_shift("09:00", "18:00"),)
_ALWAYS = (read_shift("00:00", "24:00"),)


def _week(working: tuple[str, str], *, saturday: tuple[str, str] | None = None) -> Week:
    return (*((read_shift(*working),),) * 5, (read_shift(*saturday),) if saturday else (), ())


PRESETS: Mapping[str, Definition] = {
    "office": Definition(week=(*(_OFFICE,) * 5, (), ())),
    "always": Definition(week=(_ALWAYS,) * 7, open_on_holidays=True),
    "seasons": Definition(
        week=_week(("08:00", "19:00")),
        seasons=(
            Season(
                name="Campaña de primavera",
                begins=(5, 2),
                ends=(6, 30),
                week=_week(("09:00", "21:00"), saturday=("09:00", "14:00")),
            ),
            Season(name="Verano", begins=(7, 28), ends=(8, 29), week=_week(("09:00", "15:00"))),
        ),
    ),
    "shop": Definition(
        week=(*((read_shift("09:30", "13:30"), read_shift("16:30", "20:00")),) * 5, (read_shift("10:00", "14:00"),), ())
    ),
}
"""By key: an office from nine to six; always open, holidays too; hours that change with the season; a shop that closes
at midday. None has holidays yet: whose they are is chosen."""
