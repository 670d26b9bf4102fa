"""Contacts from a CSV file, as spreadsheets write it: read, looked at without entering anything, and entered."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from acuse.accounts.queries import Access
from acuse.contacts import rules
from acuse.contacts.models import Address, Contact
from acuse.contacts.rules import Card
from acuse.contacts.sheets import sheet_text
from acuse.errors import InputError

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5000
_MOST_COLUMNS = 60
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kind": ("kind", "type", "tipo", "clase"),
    "name": ("name", "nombre", "full name", "nombre completo", "razon social", "nombre y apellidos", "cliente"),
    "tax_id": ("tax_id", "tax id", "tax number", "nif", "cif", "dni", "nie", "nif cif", "vat"),
    "language": ("language", "idioma", "lengua"),
    "email": ("email", "e mail", "mail", "correo", "correo electronico", "email address", "direccion de correo"),
    "phone": ("phone", "telephone", "mobile", "telefono", "movil", "tel", "telefono movil"),
    "whatsapp": ("whatsapp",),
    "postal": ("postal", "postal address", "address", "direccion", "direccion postal", "domicilio"),
    "notes": ("notes", "notas", "observaciones"),
}
_BY_HEADING = {heading: name for name, headings in _COLUMNS.items() for heading in headings}
_KINDS = {"": "person", "person": "person", "persona": "person", "company": "company", "empresa": "company"}
_LANGUAGES = {"": "", "es": "es", "español": "es", "spanish": "es", "en": "en", "english": "en", "inglés": "en"}
_DELIMITERS = ",;\t|"
_GUARDED = ("'=", "'+", "'-", "'@")

State = Literal["new", "known", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a file and what becomes of it.

    Attributes:
        line: of the file, from 1; the headings stand in the first.
        card: what it says of a contact.
        addresses: (channel, address as given, as compared).
        state: "new"; "known" where the register has one of its addresses or its tax number, or an earlier row of the
            file has; "wrong" with the reason.
    """

    line: int
    card: Card
    addresses: tuple[tuple[str, str, str], ...] = ()
    state: State = "new"
    error: InputError | None = None

    @property
    def called(self) -> str:
        """How the contact would be called."""
        return self.card.name or next((value for _channel, value, _key in self.addresses), "")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A file as it was read.

    Attributes:
        rows: in their order.
        unread: headings of columns that say nothing to the register.
    """

    rows: tuple[Row, ...]
    unread: tuple[str, ...] = field(default=())

    def of(self, state: State) -> tuple[Row, ...]:
        """The rows of one state."""
        return tuple(row for row in self.rows if row.state == state)


def read_sheet(access: Access, raw: bytes) -> Sheet:
    """Read a file and say of each row whether it is new; nothing is entered.

    UTF-8, UTF-16 with its mark, else Windows-1252; commas, semicolons, tabs or bars, by the row of headings.

    Args:
        access: of the member whose register is looked at.
        raw: the file.

    Raises:
        InputError: it is too big, has too many rows, or no column of names, e-mail addresses or telephone numbers.
    """
    if len(raw) > MOST_BYTES:
        raise InputError("The file is bigger than %(most)s MiB; divide it.", most=MOST_BYTES // 1024 // 1024)
    lines = _lines(sheet_text(raw))
    _number, headings = next(lines, (1, []))
    columns = [_BY_HEADING.get(_heading(text), "") for text in headings[:_MOST_COLUMNS]]
    if not {"name", "email", "phone"} & set(columns):
        raise InputError("The first row must name the columns: at least the name, the e-mail or the telephone.")
    rows: list[Row] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) == MOST_ROWS:
            raise InputError("The file has more than %(most)s rows; divide it.", most=MOST_ROWS)
        rows.append(_row(number, columns, cells))
    unread = [text for text, column in zip(headings, columns, strict=False) if not column and text.strip()]
    return Sheet(rows=tuple(_compared(access, rows)), unread=tuple(unread))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a sheet with the number of the line on which each ends."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise InputError("The file cannot be read as CSV at line %(line)s.", line=reader.line_num) from error


def _heading(text: str) -> str:
    words = rules.plain(text)
    return " ".join(words.replace("-", " ").replace("/", " ").replace(".", " ").split())


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    """Read one row; of several columns of one name, such as two telephones, all addresses count."""
    given: dict[str, list[str]] = {}
    for column, cell in zip(columns, cells, strict=False):
        # What an export put before a cell, so that no spreadsheet took it for a formula, is no part of it.
        text = cell[1:] if cell.startswith(_GUARDED) else cell
        if column and text.strip():
            given.setdefault(column, []).append(text.strip())
    card = Card(name=" ".join(given.get("name", [])))
    try:
        card = rules.check_card(_card(given))
        addresses = tuple(_addresses(given))
        if not (card.name or addresses):
            raise InputError("It has neither name nor address.")
    except InputError as error:
        return Row(line=line, card=card, state="wrong", error=error)
    return Row(line=line, card=card, addresses=addresses)


def _card(given: Mapping[str, Sequence[str]]) -> Card:
    said = {name: " ".join(given.get(name, ())) for name in ("kind", "language", "name", "tax_id", "notes")}
    kind, language = _KINDS.get(said["kind"].lower()), _LANGUAGES.get(said["language"].lower())
    if kind is None:
        raise InputError('The kind is "person" or "company".')
    if language is None:
        raise InputError('The language is "es" or "en".')
    return Card(kind=kind, name=said["name"], tax_id=said["tax_id"], language=language, notes=said["notes"])


def _addresses(given: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    seen: set[tuple[str, str]] = set()
    for channel in ("email", "phone", "whatsapp", "postal"):
        # Several in one cell are divided by semicolons, as the export writes them.
        for value in (part.strip() for cell in given.get(channel, ()) for part in cell.split(";")):
            if value and (channel, key := rules.key(channel, value)) not in seen:
                seen.add((channel, key))
                yield channel, rules.line(value), key
    if len(seen) > rules.MOST_ADDRESSES:
        raise InputError("A contact has at most %(most)s addresses.", most=rules.MOST_ADDRESSES)


def _compared(access: Access, rows: Sequence[Row]) -> Iterator[Row]:
    """Say which rows the register knows already, by an address or a tax number, or an earlier row of the file has."""
    keys = [key for row in rows for channel, _value, key in row.addresses if channel in rules.IDENTIFYING]
    living = Address.objects.filter(
        organisation_id=access.organisation, channel__in=rules.IDENTIFYING, key__in=keys, removed_at=None
    )
    known: set[tuple[str, str]] = set(living.values_list("channel", "key"))
    numbers = Contact.objects.filter(organisation_id=access.organisation, erased_at=None).exclude(tax_id="")
    asked = [row.card.tax_id for row in rows if row.card.tax_id]
    known |= {("tax_id", number) for number in numbers.filter(tax_id__in=asked).values_list("tax_id", flat=True)}
    for row in rows:
        theirs = {(channel, key) for channel, _value, key in row.addresses if channel in rules.IDENTIFYING}
        if row.card.tax_id:
            theirs.add(("tax_id", row.card.tax_id))
        if row.state == "new" and theirs & known:
            yield Row(line=row.line, card=row.card, addresses=row.addresses, state="known")
            continue
        if row.state == "new":
            known |= theirs
        yield row
