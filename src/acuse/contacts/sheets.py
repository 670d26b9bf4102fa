"""Files of rows that people hand in from a spreadsheet or a telephone exchange, as text."""

import codecs
import re

from acuse.errors import InputError

# Not those that text has (tab, line ends, form feed), the end of file that DOS wrote, nor NUL, which exports leave in.
_NO_TEXT = re.compile("[\x01-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")


def sheet_text(raw: bytes) -> str:
    """Return a file as text: UTF-8, UTF-16 with its mark, else Windows-1252, as Excel writes them.

    Raises:
        InputError: it holds control characters, which no text does: a workbook, a picture, a file in ruins.
    """
    text = _decoded(raw)
    if _NO_TEXT.search(text):
        raise InputError("This is no CSV file: it holds signs that no text has. Export the sheet as CSV.")
    return text


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
