"""Cells of the CSV files that pages hand out."""

import re

#: Where a cell begins for a program that parts lines by other signs than ours, and a formula may stand there, perhaps
#: behind what it passes over. Full-width signs are read as the narrow ones.
_FORMULA = re.compile(r"""(^|[;,|\t\r\n])(?=[\s"'\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20])""")


class Echo:
    """A file that hands back what is written to it, so that an export streams."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def safe(value: str) -> str:
    """A cell in which no spreadsheet finds a formula, whichever separators it reads the file by."""
    guarded = _FORMULA.sub(r"\1'", value)
    return f"'{guarded}" if guarded[:1] in {"\t", "\r", "\n"} else guarded
