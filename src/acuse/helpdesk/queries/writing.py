"""Letters of a case written from templates: which there are, and what one says for this case."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.conf import settings

from acuse.accounts.queries import Access, active_members, organisation_view
from acuse.composition.bodies import addresses
from acuse.composition.queries import Composed, snippet_text, template_names, texts
from acuse.composition.uses import SNIPPET, use_called
from acuse.contacts.queries import names_of
from acuse.errors import InputError, OutsideCalendar
from acuse.helpdesk.models import Deadline, Interaction, Settings, Ticket
from acuse.helpdesk.policies import STARTED_BY_ITSELF
from acuse.helpdesk.queries.guarantee import completion_of
from acuse.helpdesk.queries.tickets import mine
from acuse.mail.tokens import AGREE, FOLLOW, decode_token, encode_token
from acuse.proof.business_time.term import Term
from acuse.proof.facts.ticket import TYPE_NAMES

#: Uses of templates that an answer can be written from -> what such an answer does; see `proof.facts.ticket.ACTS`.
ACTS: Mapping[str, str] = {
    "ticket.free": "",
    "ticket.data_request": "data_request",
    "ticket.solution": "solution",
    "ticket.rejection": "rejection",
    "ticket.suspension": "suspension",
    "ticket.thanks": "thanks",
    "ticket.closing_notice": "closing_notice",
    "conformity.request": "conformity",
    "warranty.activation": "activation",
    "warranty.rejection": "rejection",
    "warranty.documents": "data_request",
    "warranty.suspension": "suspension",
}
ASKING = "conformity.request"
#: Uses whose letters ask for agreement, and carry the link.
ASKS = frozenset({ASKING, "ticket.closing_notice"})
#: Stands in the link of a letter that asks, until it leaves: see `of_question`.
NOT_ASKED = UUID(int=0)
_AGREE_TOKEN = re.compile(r"(?<=/c/)[a-z2-7]{42}(?=/)")
#: What answers nothing that the customer said: see `acuse.proof.facts.ticket.ACTS`.
NO_ANSWERS = ("receipt", "data_request", "closing_notice")
_TYPES = {
    "es": {
        "inquiry": "Consulta",
        "claim": "Reclamo",
        "suggestion": "Sugerencia",
        "request": "Solicitud",
        "complaint": "Queja",
        "thanks": "Agradecimiento",
        "incident": "Incidencia",
    },
    "en": {name: name.title() for name in TYPE_NAMES},
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A template that an answer can be written from: its use, and the organisation's own, or None for the standard."""

    use: str
    template: UUID | None
    name: str


def choices(access: Access) -> tuple[Choice, ...]:
    """Return the templates for answers: the organisation's own, and the standard text where it has none of that use."""
    own = [
        Choice(use=one.use, template=one.id, name=one.name)
        for one in template_names(access)
        if one.use in ACTS and not one.archived
    ]
    used = {one.use for one in own}
    return (*own, *(Choice(use=use, template=None, name="") for use in ACTS if use not in used))


class CaseLetters:
    """Letters of one case. What they say and are written from is read once, however many are written.

    Args:
        access: of a member.
        ticket: which case.
        uses: of the letters; see `ACTS`.

    Raises:
        InputError: there is no such case.
    """

    def __init__(self, access: Access, *, ticket: UUID, uses: Iterable[str]) -> None:
        row = mine(access).filter(id=ticket).first()
        if row is None:
            raise InputError("There is no such case.")
        self._row = row
        self._known = {**_known(access, row), "answer.sent_at": answered_at(row)}
        self._texts = texts(access.organisation, uses)

    @property
    def language(self) -> str:
        """Of the case."""
        return self._row.language

    def write(
        self, *, use: str, template: UUID | None = None, language: str = "", answer: str = "", **values: object
    ) -> Composed:
        """Return a letter, as `write_answer`.

        Raises:
            InputError: there is no such template, or the letter cannot be written.
        """
        spoken = language or self.language
        known = {**self._known, "ticket.type": _TYPES[spoken][self._row.type]}
        if answer.strip():
            known["answer.text"] = answer
        if ACTS[use] == "data_request":
            known["deadline.term"], known["deadline.due"] = self._completion()
        known |= {name.replace("__", "."): value for name, value in values.items()}
        variables = use_called(use).variables
        wanted = {name: value for name, value in known.items() if name in variables}
        return self._texts.compose(use=use, language=spoken, values=wanted, template=template)

    def _completion(self) -> tuple[Term, datetime | None]:
        if isinstance(self._ends, OutsideCalendar):
            raise self._ends
        return self._ends

    @cached_property
    def _ends(self) -> tuple[Term, datetime | None] | OutsideCalendar:
        try:
            return completion_of(self._row)
        except OutsideCalendar as error:
            return error


def write_answer(
    access: Access,
    *,
    ticket: UUID,
    use: str,
    template: UUID | None = None,
    language: str = "",
    answer: str = "",
    **values: object,
) -> Composed:
    """Return a letter for a case, its marks still to be changed by whoever sends it.

    Args:
        access: of a member.
        ticket: which case.
        use: see `ACTS`. template: see `Choice`.
        language: of the letter; "" for the case's.
        answer: what was written already, with marks.
        values: further variables of the use, dots as double underscores.

    Raises:
        InputError: there is no such case or template.
    """
    if use not in ACTS:
        raise InputError("There is no such case.")
    letters = CaseLetters(access, ticket=ticket, uses=[use])
    return letters.write(use=use, template=template, language=language, answer=answer, **values)


def write_snippet(access: Access, *, ticket: UUID, snippet: UUID) -> str:
    """Return what a snippet says in a case, its marks still to be changed by whoever sends it.

    Raises:
        InputError: there is no such case or snippet, or it becomes too long.
    """
    row = mine(access).filter(id=ticket).first()
    if row is None:
        raise InputError("There is no such case.")
    values = {name: value for name, value in _known(access, row).items() if name in SNIPPET.variables}
    return snippet_text(access, snippet, values)


def _known(access: Access, ticket: Ticket) -> dict[str, object]:
    """Return what a letter of a member may say."""
    name = names_of(access, contacts=[ticket.contact_id]).get(ticket.contact_id, "")
    return {**values_of(ticket, name=name), "agent.name": active_members(access).get(access.member)}


def answered_at(ticket: Ticket) -> datetime | None:
    """Return when the customer was last sent an answer; None while there is none."""
    sent = ticket.interactions.filter(kind=Interaction.Kind.REPLY).exclude(act__in=NO_ANSWERS)
    return sent.order_by("-sequence").values_list("occurred_at", flat=True).first()


def values_of(ticket: Ticket, *, name: str) -> dict[str, object]:
    """Return the variables that every letter of a case may say."""
    ending: dict[str, Deadline] = {}
    for row in Deadline.objects.filter(ticket=ticket, purpose__in=STARTED_BY_ITSELF, ended_at=None).order_by("due_at"):
        ending.setdefault(row.purpose, row)
    first, due = ending.get("first_response"), ending.get("resolution")
    return {
        "organisation.name": organisation_view(ticket.organisation_id).name,
        "contact.name": "" if "@" in name else name,
        "ticket.number": str(ticket.number),
        "ticket.key": ticket.key,
        "ticket.subject": ticket.subject,
        "ticket.type": _TYPES[ticket.language][ticket.type],
        "ticket.opened_at": ticket.opened_at,
        "ticket.link": follow_link(ticket.id),
        "deadline.due": due.due_at if due else None,
        "deadline.term": Term.from_members({"amount": due.amount, "unit": due.unit}) if due else None,
        "deadline.response_due": first.due_at if first else None,
        "product.name": ticket.product,
        "product.purchased_on": ticket.purchase_date,
        "warranty.ends_on": ticket.guarantee_until_date,
        "dispute.bodies": _bodies(ticket.organisation_id),
    }


def _bodies(organisation: UUID) -> list[str]:
    found = Settings.objects.filter(organisation_id=organisation).values_list("dispute_bodies", flat=True).first()
    return list(found or ())


def follow_link(ticket: UUID) -> str:
    """Return the secret link with which its customer follows a case."""
    return _link(follow_path(ticket))


def agree_link(request: UUID) -> str:
    """Return the link with which a customer says whether they agree."""
    return _link(agree_path(request))


def follow_path(ticket: UUID) -> str:
    """Return the path of `follow_link`."""
    return f"/f/{encode_token(key=settings.ACUSE_KEYS.address, purpose=FOLLOW, identifier=ticket)}/"


def agree_path(request: UUID) -> str:
    """Return the path of `agree_link`."""
    return f"/c/{_agree_token(request)}/"


def asks_agreement(body: str) -> bool:
    """Say whether a body carries the link with which a customer says whether they agree."""
    return any(_is_agree_token(found[0]) for found in _AGREE_TOKEN.finditer(body))


def of_question(body: str, request: UUID) -> str:
    """Return a body whose links to agree are those of one question, whichever it was written with."""
    token = _agree_token(request)
    return _AGREE_TOKEN.sub(lambda found: token if _is_agree_token(found[0]) else found[0], body)


def leads_to_question(body: str, request: UUID) -> bool:
    """Say whether a body has the link of one question, and no other address with what is secret in it."""
    token = _agree_token(request)
    return {one for one in addresses(body) if token in one} == {agree_link(request)}


def _agree_token(request: UUID) -> str:
    return encode_token(key=settings.ACUSE_KEYS.address, purpose=AGREE, identifier=request)


def _is_agree_token(token: str) -> bool:
    return decode_token(token, keys=(settings.ACUSE_KEYS.address,), purpose=AGREE) is not None


def _link(path: str) -> str:
    return settings.ACUSE.public_url.rstrip("/") + path
