"""Values of accounts that other packages hold. Pure."""

from dataclasses import dataclass
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
