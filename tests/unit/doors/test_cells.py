"""Cells of exported files that a spreadsheet could take for formulas."""

import pytest

from acuse.doors.ui.cells import safe


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2", "'-2"),
        ("  =1", "'  =1"),
        ("\u00a0\ufeff=1", "'\u00a0\ufeff=1"),
        ("＝1", "'＝1"),
        ('"=1"', '\'"=1"'),
        ("\tTexto", "'\tTexto"),
        ("\r=1", "'\r'=1"),
        ("Hola;=HYPERLINK(A1)", "Hola;'=HYPERLINK(A1)"),
        ("Hola; +1", "Hola;' +1"),
        ("Hola\n=1", "Hola\n'=1"),
        ("Hola\t@x", "Hola\t'@x"),
        ("Hola|=cmd", "Hola|'=cmd"),
        ("Presupuesto 3 = 4", "Presupuesto 3 = 4"),
        ("ana@correo.example", "ana@correo.example"),
        ("Casa-taller; de acuerdo", "Casa-taller; de acuerdo"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula_by_any_separator(value: str, cell: str) -> None:
    assert safe(value) == cell
