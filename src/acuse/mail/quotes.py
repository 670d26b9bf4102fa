"""What somebody wrote now, apart from what they quote of before. No program marks it for certain."""

import re

#: "El lun, 16 nov 2026 a las 16:20, Ana (<ana@...>) escribió:", "On Mon, ... wrote:"; mail programs break it in two.
_INTRODUCED = re.compile(
    r"^(?:El|Em|Le|On|Am|Il)\b[^\n]{0,300}(?:\n(?!>)[^\n]{0,200})?"
    r"(?:escribi[oó]|wrote|a écrit|schrieb|ha scritto|escreveu)[ \t]{0,9}:?[ \t]{0,9}$",
    re.MULTILINE,
)
_SEPARATED = re.compile(
    r"^[ \t]{0,9}[-_]{2,40}[ \t]{0,9}(?:Mensaje original|Original Message|Mensaje reenviado|Forwarded message)"
    r"[ \t]{0,9}[-_]{2,40}[ \t]{0,9}$",
    re.MULTILINE | re.IGNORECASE,
)
#: The block of fields that Outlook puts over what it quotes.
_FIELDS = re.compile(
    r"^\*?(?:De|From):\*?[^\n]{1,300}\n\*?(?:Enviado(?: el)?|Fecha|Sent|Date):\*?[^\n]{1,200}\n", re.MULTILINE
)
_LOOKED_THROUGH = 20_000


def parted(text: str) -> tuple[str, str]:
    """Return what is new in a message, and what it quotes after it; "" where it quotes nothing, or nothing but that.

    Args:
        text: plain text of the body, LF.
    """
    looked = text[:_LOOKED_THROUGH]
    found = [match.start() for pattern in (_INTRODUCED, _SEPARATED, _FIELDS) if (match := pattern.search(looked))]
    at = min(found, default=_trailing_quote(looked))
    new = text[:at].rstrip()
    return (new, text[at:].strip()) if new.strip() else (text, "")


def _trailing_quote(text: str) -> int:
    """Return where the lines begin with which a text ends and that all begin with `>`; its length where none do."""
    at = len(text)
    for line in reversed(text.splitlines(keepends=True)):
        if line.strip() and not line.lstrip().startswith(">"):
            break
        at -= len(line)
    return at if ">" in text[at:] else len(text)
