"""Cells of the CSV files that pages hand out."""


class Echo:
    """A file that hands back what is written to it, so that an export streams."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def safe(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
