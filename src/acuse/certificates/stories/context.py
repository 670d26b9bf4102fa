"""What a story needs besides facts and the message: who certifies, under which code, with which proofs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from acuse.errors import InputError
from acuse.proof.facts.fact import Fact

Language = Literal["es", "en"]
Level = Literal["B-B", "B-T", "B-LTA"]


class LedgerFact(Protocol):
    """A fact with its place in the ledger, None while it has none."""

    @property
    def fact(self) -> Fact:
        """The fact."""

    @property
    def position(self) -> int | None:
        """Zero-based global position."""


@dataclass(frozen=True, kw_only=True)
class Party:
    """A person or company by name, with its tax id where known."""

    name: str
    tax_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The certification policy: its title and the address where it is published."""

    title: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Superseded:
    """The certificate that this one replaces.

    Attributes:
        code: its code.
        position: the last ledger position it speaks of.
        reason: what changed, one clause in the document's language.
    """

    code: str
    position: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class CheckpointShown:
    """The anchored checkpoint: its whole signed note, and its size and root (64 hex digits) as read from it."""

    note: str
    size: int
    root: str


@dataclass(frozen=True, kw_only=True)
class TimeStampShown:
    """One RFC 3161 token over the checkpoint: authority, time, accuracy in seconds, serial number (hex)."""

    authority: str
    time: datetime
    serial: str
    accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class SealShown:
    """The certificate of the electronic seal: subject, issuer, serial number (hex), end of validity."""

    subject: Party
    issuer: str
    serial: str
    valid_until: datetime


@dataclass(frozen=True, kw_only=True)
class EmbeddedFile:
    """A file embedded in the document, as sections 6 and 7 list it.

    Attributes:
        name: its embedded name.
        role: `message`, `sent-copy`, `smtp-dialogue`, `dsn`, `proof`, `statement`, `checkpoint`, `token`.
        sha256: 64 hex digits.
        size: bytes.
        number: subject sequence of the fact that cites it, None for our own files.
    """

    name: str
    role: str
    sha256: str
    size: int
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class Context:
    """Everything a document says that is neither fact nor message.

    Attributes:
        language: of the document.
        zone: IANA name of the time zone of its local times.
        organisation: who sent the communication.
        certifier: who certifies.
        third_party: the operator states that the certifier is none of the parties.
        policy: certification policy, if published.
        code: `XXXX-XXXX-XXXX-XXXX`.
        revision: 1, 2, ...
        supersedes: the certificate replaced, if any.
        verification_address: printed, without scheme, such as `acuse.example.org/v`.
        verification_url: in the QR, with the code.
        level: PAdES level of the seal.
        lowered: a higher one was wanted, and what it needs could not be had.
        issued_at: when the document was asked for (the request fact's time), aware.
        checkpoint: None for a document issued before publication (a receipt at B-B).
        time_stamps: tokens over that checkpoint.
        seal: the seal's certificate.
        files: embedded files, in the order embedded.
        development: sealed or stamped by a development authority.
        elsewhere: files too big to embed, which travel in the `.zip` bundle: the message, or what was sent.
    """

    language: Language
    zone: str
    organisation: Party
    certifier: Party
    third_party: bool = True
    policy: Policy | None = None
    code: str
    revision: int = 1
    supersedes: Superseded | None = None
    verification_address: str
    verification_url: str
    level: Level
    lowered: bool = False
    issued_at: datetime
    checkpoint: CheckpointShown | None = None
    time_stamps: tuple[TimeStampShown, ...] = ()
    seal: SealShown
    files: tuple[EmbeddedFile, ...] = ()
    development: bool = False
    elsewhere: tuple[EmbeddedFile, ...] = ()

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None:
            raise InputError("The time of issue needs a time zone.")
