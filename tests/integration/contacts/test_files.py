"""Contacts from a file: what is read of it, what is wrong with it, and what is entered."""

import csv
import io

import pytest

from acuse.accounts.queries import Access
from acuse.contacts import files, queries, services
from acuse.contacts.files import read_sheet
from acuse.contacts.models import Address, Contact
from acuse.errors import InputError
from tests.integration.contacts.conftest import Entering, types

HEAD = ("Tipo", "Nombre", "NIF", "Idioma", "Correo", "Teléfono", "Móvil", "WhatsApp", "Dirección", "Notas", "Color")
ROWS = (
    (
        "persona",
        "Ana García",
        "12345678-z",
        "es",
        "ana@x.example; ana2@x.example",
        "91 555 01 02",
        "600 111 222",
        "",
        "C/ Mayor, 3\nSoria",
        "Nota",
        "azul",
    ),
    ("EMPRESA", "Flota Ñorte", "", "English", "", "", "", "600 111 333", "", "", ""),
    ("",) * 11,
    ("", "", "", "", "solo@x.example"),
)


def sheet_of(delimiter: str = ",") -> str:
    """The rows as a spreadsheet writes them."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows((HEAD, *ROWS))
    return written.getvalue()


SHEET = sheet_of()


def states(access: Access, text: str) -> list[str]:
    return [row.state for row in read_sheet(access, text.encode()).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_is_read_however_spreadsheets_write_it(access: Access, encoding: str, delimiter: str) -> None:
    sheet = read_sheet(access, sheet_of(delimiter).encode(encoding))
    assert [row.state for row in sheet.rows] == ["new"] * 3
    assert sheet.unread == ("Color",)
    ana, flota, alone = sheet.rows
    assert (ana.card.name, ana.card.tax_id, ana.card.language, ana.card.notes) == (
        "Ana García",
        "12345678Z",
        "es",
        "Nota",
    )
    assert [channel for channel, _, _ in ana.addresses] == ["email", "email", "phone", "phone", "postal"]
    assert (flota.card.kind, flota.card.name, flota.card.language) == ("company", "Flota Ñorte", "en")
    assert alone.called == "solo@x.example"


def test_looking_at_a_file_enters_nothing_and_entering_it_twice_enters_it_once(access: Access) -> None:
    sheet = read_sheet(access, SHEET.encode())
    assert not Contact.objects.exists()
    assert services.import_contacts(access=access, rows=sheet.rows) == 3
    assert services.import_contacts(access=access, rows=sheet.rows) == 0
    one = queries.by_address(access.organisation, channel="email", value="ana2@x.example")
    assert one is not None
    assert types(access.organisation, one) == ["contact.made", *["address.added"] * 5]
    assert states(access, SHEET)[0] == "known"


def test_a_row_that_another_has_an_address_of_is_known(access: Access, entered: Entering) -> None:
    entered("Ana", "ana@x.example", tax_id="B1")
    text = "name,email,nif\nOtra,ANA@x.example,\nEva,eva@x.example,\nEva dos,eva@x.example,\nPor NIF,,b-1\n"
    assert states(access, text) == ["known", "new", "known", "known"]


def test_each_row_that_is_wrong_is_named_and_the_others_enter(access: Access) -> None:
    text = (
        "name,email,phone,kind,language\nAna,no,,,\nEva,,12,,\nLeo,,,firm,\nSol,,,,fr\nMar,mar@x.example,,,\n,,,,es\n"
    )
    sheet = read_sheet(access, text.encode())
    assert [(row.line, row.state) for row in sheet.rows] == [
        (2, "wrong"),
        (3, "wrong"),
        (4, "wrong"),
        (5, "wrong"),
        (6, "new"),
        (7, "wrong"),
    ]
    assert all(row.error for row in sheet.of("wrong"))
    assert services.import_contacts(access=access, rows=sheet.rows) == 1


def test_what_an_export_guarded_is_read_back(access: Access) -> None:
    (row,) = read_sheet(access, b"name,phone\n'=Ana,'+34600111222\n").rows
    assert (row.card.name, row.addresses[0][2]) == ("=Ana", "+34600111222")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x01\x02",
        b"color,size\nred,3\n",
        b"name\n" + b'"' + b"x" * 200_000,
        b"name\n" + b"x\n" * (files.MOST_ROWS + 1),
        b"name\n" + b"x" * files.MOST_BYTES,
    ],
)
def test_a_file_that_is_none_is_refused(access: Access, raw: bytes) -> None:
    with pytest.raises(InputError):
        read_sheet(access, raw)


def test_an_address_that_somebody_enters_meanwhile_is_left_to_them(access: Access, entered: Entering) -> None:
    sheet = read_sheet(access, b"name,email,phone\nAna,ana@x.example,600111222\nEva,eva@x.example,\n")
    entered("Otra", "ana@x.example")
    assert services.import_contacts(access=access, rows=sheet.rows) == 1
    assert sorted(Address.objects.values_list("key", flat=True)) == ["ana@x.example", "eva@x.example"]
    assert Contact.objects.count() == 2
