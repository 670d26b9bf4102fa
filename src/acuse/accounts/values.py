"""Values of accounts that other packages hold. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class SmtpCredentialValue:
    """A credential that authenticated.

    Attributes:
        id: the credential.
        organisation: whose it is.
        name: what people call it; recorded in evidence.
    """

    id: UUID
    organisation: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """How a program's messages are handled where they say nothing: its own defaults, else its organisation's.

    Attributes:
        mode, access, language: as in `acuse.mail.choices`.
        retention_years: 0 for as long as the installation keeps everything.
        term: how long content waits for its recipient in notice mode.
        tracking, footer: whether the copy that is sent in content mode is tracked, and names its receipt.
    """

    mode: str
    access: str
    language: str
    retention_years: int
    term: timedelta
    tracking: bool = False
    footer: bool = False
