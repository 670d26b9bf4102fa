"""Calls from a telephone exchange's CSV file: its columns recognised, and each row read by a plan. Pure."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from acuse.calendars.zones import zone
from acuse.contacts.rules import line as one_line
from acuse.contacts.rules import plain
from acuse.contacts.sheets import sheet_text
from acuse.errors import InputError
from acuse.helpdesk import call_rules
from acuse.helpdesk.call_rules import MOST_OUTCOME, MOST_REFERENCE, Entered
from acuse.helpdesk.call_times import ORDERS, read_moment, read_seconds
from acuse.helpdesk.call_words import ASTERISK, ASTERISK_RESULT, FIELDS, MOST_HEADING, is_heading, meaning, word_of
from acuse.proof.facts.phone import RESULTS

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
MOST_WORDS = 40
"""Different words of result that one file may have."""
_MOST_COLUMNS = 60
_MOST_GUESSED = 1000
"""Rows by which the order of their days is guessed."""
_MOST_LINES = 200
"""Of one row, where a cell goes over several."""
_DELIMITERS = ",;\t|"
_GUARDED = ("'=", "'+", "'-", "'@")
State = Literal["read", "out", "again", "wrong"]
#: Of several rows of one call, such as one for each desk at which it rang, the first of these says what became of it.
_TELLING = ("answered", "abandoned", "lost")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How a file is read; whatever the rows are compared with is in it, so that the same plan reads the same again.

    Attributes:
        columns: what each column says, of `FIELDS`; "" for nothing.
        zone: whose clock the exchange has. order: see `call_times.ORDERS`.
        words: what each word of result means, of `RESULTS`; "" leaves the row out.
        line: of rows that name none, None where each has to.
        lines: identifiers by what `call_rules.same_line` makes of their number and of their name.
        members: identifiers by name, as `plain` writes it.
    """

    columns: tuple[str, ...] = ()
    zone: str = "Europe/Madrid"
    order: str = "dmy"
    words: Mapping[str, str] = field(default_factory=dict)
    line: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the members in which it is kept."""
        return {
            "columns": list(self.columns),
            "zone": self.zone,
            "order": self.order,
            "words": dict(self.words),
            "line": self.line,
            "lines": dict(self.lines),
            "members": dict(self.members),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Plan":
        """Read the members back."""
        return cls(**{**kept, "columns": tuple(kept.get("columns", ()))})


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a file: read into a call, left out on purpose, told by another row, or wrong with the reason.

    `line` is the file's, from 1; `twice` that its local hour was shown twice and the first was taken; `stranger` that
    it names somebody who is no member.
    """

    line: int
    cells: tuple[str, ...]
    state: State = "read"
    call: Entered | None = None
    twice: bool = False
    stranger: bool = False
    error: InputError | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A file as text.

    Attributes:
        text: of it. delimiter: between its cells.
        headings: of its columns, or their numbers where it names none. headed: whether the first row names them.
    """

    text: str
    delimiter: str
    headings: tuple[str, ...]
    headed: bool

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that are not empty, the headings left out, with the number of the line on which each ends.

        Raises:
            InputError: there are more than `MOST_ROWS`.
        """
        lines = (one for one in _lines(self.text, self.delimiter) if any(cell.strip() for cell in one[1]))
        if self.headed:
            next(lines, None)
        for count, one in enumerate(lines):
            if count == MOST_ROWS:
                raise InputError("The file has more than %(most)s rows; divide it.", most=MOST_ROWS)
            yield one


def read_table(raw: bytes) -> Table:
    """Recognise encoding (UTF-8, UTF-16 with its mark, else Windows-1252), separator and headings of a file.

    Raises:
        InputError: it is too big, empty, or no text.
    """
    if len(raw) > MOST_BYTES:
        raise InputError("The file is bigger than %(most)s MB; divide it.", most=MOST_BYTES // 1_000_000)
    text = sheet_text(raw).replace("\0", "")
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    cells = next((one for _number, one in _lines(text, delimiter) if any(cell.strip() for cell in one)), None)
    if cells is None:
        raise InputError("The file is empty.")
    cells = cells[:_MOST_COLUMNS]
    known = sum(is_heading(cell) for cell in cells)
    if known >= 2 or not any(_is_moment(cell) for cell in cells):
        return Table(text=text, delimiter=delimiter, headings=tuple(_shown(cell) for cell in cells), headed=True)
    asterisk = ASTERISK_RESULT < len(cells) <= len(ASTERISK) and meaning(word_of(cells[ASTERISK_RESULT]))
    names = ASTERISK if asterisk else tuple(str(number) for number in range(1, _MOST_COLUMNS + 1))
    return Table(text=text, delimiter=delimiter, headings=names[: len(cells)], headed=False)


def result_words(table: Table, columns: Sequence[str]) -> dict[str, str]:
    """Return the words in the column of results with what each seems to mean; "" for one that nothing is known of.

    Raises:
        InputError: there are too many for a column of results.
    """
    if "result" not in columns:
        return {}
    place = columns.index("result")
    found: dict[str, str] = {}
    for _number, cells in table.rows():
        if place >= len(cells):
            continue
        word = word_of(_cell(cells[place]))
        if word not in found:
            found[word] = meaning(word)
        if len(found) > MOST_WORDS:
            raise InputError("That column has too many different words to be the result of a call.")
    return found


def guess_order(table: Table, columns: Sequence[str]) -> str:
    """Return in which of `ORDERS` most of the first days exist: the day first where both are alike."""
    if "started" not in columns:
        return ORDERS[0]
    place = columns.index("started")
    rows = (cells for _number, cells in islice(table.rows(), _MOST_GUESSED))
    # Of the day alone: the hour may stand in a column of its own.
    days = [_cell(cells[place]).replace(",", " ").split(maxsplit=1)[:1] for cells in rows if place < len(cells)]
    return max(ORDERS, key=lambda order: sum(_is_moment(f"{day} 0:00", order) for (day,) in filter(None, days)))


def check_plan(plan: Plan) -> Plan:
    """Return a plan by which rows can be read.

    Raises:
        InputError: it lacks the time, the result or the line, names one twice, or has a zone or an order unknown.
    """
    chosen = [name for name in plan.columns if name]
    for name in chosen:
        if name not in FIELDS or chosen.count(name) > 1:
            raise InputError("Two columns cannot say the same: choose one of them.")
    if "started" not in chosen or "result" not in chosen:
        raise InputError("Say which columns have the day and hour of the call, and its result.")
    if "line" not in chosen and not plan.line:
        raise InputError("Say on which line these calls came in: a column, or one line for all.")
    zone(plan.zone)
    if plan.order not in ORDERS or any(value not in ("", *RESULTS) for value in plan.words.values()):
        raise InputError("Choose how days are written, and what each result means, from what is offered.")
    return plan


def read_rows(table: Table, plan: Plan, *, now: datetime, skip: int = 0) -> Iterator[Row]:
    """Yield the rows of a file by a checked plan, of several with one reference the one that tells what became of it.

    Args:
        table: the file. plan: how it is read. now: the present; calls of the future are wrong.
        skip: rows to pass over unread.
    """
    telling = _telling(table, plan, now)
    for place, (number, cells) in enumerate(islice(table.rows(), skip, None), skip):
        row = read_row(number, cells, plan, now=now)
        told = row.call is not None and telling.get(_named(cells, plan), place) != place
        yield Row(line=number, cells=row.cells, state="again") if told else row


def _telling(table: Table, plan: Plan, now: datetime) -> dict[tuple[str, str], int]:
    """Return, for each reference of several rows, with its line as written, the place of the one that tells most.

    A row that is wrong tells nothing.
    """
    if "reference" not in plan.columns:
        return {}
    times = Counter(_named(cells, plan) for _number, cells in table.rows())
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for place, (number, cells) in enumerate(table.rows()):
        named = _named(cells, plan)
        call = read_row(number, cells, plan, now=now).call if named[1] and times[named] > 1 else None
        if call is not None:
            best[named] = min(best.get(named, (len(_TELLING), place)), (_TELLING.index(call.result), place))
    return {named: place for named, (_rank, place) in best.items()}


def _named(cells: Sequence[str], plan: Plan) -> tuple[str, str]:
    """Return line and reference of a row, as they are written."""
    places = [plan.columns.index(name) if name in plan.columns else -1 for name in ("line", "reference")]
    line, reference = (_cell(cells[place]) if 0 <= place < len(cells) else "" for place in places)
    return line, reference


def read_row(number: int, cells: Sequence[str], plan: Plan, *, now: datetime) -> Row:
    """Read one row by a checked plan.

    Args:
        number: of its last line in the file. cells: of it.
        now: the present; calls of the future are wrong.
    """
    kept = tuple(cells[:_MOST_COLUMNS])
    given = {name: _cell(cell) for name, cell in zip(plan.columns, kept, strict=False) if name}
    word = word_of(given.get("result", ""))
    short = "result" not in given or "started" not in given
    if not short and plan.words.get(word) == "":
        return Row(line=number, cells=kept, state="out")
    try:
        if short:
            raise InputError("The row breaks off: a separator is missing in it, or a quotation mark is not closed.")
        return _read(number, kept, given, plan, now)
    except InputError as error:
        return Row(line=number, cells=kept, state="wrong", error=error)


def _read(number: int, kept: tuple[str, ...], given: Mapping[str, str], plan: Plan, now: datetime) -> Row:
    result = plan.words.get(word_of(given.get("result", "")))
    if result is None:
        raise InputError("It is not said what the result “%(word)s” means.", word=given.get("result", "")[:60])
    written = f"{given.get('started', '')} {given.get('time', '')}".strip()
    moment = read_moment(written, zone=zone(plan.zone), order=plan.order)
    waited, talked = _durations(given, result)
    agent = plain(given.get("agent", ""))
    member = plan.members.get(agent)
    reference = one_line(given.get("reference", ""))
    if len(reference) > MOST_REFERENCE:
        raise InputError("Its reference is longer than %(most)s characters.", most=MOST_REFERENCE)
    call = Entered(
        line=_line(given.get("line", ""), plan),
        started_at=moment.at,
        result=result,
        waited=waited,
        talked=talked,
        number=call_rules.read_number(given.get("number", "")),
        outcome=given.get("outcome", "")[:MOST_OUTCOME],
        reference=reference,
        member=UUID(member) if member else None,
    )
    call = call_rules.check_call(call, now=now)
    return Row(line=number, cells=kept, call=call, twice=moment.twice, stranger=bool(agent) and member is None)


def _durations(given: Mapping[str, str], result: str) -> tuple[int | None, int | None]:
    """Return the seconds of waiting and talking; one of them is what the other leaves of the whole."""
    waited, talked, total = (read_seconds(given.get(name, "")) for name in ("waited", "talked", "total"))
    if result != "answered":
        # Exchanges count the announcement as talk; nobody was there.
        return (waited if waited is not None else total), None
    if total is not None and max(waited or 0, talked or 0) > total:
        raise InputError(
            "The whole call took %(total)s seconds, which is less than was waited or talked. Mend one of them.",
            total=total,
        )
    if total is not None and waited is None and talked is not None:
        waited = total - talked
    elif total is not None and talked is None:
        talked = total - (waited or 0)
    return waited, talked


def _line(text: str, plan: Plan) -> UUID:
    found = plan.lines.get(call_rules.same_line(text)) if text else None
    if found is None and text and not plan.line:
        raise InputError("No line has the number or the name “%(text)s”.", text=text[:60])
    if found is None and not plan.line:
        raise InputError("It names no line.")
    return UUID(found or plan.line)


def remembered(plan: Plan, earlier: Plan) -> Plan:
    """Return a plan for a file of the same headings with what people chose for an earlier one."""
    return replace(
        plan,
        columns=earlier.columns,
        zone=earlier.zone,
        order=earlier.order,
        line=earlier.line,
        words=earlier.words,
    )


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    lines = list(io.StringIO(text, newline=""))
    end = 0
    while end < len(lines):
        cells, count = _first_row(lines[end : end + _MOST_LINES], delimiter)
        end += count
        yield end, cells


def _first_row(lines: Sequence[str], delimiter: str) -> tuple[list[str], int]:
    """Return the cells of the first row of some lines, and how many lines it has.

    A line with a quotation mark that is not closed is one cell, so that it takes no other row along.
    """
    try:
        strict = csv.reader(lines, delimiter=delimiter, strict=True)
        return next(strict), strict.line_num
    except csv.Error:
        alone = csv.reader([lines[0], ""], delimiter=delimiter)
    try:
        cells = next(alone)
    except csv.Error:
        return [lines[0].strip()], 1
    # An open quotation mark has the reader ask for the line behind.
    return (cells if alone.line_num == 1 else [lines[0].strip()]), 1


def _cell(cell: str) -> str:
    # What an export put before a cell, so that no spreadsheet took it for a formula, is no part of it.
    return (cell[1:] if cell.startswith(_GUARDED) else cell).strip()


def _shown(cell: str) -> str:
    return one_line(cell)[:MOST_HEADING]


def _is_moment(cell: str, order: str = ORDERS[0]) -> bool:
    try:
        read_moment(cell, zone=zone("UTC"), order=order)
    except InputError:
        return False
    return True
