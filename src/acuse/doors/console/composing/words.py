"""What uses of templates, and their variables, are called in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from acuse.composition.samples import samples
from acuse.composition.uses import USES, Use
from acuse.composition.variables import Kind, Variable

LANGUAGES = (("es", "Español"), ("en", "English"))

GROUPS: tuple[tuple[Promise, Promise, tuple[str, ...]], ...] = (
    (
        _("Cases"),
        _("What customers get while their case is handled."),
        (
            "ticket.receipt",
            "ticket.data_request",
            "ticket.solution",
            "ticket.rejection",
            "ticket.suspension",
            "ticket.closing_notice",
            "ticket.thanks",
            "ticket.free",
        ),
    ),
    (_("Agreement"), _("What asks whether they agree with the solution."), ("conformity.request",)),
    (
        _("Warranties"),
        _("What is sent from a case about a product under warranty."),
        ("warranty.activation", "warranty.rejection", "warranty.documents", "warranty.suspension"),
    ),
)
"""Title, what it is about, and the uses of each group."""

USE_WORDS: Mapping[str, tuple[Promise, Promise]] = {
    "ticket.receipt": (_("Receipt"), _("Sent by itself when a message comes in: content, date, hour and key.")),
    "ticket.data_request": (_("Request for data"), _("Says what is missing and how long there is to send it.")),
    "ticket.solution": (_("Solution"), _("The reasoned answer to everything that was raised.")),
    "ticket.rejection": (_("Rejection with reasons"), _("Why it is not accepted, and where else to turn.")),
    "ticket.suspension": (
        _("Notice of suspension"),
        _("Why it is suspended, that our term runs on, and where else to turn."),
    ),
    "ticket.closing_notice": (_("Notice of closing"), _("Asks for an answer before the case is closed.")),
    "ticket.thanks": (_("Thanks"), _("For suggestions and kind words.")),
    "ticket.free": (_("Free reply"), _("Greeting and signature around whatever is written.")),
    "conformity.request": (_("Request for agreement"), _("Asks whether the customer agrees, with the link to say so.")),
    "warranty.activation": (_("Activation"), _("Says from when until when the warranty holds.")),
    "warranty.rejection": (
        _("Rejection of warranty"),
        _("Why the warranty does not cover it, and where else to turn."),
    ),
    "warranty.documents": (_("Request for documents"), _("Says which documents are missing; the clock stops.")),
    "warranty.suspension": (_("Suspension"), _("Says why the warranty is suspended.")),
}
"""Use -> what it is called, what it does."""

_VARIABLE_WORDS: Mapping[str, Promise] = {
    "organisation.name": _("The organisation's name"),
    "contact.name": _("The customer's name"),
    "ticket.number": _("Number of the case"),
    "ticket.key": _("Key to follow the case"),
    "ticket.subject": _("Subject of the case"),
    "ticket.type": _("Type of the case"),
    "ticket.opened_at": _("When the case was opened"),
    "ticket.link": _("Address of the page of the case"),
    "ticket.suspended_at": _("Since when it is suspended"),
    "agent.name": _("Who answers"),
    "deadline.due": _("Until when there is time"),
    "deadline.term": _("How much time there is"),
    "deadline.response_due": _("Until when there is time for a first answer"),
    "answer.text": _("What is written for this case"),
    "answer.sent_at": _("When the answer was sent"),
    "request.items": _("List of what is missing"),
    "dispute.bodies": _("List of bodies of dispute resolution"),
    "message.kind": _("What came in: “message” or “call”"),
    "message.received_at": _("When the message came in"),
    "message.text": _("Text of the message that came in"),
    "message.attachments": _("List of files that came in"),
    "conformity.link": _("Address of the page to agree or disagree"),
    "product.name": _("Product"),
    "product.purchased_on": _("Date of purchase"),
    "warranty.starts_on": _("First day of the warranty"),
    "warranty.ends_on": _("Last day of the warranty"),
    "warranty.suspended_at": _("Since when it is suspended"),
}


def groups() -> list[tuple[Promise, Promise, list[Use]]]:
    """Each group with its uses, in the order of the page."""
    return [(title, text, [USES[code] for code in codes]) for title, text, codes in GROUPS]


def variables(use: Use, language: str) -> list[tuple[Variable, Promise, str, str]]:
    """Each variable of a use: itself, what it is, what is inserted for it, and its sample."""
    known = samples(use, language)
    return [
        (variable, _VARIABLE_WORDS[name], insertion(variable), _shown(known[name]))
        for name, variable in use.variables.items()
    ]


def insertion(variable: Variable) -> str:
    """What the button of a variable inserts: a list with one item on each line, anything else by its name."""
    if variable.kind is Kind.LIST:
        return f"{{% for item in {variable.name} %}}- {{{{ item }}}}\n{{% endfor %}}"
    return f"{{{{ {variable.name} }}}}"


def _shown(value: object) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return " ".join(text.split())
