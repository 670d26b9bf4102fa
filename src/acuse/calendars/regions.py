"""National and regional holidays, from the `holidays` library: dates to propose, which a version then keeps. Pure."""

from collections.abc import Iterable
from dataclasses import replace

import holidays

from acuse.calendars.rules import ClosedDay, Definition, Region
from acuse.errors import InputError

REGIONS = {
    "ES": "España",
    "ES-AN": "Andalucía",
    "ES-AR": "Aragón",
    "ES-AS": "Asturias",
    "ES-CN": "Canarias",
    "ES-CB": "Cantabria",
    "ES-CM": "Castilla-La Mancha",
    "ES-CL": "Castilla y León",
    "ES-CT": "Cataluña",
    "ES-Barcelona": "Cataluña: Barcelona",
    "ES-CE": "Ceuta",
    "ES-VC": "Comunitat Valenciana",
    "ES-EX": "Extremadura",
    "ES-GA": "Galicia",
    "ES-IB": "Illes Balears",
    "ES-RI": "La Rioja",
    "ES-MD": "Madrid",
    "ES-ML": "Melilla",
    "ES-MC": "Murcia",
    "ES-NC": "Navarra",
    "ES-PV": "País Vasco",
}
"""Code, as ISO 3166-2 and the library have it, and name; the first is what holds in the whole country."""


def holidays_of(code: str, years: Iterable[int]) -> tuple[ClosedDay, ...]:
    """Return the holidays of a region in some years, by date, with their Spanish names.

    Raises:
        InputError: there is no such region.
    """
    if code not in REGIONS:
        raise InputError("There is no region called %(region)s.", region=code[:40])
    country, _, subdivision = code.partition("-")
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=years, language="es")
    return tuple(ClosedDay(date=day, name=name) for day, name in sorted(found.items()))


def with_region(definition: Definition, code: str, first_year: int, last_year: int) -> Definition:
    """Return a definition with all the holidays of a region in the place of those it had; of none for an empty code.

    Raises:
        InputError: there is no such region.
    """
    if not code:
        return replace(definition, region=None, holidays=())
    return replace(
        definition,
        region=Region(code=code, first_year=first_year, last_year=last_year),
        holidays=holidays_of(code, range(first_year, last_year + 1)),
    )


def carried_on(definition: Definition, first_year: int, last_year: int) -> Definition:
    """Return a definition for later years: its region's holidays are added for those of which it says nothing yet.

    What was chosen for earlier years stays as it is, and what has passed by goes.
    """
    region = definition.region
    if region is None:
        return definition
    new = holidays_of(region.code, range(region.last_year + 1, last_year + 1))
    return replace(
        definition,
        region=replace(
            region, first_year=max(region.first_year, first_year), last_year=max(region.last_year, last_year)
        ),
        holidays=tuple(one for one in (*definition.holidays, *new) if one.date.year >= first_year),
    )
