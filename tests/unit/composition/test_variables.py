"""Typed values in words."""

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from acuse.composition.variables import Kind, Link, Variable, said
from acuse.errors import InputError


def words(kind: Kind, value: object, language: str = "es") -> object:
    return said(Variable(name="a.b", kind=kind), value, language=language)


def test_values_in_both_languages() -> None:
    moment = datetime(2026, 12, 4, 9, 5, tzinfo=timezone(timedelta(hours=1)))
    assert words(Kind.MOMENT, moment) == "4 de diciembre de 2026, 09:05 (UTC+1)"
    assert words(Kind.MOMENT, moment, "en") == "4 December 2026, 09:05 (UTC+1)"
    assert words(Kind.DATE, date(2026, 1, 7)) == "7 de enero de 2026"
    assert words(Kind.TERM, SimpleNamespace(amount=10, unit="business_days")) == "10 días hábiles"
    assert words(Kind.TERM, SimpleNamespace(amount=1, unit="natural_hours"), "en") == "1 hour"
    assert words(Kind.LINE, " a\r\nBcc: b \u202eevil\x00 ") == "a Bcc: b evil"
    assert words(Kind.TEXT, "\r\na\r\n\r\nb\u2028c\x1b\r\n") == "a\n\nb\nc"
    assert words(Kind.LIST, ("a\nb", "c")) == ["a b", "c"]
    assert isinstance(words(Kind.LINK, "https://acuse.example/t/a?b=c#d"), Link)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.LINE, 5),
        (Kind.DATE, datetime(2026, 1, 1, tzinfo=UTC)),
        (Kind.DATE, "2026-01-01"),
        (Kind.MOMENT, datetime(2026, 1, 1)),  # noqa: DTZ001 - without a zone on purpose
        (Kind.TERM, SimpleNamespace(amount=1, unit="weeks")),
        (Kind.LINK, "javascript:alert(1)"),
        (Kind.LINK, "https://a.example/ b"),
        (Kind.LINK, "https://a.example/>"),
        (Kind.LINK, "https://a.example/\\"),
        (Kind.LIST, "abc"),
        (Kind.LIST, (1, 2)),
        (Kind.LIST, ["a"] * 201),
    ],
)
def test_what_is_of_another_kind_is_refused(kind: Kind, value: object) -> None:
    with pytest.raises(InputError, match=r"a\.b"):
        words(kind, value)


def test_only_what_is_optional_may_be_missing() -> None:
    for nothing in (None, "", (), []):
        assert said(Variable(name="a.b", kind=Kind.LINE, optional=True), nothing, language="es") is None
        with pytest.raises(InputError, match="needs a"):
            words(Kind.LINE, nothing)
