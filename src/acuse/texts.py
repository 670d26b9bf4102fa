"""Text from outside as it can be kept."""


def storable(text: str) -> str:
    """Return foreign text as PostgreSQL's text (no NUL) and UTF-8 (no lone surrogates) can hold it.

    It is as long as it was: U+FFFD stands for each NUL, and ? for each surrogate. What was kept as bytes keeps both.
    """
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
