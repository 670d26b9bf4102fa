"""What the API answers with, and what it may be asked: the types from which OpenAPI is written."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from acuse.accounts.rules import SCOPES
from acuse.clock import to_rfc3339
from acuse.proof.facts.communication import FAILURE_CLASSES
from acuse.proof.verdicts.delivery import LIMITS, OUTCOMES

#: RFC 3339, of the centuries that a database and this product can meet.
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
TIME = rf"^(19|20)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}:[0-5][0-9](\.[0-9]{{1,6}})?(Z|[+-]{_CLOCK})$"


def asked_time(value: object) -> datetime:
    """Read a time that was asked for, or told of; pydantic alone would take numbers and times without a zone too."""
    try:
        if not isinstance(value, str) or not re.match(TIME, value, re.ASCII):
            raise ValueError
        # PostgreSQL knows no offsets of 16 hours and more.
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError as error:
        raise ValueError("write a time as RFC 3339 does, with its zone: 2026-11-21T09:00:00Z") from error


def _asked_failure(value: str) -> str:
    if value not in FAILURE_CLASSES:
        raise ValueError(f"choose one of {', '.join(FAILURE_CLASSES)}")
    return value


Moment = Annotated[
    datetime,
    PlainSerializer(to_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-21T09:00:00.000000Z"]}),
]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 in lower-case hex")]
Code = Annotated[str, Field(description="Verification code of a document", examples=["7KQM-4T2H-9XWD-3PFA"])]
Revision = Annotated[int, Field(ge=1, le=1_000_000)]
Grade = Annotated[int, Field(ge=0, le=6, description="How far delivery got: 0 (accepted by Acuse) to 6")]
Status = Literal["in_progress", "concluded", "failed"]
Outcome = Annotated[str, Field(json_schema_extra={"enum": sorted(OUTCOMES)})]
FailureClass = Annotated[str, Field(json_schema_extra={"enum": sorted(FAILURE_CLASSES)})]
DocumentKind = Literal["certificate", "receipt"]
KnownKind = Literal["certificate", "deadline", "receipt", "record", "record-notes"]


class Shape(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(frozen=True)


class Meaning(Shape):
    """A stable key and what it means, in English."""

    key: Annotated[str, Field(json_schema_extra={"enum": sorted(LIMITS)})]
    meaning: str


class CommunicationSummary(Shape):
    """A communication as lists show it: one message to one recipient."""

    id: UUID
    created_at: Annotated[Moment, Field(description="When Acuse accepted it")]
    updated_at: Annotated[Moment, Field(description="When its newest fact was recorded")]
    sender: str
    recipient: str
    subject: str
    status: Status
    final: Annotated[bool, Field(description="Nothing more is tried by itself; later evidence may still arrive")]
    outcome: Outcome
    outcome_meaning: str
    grade: Grade
    grade_meaning: str
    certified: Annotated[bool, Field(description="false: a rule of the organisation had it relayed plainly")]
    failure_class: Annotated[FailureClass | None, Field(description="Why it failed, or what the last try met")]
    failure_meaning: str | None
    attempts: int
    next_attempt_at: Moment | None
    url: Annotated[str, Field(description="Of all that is known of it")]


class CommunicationList(Shape):
    """A page of communications, the newest first."""

    items: list[CommunicationSummary]
    next: Annotated[str | None, Field(description="Address of the next page, with the same filters; null on the last")]


class Message(Shape):
    """The message as it was submitted."""

    sha256: Sha256
    size: Annotated[int, Field(description="Bytes")]
    envelope_sender: str
    credential: Annotated[str, Field(description="Name of the SMTP credential that submitted it")]
    submission: Annotated[UUID, Field(description="The same for all recipients of one submission")]


class Attempt(Shape):
    """One try to deliver."""

    number: int
    opened_at: Moment
    closed_at: Moment | None
    result: Annotated[str | None, Field(description="relayed, deferred, refused or unknown; null while under way")]
    failure_class: FailureClass | None
    host: Annotated[str | None, Field(description="The mail server")]
    address: Annotated[str | None, Field(description="Its IP address and port")]
    transcript_sha256: Annotated[Sha256 | None, Field(description="Of the kept SMTP dialogue")]


class Document(Shape):
    """A sealed document about the communication, or the request for it."""

    code: Code
    kind: DocumentKind
    state: Literal["requested", "issued"]
    revision: Revision
    requested_at: Moment
    due_at: Moment
    issued_at: Moment | None
    level: Annotated[str | None, Field(description="Level of the seal: B-B, B-T or B-LTA")]
    facts_up_to: Annotated[int | None, Field(description="Ledger position of the last fact inside")]
    supersedes: Annotated[Code | None, Field(description="Code of the revision before")]
    superseded_by: Annotated[Code | None, Field(description="Code of the revision that replaced it")]
    url: str
    proof_url: str
    public_url: Annotated[str, Field(description="Where anybody checks the code")]


class Links(Shape):
    """What else can be read of a communication."""

    facts: str
    content: str
    certificate: str
    proof: str


class Communication(CommunicationSummary):
    """All that is known of a communication."""

    limits: Annotated[list[Meaning], Field(description="What the outcome does NOT prove")]
    language: Annotated[Literal["es", "en"], Field(description="Of its documents")]
    message: Message
    tries: list[Attempt]
    documents: Annotated[list[Document], Field(description="Certificates, then receipts, the newest revision first")]
    links: Links


class RecordedFact(Shape):
    """A fact and where the ledger has it."""

    position: Annotated[int | None, Field(description="In the ledger, from 0; null while pending")]
    state: Annotated[
        Literal["pending", "published", "anchored"],
        Field(description="published: a signed checkpoint covers it; anchored: a time stamp covers that"),
    ]
    entry: Annotated[Sha256, Field(description="SHA-256 of the RFC 8785 form of `fact`: what the ledger holds")]
    fact: Annotated[dict[str, Any], Field(description="The fact itself, as docs/facts.md describes it")]


class Facts(Shape):
    """The facts of a communication, in order. The whole answer is in RFC 8785 form, and so is each fact in it."""

    communication: UUID
    facts: list[RecordedFact]


class Issued(Shape):
    """What this installation knows of a document of its own."""

    code: Code
    kind: KnownKind
    revision: Revision
    issued_at: Moment
    level: str
    organisation: Annotated[str, Field(description="Who had it certified")]
    outcome: Outcome | None
    grade: Grade | None
    superseded_by: Code | None


class Certified(Shape):
    """What this installation knows of a message that it certified."""

    organisation: str
    submitted_at: Moment
    recipients: int


class Verification(Shape):
    """What a file proves."""

    sha256: Sha256
    size: int
    title: Annotated[str, Field(description="The answer in a sentence, as the public page words it")]
    text: str
    report: Annotated[dict[str, Any], Field(description="As `acuse verify --json` writes it: state, steps, verdict …")]
    issued: Annotated[Issued | None, Field(description="null unless this installation issued exactly these bytes")]
    certified: Annotated[Certified | None, Field(description="null unless the file is a message certified here")]


class ParameterError(Shape):
    """One parameter that cannot be used."""

    parameter: str
    detail: str


class PendingDocument(Shape):
    """How far a document is that does not exist yet."""

    state: Literal["none", "requested"]
    requested_at: Moment | None = None
    due_at: Moment | None = None


class ProblemDetails(BaseModel):
    """Why there is no answer (RFC 9457)."""

    model_config = ConfigDict(title="Problem")

    type: Annotated[str, Field(json_schema_extra={"format": "uri"}, description="Leads to its description")]
    title: str
    status: int
    detail: str
    instance: Annotated[str, Field(description="Of this occurrence; stands in the log")]
    errors: list[ParameterError] | None = None
    scope: Annotated[str | None, Field(description="That is missing", json_schema_extra={"enum": [*SCOPES]})] = None
    document: PendingDocument | None = None


AskedTime = Annotated[
    datetime,
    BeforeValidator(asked_time),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": TIME, "examples": ["2026-11-01T00:00:00Z"]}),
]


class ListParameters(BaseModel):
    """What a list is narrowed to; all of them together, where several are given."""

    status: Annotated[Status | None, Field(description="Whether work remains")] = None
    grade: Annotated[int | None, Field(ge=0, le=6, description="Exactly this grade")] = None
    failure_class: Annotated[
        Annotated[FailureClass, AfterValidator(_asked_failure)] | None, Field(description="Why it failed or waits")
    ] = None
    recipient: Annotated[str | None, Field(min_length=3, max_length=320, description="Exactly this address")] = None
    sender: Annotated[str | None, Field(min_length=3, max_length=320, description="Exactly this address")] = None
    q: Annotated[
        str | None,
        Field(min_length=1, max_length=200, description="Words of recipient, sender or subject, by their beginnings"),
    ] = None
    created_from: Annotated[AskedTime | None, Field(description="Accepted at this time or later")] = None
    created_to: Annotated[AskedTime | None, Field(description="Accepted before this time")] = None
    limit: Annotated[int, Field(ge=1, le=200, description="Communications on a page")] = 50
    cursor: Annotated[str | None, Field(min_length=1, max_length=200, description="From `next`; opaque")] = None


class DocumentParameters(BaseModel):
    """Which document of a communication."""

    kind: Annotated[DocumentKind, Field(description="The certificate, or the receipt of acceptance")] = "certificate"
    revision: Annotated[Revision | None, Field(description="The newest that is issued, where none is given")] = None
