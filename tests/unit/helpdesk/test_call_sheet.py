"""Files of telephone exchanges: recognised, and read row by row."""

import csv
import io
import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acuse.errors import InputError
from acuse.helpdesk.call_rules import read_number, same_line
from acuse.helpdesk.call_sheet import Plan, Row, check_plan, guess_order, read_rows, read_table, result_words
from acuse.helpdesk.call_times import read_moment, read_seconds
from acuse.helpdesk.call_words import FIELDS, guess_columns
from acuse.proof.facts.phone import LONGEST, RESULTS

LINE = "018f0000-0000-7000-8000-000000000001"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")
ASTERISK = (
    '"","600112233","910000100","from-trunk","""Ana"" <600112233>","SIP/t-1","SIP/201-2","Dial","SIP/201,30",'
    '"2026-11-20 10:15:02","2026-11-20 10:15:20","2026-11-20 10:18:20",198,180,"ANSWERED","DOCUMENTATION",'
    '"1795169702.17",""\n'
    '"","anonymous","910000100","from-trunk","","SIP/t-3","","Dial","SIP/201,30","2026-11-20 10:20:00","",'
    '"2026-11-20 10:20:31",31,0,"NO ANSWER","DOCUMENTATION","1795170000.19",""\n'
)


def read_all(raw: bytes, **changes: object) -> list[Row]:
    """Every row, by what the file seems to say."""
    table = read_table(raw)
    columns = guess_columns(table.headings)
    plan = Plan(
        columns=columns,
        words=result_words(table, columns),
        order=guess_order(table, columns),
        line=LINE,
        **changes,  # type: ignore[arg-type]
    )
    return list(read_rows(table, check_plan(plan), now=NOW))


def test_asterisks_own_file_is_read_without_headings() -> None:
    answered, lost = read_all(ASTERISK.encode())
    assert answered.call is not None
    assert answered.call.started_at == datetime(2026, 11, 20, 9, 15, 2, tzinfo=UTC)
    assert (answered.call.result, answered.call.waited, answered.call.talked) == ("answered", 18, 180)
    assert (answered.call.number, answered.call.reference) == ("+34600112233", "1795169702.17")
    assert lost.call is not None
    assert (lost.call.result, lost.call.waited, lost.call.talked, lost.call.number) == ("lost", 31, None, "")


def test_a_spreadsheet_in_latin_1_with_semicolons_is_read() -> None:
    heads = "Fecha;Hora;Línea;Número;Resultado;Espera;Conversación\n"
    sheet = f"{heads}21/11/2026;9:05;910 000 100;600112233;Atendida;0:12;3:05\n"
    (row,) = read_all(sheet.encode("latin-1"), lines={same_line("910000100"): LINE})
    assert row.call is not None
    assert row.call.started_at == datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
    assert (row.call.waited, row.call.talked) == (12, 185)


def test_months_first_are_recognised_by_a_day_beyond_twelve() -> None:
    (row,) = read_all(b"date,result\n11/21/2026 02:05:00 PM,answered\n")
    assert row.call is not None
    assert row.call.started_at == datetime(2026, 11, 21, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["20/11/2026 10:00", "21/11/2026 10:00", "32/13/2026 10:00", "22/11/2026 10:00"], "dmy"),
        (["32/13/2026 10:00", "05/06/2026 10:00"], "dmy"),
        (["11/20/2026 10:00", "11/21/2026 10:00", "32/13/2026 10:00", "20/11/2026 10:00"], "mdy"),
        (["11/20/2026", "", "05/06/2026"], "mdy"),
        (["05/06/2026 10:00", "06/05/2026 10:00"], "dmy"),
        (["2026-11-20 10:00"], "dmy"),
    ],
)
def test_the_order_of_a_day_is_the_one_in_which_most_days_exist(days: list[str], order: str) -> None:
    table = read_table("\n".join(["date,result", *(f"{day},answered" for day in days)]).encode())
    assert guess_order(table, ("started", "result")) == order


def test_wrong_rows_say_why_and_the_others_are_read() -> None:
    rows = read_all(
        b"date,result,talked\n2026-11-20 10:00,answered,1:00\n2026-13-01 10:00,answered,5\n2027-01-01 10:00,lost,\n"
        b"2026-11-20 10:00,answered,soon\n"
    )
    assert [row.state for row in rows] == ["read", "wrong", "wrong", "wrong"]
    assert [row.line for row in rows] == [2, 3, 4, 5]
    assert all(row.error is not None for row in rows[1:])


def test_a_row_that_is_wrong_tells_nothing_of_the_others_of_its_reference() -> None:
    rows = read_all(
        b"date,result,talked,reference\n31/02/2026 10:00,answered,5,z1\n20/11/2026 10:00,lost,,z1\n"
        b"20/11/2026 10:05,answered,soon,z2\n20/11/2026 10:05,answered,,z2\n20/11/2026 10:05,answered,5,z2\n"
        b"31/02/2026 10:00,lost,,z3\n31/02/2026 10:00,lost,,z3\n"
    )
    assert [row.state for row in rows] == ["wrong", "read", "wrong", "read", "again", "wrong", "wrong"]


def test_a_word_that_is_left_out_takes_its_rows_along() -> None:
    rows = read_all(b"date,result\n2026-11-20 10:00,answered\n2026-11-20 10:01,outbound\n")
    assert [row.state for row in rows] == ["read", "out"]


@pytest.mark.parametrize("broken", ['"rota', '2026-11-20 10:05,answered,"rota', '"2026-11-20 10:05,answered,5'])
@pytest.mark.parametrize("behind", ["2026-11-20 10:10,lost,5", '"2026-11-20 10:10","lost","5"'])
def test_a_quotation_mark_that_is_not_closed_spoils_its_own_row_alone(broken: str, behind: str) -> None:
    rows = read_all(f"date,result,talked\n2026-11-20 10:00,answered,5\n{broken}\n{behind}\n".encode())
    states = [(row.line, row.state) for row in rows]
    assert states == [(2, "read"), (3, "wrong"), (4, "read")]
    assert rows[1].cells == (broken,)
    assert "quotation mark" in str(rows[1].error)


def test_a_quotation_mark_is_missing_in_the_last_line() -> None:
    rows = read_all(b'date,result,talked\n2026-11-20 10:00,answered,5\n2026-11-20 10:05,answered,"5\n')
    assert [row.state for row in rows] == ["read", "wrong"]


def test_a_cell_of_several_lines_is_one_cell() -> None:
    (row,) = read_all(b'date,result,notes\n2026-11-20 10:00,answered,"One.\n\nTwo, ""three"""\n')
    assert (row.line, row.state) == (4, "read")
    assert row.cells[2] == 'One.\n\nTwo, "three"'


@pytest.mark.parametrize("written", ["22/11/2026 25:05:00", "2026-13-01 10:00", "20261122250500"])
def test_a_day_or_an_hour_that_there_is_not_is_named_as_it_is_written(written: str) -> None:
    with pytest.raises(InputError) as refused:
        read_moment(written, zone=MADRID)
    assert f"“{written}”" in str(refused.value)


@pytest.mark.parametrize("durations", ["10,60,", "10,,60"])
def test_nobody_talks_or_waits_for_longer_than_the_whole_call(durations: str) -> None:
    (row,) = read_all(f"date,result,duration,talked,waited\n2026-11-20 10:00,answered,{durations}\n".encode())
    assert row.state == "wrong"
    assert "took 10 seconds" in str(row.error)


def test_an_hour_that_is_shown_twice_counts_the_first_time_and_is_said() -> None:
    twice = read_moment("2026-10-25 02:30:00", zone=MADRID)
    assert twice.twice
    assert twice.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert not read_moment("2026-10-25T02:30:00+01:00", zone=MADRID).twice


def test_an_hour_that_never_was_is_refused() -> None:
    with pytest.raises(InputError, match="went forward"):
        read_moment("2026-03-29 02:30:00", zone=MADRID)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("125", 125),
        ("125.7", 125),
        ("2:05", 125),
        ("75:10", 4510),
        ("00:02:05", 125),
        ("24:00:00", LONGEST),
    ],
)
def test_durations(text: str, seconds: int | None) -> None:
    assert read_seconds(text) == seconds


@pytest.mark.parametrize("text", ["-1", "2:5", "1:60", "1:60:00", "24:00:01", "999999", "mañana", "1:2:3:4"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_seconds(text)


def test_numbers_are_kept_as_they_are_compared() -> None:
    assert read_number('"Ana" <600 11 22 33>') == "+34600112233"
    assert read_number("anonymous") == ""
    assert read_number("201") == "201"
    with pytest.raises(InputError):
        read_number("9" * 40)


def test_two_columns_cannot_say_the_same() -> None:
    with pytest.raises(InputError, match="the same"):
        check_plan(Plan(columns=("started", "started", "result"), line=LINE))


@pytest.mark.parametrize(
    "raw", [b"PK\x03\x04\x14\x00line;hour", b"line;hour\n\x01", random.Random(1).randbytes(200_000)]
)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(InputError, match="no CSV file"):
        read_table(raw)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acuse.helpdesk.call_sheet.MOST_ROWS", 2)
    with pytest.raises(InputError, match="more than 2 rows"):
        read_all(b"date,result\n" + b"2026-11-20 10:00,answered\n" * 3)


CELLS = st.text(max_size=30) | st.sampled_from(
    ["2026-11-20 10:00", "20/11/2026 10:00", "1795169702", "ANSWERED", "NO ANSWER", "12", "1:02", "=1+1", "fecha", "\0"]
)


@given(
    rows=st.lists(st.lists(CELLS, max_size=12), max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
    columns=st.permutations([*FIELDS, ""]),
)
def test_any_sheet_is_read_or_refused(rows: list[list[str]], delimiter: str, encoding: str, columns: list[str]) -> None:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows(rows)
    _judge(made.getvalue().encode(encoding, "replace"), columns)


@given(raw=st.binary(max_size=400), columns=st.permutations([*FIELDS, ""]))
def test_any_octets_are_read_or_refused(raw: bytes, columns: list[str]) -> None:
    _judge(raw, columns)


def _judge(raw: bytes, columns: list[str]) -> None:
    """Whatever a file is: a sentence for people, or rows of which each is a call that fits, or says why not."""
    try:
        table = read_table(raw)
        guess_columns(table.headings)
        chosen = tuple(columns)
        plan = check_plan(Plan(columns=chosen, line=LINE, words=result_words(table, chosen)))
        rows = list(read_rows(table, plan, now=NOW))
    except InputError:
        return
    for row in rows:
        assert (row.call is not None) == (row.state == "read")
        assert (row.error is not None) == (row.state == "wrong")
        if row.call is not None:
            assert row.call.result in RESULTS
            assert row.call.started_at.tzinfo is not None
            assert all(seconds is None or 0 <= seconds <= LONGEST for seconds in (row.call.waited, row.call.talked))
            assert len(row.call.number) <= 32
            assert "\0" not in row.call.outcome + row.call.reference
