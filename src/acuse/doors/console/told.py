"""What one fact says to the reader of its page, before its place in the ledger is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from acuse.mail.diagnostics import in_language


@dataclass(frozen=True, kw_only=True)
class Transport:
    """One item of the transport line."""

    icon: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one fact says, before its place in the ledger is known.

    Attributes:
        verbatim: the remote server's words and nothing else.
        own_words: Acuse's own reason, where the remote server said nothing; recorded in English.
    """

    title: str
    icon: str
    style: str = ""
    source: str = ""
    verbatim: str = ""
    remark: str = ""
    own_words: str = ""
    transport: tuple[Transport, ...] = ()

    @property
    def own_said(self) -> tuple[str, str]:
        """Acuse's own reason in the reader's language where it is known, and the language that it is in."""
        return in_language(self.own_words, get_language() or "en")


def foreign(value: object) -> str:
    """A foreign text of a fact, which is text, or base64 where its bytes are not UTF-8."""
    if isinstance(value, Mapping):
        return _("(bytes that are not text, in base64) %(bytes)s") % {"bytes": value.get("base64", "")}
    return "" if value is None else str(value)
