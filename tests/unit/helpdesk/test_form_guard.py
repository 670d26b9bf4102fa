"""What the public form takes: names of files that mislead nobody, and sizes."""

from dataclasses import replace
from datetime import date

import pytest

from acuse.errors import InputError
from acuse.helpdesk.form_guard import (
    MOST_FILE_NAME,
    MOST_FILES,
    MOST_OCTETS,
    Sheet,
    check_sheet,
    check_sizes,
    file_name,
    media_type,
)

SHEET = Sheet(name=" Ana\tPrieto ", address="ana@cliente.example", type="claim", subject="Ruido", text="Hace.\r\n")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("factura.pdf", "factura.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Fotos\\año.jpg", "C__Fotos_año.jpg"),
        ("inocente\u202egpj.exe", "inocente gpj.exe"),
        ("dos\r\nlíneas\0.txt", "dos líneas\N{REPLACEMENT CHARACTER}.txt"),
        ("cafe\u0301.txt", "café.txt"),
        ("\ud800.txt", "_.txt"),
        (" . ", "file"),
        ("", "file"),
        ("x" * 300 + ".tar.gz", "x" * (MOST_FILE_NAME - 3) + ".gz"),
        ("x" * 300, "x" * MOST_FILE_NAME),
    ],
)
def test_a_name_of_a_file_is_one_line_that_hides_nothing(given: str, kept: str) -> None:
    assert file_name(given) == kept


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("text/Plain; charset=utf-8", "text/plain"),
        ("", "application/octet-stream"),
        ("text", "application/octet-stream"),
        ("text/html\r\nX: y", "application/octet-stream"),
        ("a/" + "b" * 200, "application/octet-stream"),
    ],
)
def test_a_media_type_is_kept_where_it_is_one(given: str, kept: str) -> None:
    assert media_type(given) == kept


def test_sizes_are_limited_together() -> None:
    check_sizes([])
    check_sizes([1] * MOST_FILES)
    check_sizes([MOST_OCTETS])
    for sizes in ([1] * (MOST_FILES + 1), [MOST_OCTETS, 1], [0]):
        with pytest.raises(InputError):
            check_sizes(sizes)


def test_what_is_written_is_kept_in_one_form_or_refused() -> None:
    today = date(2026, 11, 22)
    kept = check_sheet(SHEET, today=today)
    assert (kept.name, kept.text) == ("Ana Prieto", "Hace.")
    for wrong in (
        replace(SHEET, address=""),
        replace(SHEET, address="x"),
        replace(SHEET, type="wish"),
        replace(SHEET, subject=" "),
        replace(SHEET, text=" \n"),
        replace(SHEET, name="x" * 201),
        replace(SHEET, purchase_date=date(2026, 11, 23)),
    ):
        with pytest.raises(InputError):
            check_sheet(wrong, today=today)
