"""Cases and calls as programs read and enter them: the types from which OpenAPI is written."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from acuse.contacts.words import MOST
from acuse.doors.api.shapes import TIME, AskedTime, Moment, RecordedFact, Shape, asked_time
from acuse.errors import InputError
from acuse.helpdesk.call_rules import MOST_NUMBER, MOST_REFERENCE
from acuse.helpdesk.form_guard import MOST_FILE_NAME, MOST_FILES, MOST_NAME, MOST_PRODUCT, MOST_SUBJECT, MOST_TEXT
from acuse.helpdesk.queries.tickets import FIRST
from acuse.helpdesk.rules import check_address
from acuse.proof.facts.phone import LONGEST

Type = Literal["inquiry", "claim", "suggestion", "request", "complaint", "thanks", "incident"]
Priority = Literal["low", "medium", "high"]
CaseStatus = Literal["new", "open", "pending_customer", "pending_conformity", "resolved", "closed_without", "reopened"]
Channel = Literal["email", "form", "phone", "api"]
Language = Literal["es", "en"]
Verdict = Literal["running", "met", "missed", "paused", "withdrawn"]
Result = Literal["answered", "lost", "abandoned"]

#: One sign at least that is no blank, as Python tells blanks.
_SAYS = r"[^\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$"
_MOST_BASE64 = 34_000_000
_THIS_CENTURY = TIME.replace("(19|20)", "20")


def _address(value: str) -> str:
    try:
        return check_address(value)
    except InputError as error:
        raise ValueError(str(error).rstrip(".")) from error


def _started(value: object) -> datetime:
    found = asked_time(value)
    if found.year < 2000:
        raise ValueError("calls begin after the year 2000")
    return found


Subject = Annotated[str, Field(min_length=1, max_length=MOST_SUBJECT, pattern=_SAYS, description="In a few words")]
Text = Annotated[
    str, Field(min_length=1, max_length=MOST_TEXT, pattern=_SAYS, description="What the customer said, as plain text")
]
Address = Annotated[
    str,
    Field(
        min_length=3,
        max_length=254,
        json_schema_extra={"format": "email"},
        description="To which answers go; this or `number`",
    ),
    AfterValidator(_address),
]
Number = Annotated[
    str, Field(pattern=r"^\+[1-9][0-9]{5,14}$", description="Telephone, as E.164 writes it; this or `address`")
]
Reference = Annotated[
    str,
    Field(
        pattern=rf"^[!-~]{{1,{MOST_REFERENCE}}}$",
        description="What the program calls it: sent again with the same reference, it is what is there",
    ),
]
Started = Annotated[
    datetime,
    BeforeValidator(_started),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": _THIS_CENTURY,
            "description": "When it began to ring",
            "examples": ["2026-11-20T09:30:00Z"],
        }
    ),
]
Seconds = Annotated[int, Field(ge=0, le=LONGEST, strict=True)]


class Entry(BaseModel):
    """What a program enters; members that are not known are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NewFile(Entry):
    """A file that comes with it."""

    name: Annotated[str, Field(min_length=1, max_length=MOST_FILE_NAME)]
    media_type: Annotated[str, Field(max_length=127, description="As the program knows it")] = (
        "application/octet-stream"
    )
    content: Annotated[
        str,
        Field(
            min_length=4,
            max_length=_MOST_BASE64,
            pattern=_BASE64,
            description="Its octets (RFC 4648 section 4, without line breaks)",
            json_schema_extra={"contentEncoding": "base64"},
        ),
    ]


Files = Annotated[
    list[NewFile],
    Field(
        max_length=MOST_FILES,
        description="Files, each with `name`, `media_type` and its `content` in base64; 25 MB together at most",
        default_factory=list,
    ),
]


class NewCase(Entry):
    """A case to be opened. With an address its customer gets a receipt."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in ("address", "number")]
        }
    )

    address: Address | None = None
    number: Number | None = None
    name: Annotated[str | None, Field(max_length=MOST_NAME, description="Of the customer")] = None
    language: Annotated[
        Language | None,
        Field(description="Of the customer; else that on their card, that of the text or the organisation's"),
    ] = None
    type: Annotated[Type | None, Field(description="Unless a rule of the organisation takes it for another")] = None
    subject: Subject
    text: Text
    product: Annotated[str | None, Field(max_length=MOST_PRODUCT, description="What it is about")] = None
    purchase_date: Annotated[date | None, Field(strict=True, description="Not after today")] = None
    reference: Reference | None = None
    attachments: Files

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.address is None and self.number is None:
            raise ValueError("say how the customer can be reached: `address` or `number`")
        return self


class NewMessage(Entry):
    """What the customer said besides."""

    text: Text
    reference: Reference | None = None
    attachments: Files


class NewCall(Entry):
    """A call that came in on a line."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"result": {"const": "answered"}}},
                {"properties": {"talked": {"anyOf": [{"const": 0}, {"type": "null"}]}}},
            ]
        }
    )

    line: Annotated[str, Field(min_length=1, max_length=120, description="Name or number of the line")]
    started_at: Started
    result: Annotated[Result, Field(description="`lost`: nobody took it; `abandoned`: the caller gave up waiting")]
    waited: Annotated[Seconds | None, Field(description="Seconds until it was taken or ended")] = None
    talked: Annotated[Seconds | None, Field(description="Seconds")] = None
    number: Annotated[str | None, Field(max_length=MOST_NUMBER, description="Of the caller")] = None
    reference: Reference

    @model_validator(mode="after")
    def _plausible(self) -> Self:
        if self.talked and self.result != "answered":
            raise ValueError("nobody answered, so nobody can have talked")
        return self


class Customer(Shape):
    """Whose case it is."""

    id: UUID
    name: str
    address: Annotated[str | None, Field(description="To which answers go")]


class CaseSummary(Shape):
    """A case as lists show it."""

    id: UUID
    number: int
    key: Annotated[str, Field(description="By which the customer follows it", examples=["RIB-0431-7QK2MA"])]
    status: CaseStatus
    type: Type
    priority: Priority
    channel: Channel
    subject: str
    customer: Customer
    assignee: Annotated[UUID | None, Field(description="The member who is responsible")]
    tags: list[str]
    escalated: bool
    opened_at: Moment
    updated_at: Annotated[Moment, Field(description="When something was said in it last")]
    closed_at: Moment | None
    waits_since: Annotated[Moment | None, Field(description="Since when the customer waits for an answer")]
    due_at: Annotated[Moment | None, Field(description="When the next of its deadlines ends")]
    url: Annotated[str, Field(description="Of all that is known of it")]


class CaseList(Shape):
    """A page of cases, the one in which something was said last first."""

    items: list[CaseSummary]
    next: Annotated[str | None, Field(description="Address of the next page, with the same filters; null on the last")]


class Length(Shape):
    """How long a term is."""

    amount: int
    unit: Literal["natural_hours", "natural_days", "business_hours", "business_days"]


class CaseDeadline(Shape):
    """A deadline, judged now from the facts and the calendar that they cite."""

    id: UUID
    purpose: Literal["first_response", "resolution", "completion", "closing"]
    name: Annotated[str, Field(description="Of the term in the organisation's policy")]
    term: Length
    verdict: Verdict
    started_at: Moment
    due_at: Annotated[Moment | None, Field(description="null while it stands still")]
    ended_at: Moment | None
    pause_reason: Annotated[str | None, Field(description="Why it stands still")]


class Attached(Shape):
    """A file that came with it."""

    name: str
    media_type: str
    size: Annotated[int, Field(description="Bytes")]


class Said(Shape):
    """Something that was said. What members note among themselves is not told here."""

    id: UUID
    kind: Literal["message", "reply", "call"]
    channel: str
    at: Moment
    author: Annotated[str, Field(description="Of a message; empty for an answer")]
    text: str
    attachments: list[Attached]
    communication: Annotated[UUID | None, Field(description="Of an answer: what became of it is told there")]
    certified: bool


class Case(CaseSummary):
    """All that a program may know of a case."""

    reference: Annotated[str | None, Field(description="Of the program that opened it")]
    language: Language
    product: str | None
    purchase_date: date | None
    first_response_at: Moment | None
    resolved_at: Moment | None
    deadlines: list[CaseDeadline]
    said: Annotated[list[Said], Field(description="In order, without what members noted")]


class CaseFacts(Shape):
    """The facts of a case, in order. The whole answer is in RFC 8785 form, and so is each fact in it."""

    case: UUID
    facts: list[RecordedFact]


class Added(Shape):
    """What was entered, or was there under the same reference."""

    id: UUID


class CaseParameters(BaseModel):
    """What a list is narrowed to; all of them together, where several are given."""

    status: Annotated[CaseStatus | None, Field(description="Exactly this status")] = None
    type: Type | None = None
    priority: Priority | None = None
    channel: Annotated[Channel | None, Field(description="By which it was opened")] = None
    assignee: Annotated[UUID | None, Field(description="The member who is responsible")] = None
    q: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description="Words, each of them in subject, text, address, key or product, or in the customer's name, "
            f"company, tax number or addresses; where more than {MOST:,} have one, cases beyond the first "
            f"{FIRST[-1]:,} may be missing",
        ),
    ] = None
    opened_from: Annotated[AskedTime | None, Field(description="Opened at this time or later")] = None
    opened_to: Annotated[AskedTime | None, Field(description="Opened before this time")] = None
    updated_from: Annotated[AskedTime | None, Field(description="Something was said in it after this time")] = None
    limit: Annotated[int, Field(ge=1, le=200, description="Cases on a page")] = 50
    cursor: Annotated[str | None, Field(min_length=1, max_length=200, description="From `next`; opaque")] = None
