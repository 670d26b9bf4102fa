"""What templates are for, and which variables each may say. Pure.

The names stand in templates that organisations wrote: none is ever renamed or taken away.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from acuse.composition.variables import Kind, Variable
from acuse.errors import InputError

LANGUAGES = ("es", "en")


@dataclass(frozen=True, kw_only=True)
class Use:
    """What a template is for.

    Attributes:
        code: as facts name it.
        variables: by their names, in the order in which they are offered.
    """

    code: str
    variables: Mapping[str, Variable]


def _optional(name: str, kind: Kind) -> Variable:
    return Variable(name=name, kind=kind, optional=True)


_COMMON = (
    Variable(name="organisation.name", kind=Kind.LINE),
    _optional("contact.name", Kind.LINE),
    Variable(name="ticket.number", kind=Kind.LINE),
    Variable(name="ticket.key", kind=Kind.LINE),
    _optional("ticket.subject", Kind.LINE),
    Variable(name="ticket.type", kind=Kind.LINE),
    Variable(name="ticket.opened_at", kind=Kind.MOMENT),
    Variable(name="ticket.link", kind=Kind.LINK),
    _optional("agent.name", Kind.LINE),
    _optional("deadline.due", Kind.MOMENT),
    _optional("deadline.term", Kind.TERM),
    _optional("deadline.response_due", Kind.MOMENT),
)
_ANSWER = Variable(name="answer.text", kind=Kind.PROSE)
_MISSING = Variable(name="request.items", kind=Kind.LIST)
#: Bodies of alternative dispute resolution (Ley 10/2025, article 13.6; Ley 7/2017, article 40).
_DISPUTES = _optional("dispute.bodies", Kind.LIST)
_PRODUCT = (_optional("product.name", Kind.LINE), _optional("product.purchased_on", Kind.DATE))


def _use(code: str, *variables: Variable) -> Use:
    return Use(code=code, variables={one.name: one for one in (*_COMMON, *variables)})


SNIPPET = _use("snippet")
"""What a piece of text may say that is inserted into any answer."""

USES: Mapping[str, Use] = {
    use.code: use
    for use in (
        _use(
            "ticket.receipt",
            _optional("ticket.link", Kind.LINK),  # whoever wrote for another cannot follow the case
            Variable(name="message.kind", kind=Kind.LINE),
            Variable(name="message.received_at", kind=Kind.MOMENT),
            Variable(name="message.text", kind=Kind.TEXT),
            _optional("message.attachments", Kind.LIST),
        ),
        _use("ticket.data_request", _MISSING),
        _use("ticket.solution", _ANSWER),
        _use("ticket.rejection", _ANSWER, _DISPUTES),
        _use("ticket.suspension", _ANSWER, _DISPUTES, _optional("ticket.suspended_at", Kind.MOMENT)),
        _use(
            "ticket.closing_notice",
            _optional("answer.sent_at", Kind.MOMENT),
            _optional("conformity.link", Kind.LINK),
        ),
        _use("ticket.thanks"),
        _use("ticket.free", _optional("answer.text", Kind.PROSE)),
        _use(
            "conformity.request",
            Variable(name="conformity.link", kind=Kind.LINK),
            _optional("answer.text", Kind.PROSE),
        ),
        _use(
            "warranty.activation",
            *_PRODUCT,
            _optional("warranty.starts_on", Kind.DATE),
            _optional("warranty.ends_on", Kind.DATE),
            _optional("answer.text", Kind.PROSE),
        ),
        _use("warranty.rejection", *_PRODUCT, _ANSWER, _DISPUTES),
        _use("warranty.documents", *_PRODUCT, _MISSING),
        _use("warranty.suspension", *_PRODUCT, _ANSWER, _optional("warranty.suspended_at", Kind.MOMENT)),
    )
}
"""Code -> use, in the order in which they are listed."""


def use_called(code: str) -> Use:
    """Return the use of a code.

    Raises:
        InputError: there is none.
    """
    if code not in USES:
        raise InputError("There is no such use of templates.")
    return USES[code]
