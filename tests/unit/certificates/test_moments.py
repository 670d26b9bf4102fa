"""Times, dates and numbers from tables of ours."""

from datetime import UTC, datetime

from acuse.certificates.stories.moments import Clock, number, utc_date, utc_stamp, utc_time

NOVEMBER = datetime(2026, 11, 23, 8, 0, 0, 412009, tzinfo=UTC)
JULY = datetime(2026, 7, 3, 22, 30, tzinfo=UTC)


def test_spanish() -> None:
    clock = Clock("es", "Europe/Madrid", [NOVEMBER])
    assert clock.line() == "Horas peninsulares (UTC+1), salvo las marcadas UTC"
    assert clock.name() == "Hora peninsular"
    assert clock.date(NOVEMBER) == "lunes 23 de noviembre de 2026"
    assert clock.heading(NOVEMBER) == "Lunes, 23 de noviembre de 2026"
    assert clock.time(NOVEMBER) == "09:00:00"
    assert clock.short(NOVEMBER) == "23-11-2026, 09:00:00"
    assert clock.with_zone(NOVEMBER) == "hora peninsular (UTC+1)"
    assert utc_stamp(NOVEMBER, "es") == "23-11-2026 08:00:00 UTC"
    assert utc_date(NOVEMBER, "es") == "23-11-2026"


def test_english() -> None:
    clock = Clock("en", "Europe/Madrid", [NOVEMBER])
    assert clock.line() == "Madrid time (UTC+1) unless marked UTC"
    assert clock.date(NOVEMBER) == "Monday 23 November 2026"
    assert clock.short(NOVEMBER) == "23 Nov 2026, 09:00:00"
    assert utc_stamp(NOVEMBER, "en") == "23 Nov 2026, 08:00:00 UTC"


def test_a_document_that_crosses_a_change_of_clocks_prints_each_offset() -> None:
    clock = Clock("es", "Europe/Madrid", [JULY, NOVEMBER])
    assert clock.line() == "Horas peninsulares, con su diferencia con UTC"
    assert clock.time(JULY) == "00:30:00 (UTC+2)"
    assert clock.day(JULY) == "4 de julio de 2026"
    assert clock.time(NOVEMBER) == "09:00:00 (UTC+1)"


def test_other_zones() -> None:
    assert Clock("en", "America/New_York", [NOVEMBER]).line() == "New York time (UTC−5) unless marked UTC"
    assert Clock("es", "Asia/Kathmandu", [NOVEMBER]).line() == "Horas de Kathmandu (UTC+5:45), salvo las marcadas UTC"
    assert Clock("es", "UTC", [NOVEMBER]).line() == "Horas UTC"
    assert Clock("es", "UTC", [NOVEMBER]).with_zone(NOVEMBER) == "UTC"


def test_utc_times_have_microseconds_and_numbers_groups() -> None:
    assert utc_time(NOVEMBER) == "08:00:00.412009Z"
    assert number(1042) == "1\u00a0042"
    assert number(48236) == "48\u00a0236"
    assert number(7) == "7"
