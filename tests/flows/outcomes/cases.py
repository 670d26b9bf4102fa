"""One case a line of the table: what is sent to whom, and what must come of it."""

import re
from dataclasses import dataclass

from tests.flows.installation import SENDER
from tests.flows.outcomes.world import DIRECT, SMARTHOST

_REFUSED = ("attempt.refused",)
_TAKEN = ("attempt.relayed",)
_RETURNED = ("attempt.relayed", "bounce.received")


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is sent, and what must come of it.

    Attributes:
        what: happened. by: who answers or reports. route: DIRECT or SMARTHOST.
        facts: types that must be there before it is judged; what they quote is what was said.
        failure_class: "" where there is none. headline: the words on top of the certificate's first page.
        text, attachment: of the message. success: a report of success is asked for.
    """

    what: str
    by: str
    route: str
    recipient: str
    facts: tuple[str, ...]
    failure_class: str
    outcome: str
    grade: int
    headline: str
    text: str = "Le enviamos el presupuesto."
    attachment: str = ""
    success: bool = False

    @property
    def name(self) -> str:
        """Its name in the output of the tests and in the message."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.what} {self.by}".lower())

    @property
    def message(self) -> bytes:
        """The message as submitted; its certificate is to be in English."""
        head = (
            f"From: Talleres Ribera <{SENDER}>\r\nTo: {self.recipient}\r\nSubject: Presupuesto\r\n"
            f"Message-ID: <{self.name}@talleres-ribera.example>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0100\r\n"
            "Acuse-Language: en\r\nMIME-Version: 1.0\r\n"
        )
        plain = f"Content-Type: text/plain; charset=utf-8\r\n\r\n{self.text}\r\n"
        if not self.attachment:
            return (head + plain).encode()
        return (
            f'{head}Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n{plain}--b\r\n'
            f'Content-Type: application/octet-stream; name="{self.attachment}"\r\n'
            f'Content-Disposition: attachment; filename="{self.attachment}"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\nTVqQAA==\r\n--b--\r\n"
        ).encode()


def _failed(what: str, by: str, recipient: str, failure_class: str, *, route: str = DIRECT, **more: object) -> Case:
    """A case that ends in failure: refused at once, or returned later where `facts` says so."""
    heads = {
        "mailbox_not_found": "the mailbox does not exist",
        "mailbox_full": "the mailbox is full",
        "too_big": "too big",
        "attachment_blocked": "attachment blocked",
        "policy_blocked": "blocked by policy",
        "server_unavailable": "server unavailable",
    }
    given: dict[str, object] = {"facts": _RETURNED if route == SMARTHOST else _REFUSED, **more}
    return Case(
        what=what,
        by=by,
        route=route,
        recipient=recipient,
        failure_class=failure_class,
        outcome="failed",
        grade=0,
        headline=f"Not delivered: {heads[failure_class]}",
        **given,  # type: ignore[arg-type]
    )


_BIG = "Texto que no cabe.\r\n" * 6000
_PROHIBITED = "Le enviamos una oferta prohibida."
_ACCEPTED = "Accepted by the recipient’s server"
_HANDED = "Handed to the sender’s outgoing server"
_DELIVERED = "Delivered to the mailbox"
_POSTFIX, _LATER, _VIA = "Postfix at once", "Postfix in a report", "Postfix as smarthost in a report"
_EXIM, _EXIM_LATER = "Exim at once", "Exim in a report"


def _taken(what: str, by: str, recipient: str, headline: str, *facts: str, **more: object) -> Case:
    """A case that ends well, or with nothing known to be wrong."""
    outcome, grade = {_ACCEPTED: ("relayed", 1), _HANDED: ("handed", 0), _DELIVERED: ("delivered", 2)}[headline]
    given: dict[str, object] = {"route": DIRECT, **more}
    return Case(
        what=what,
        by=by,
        recipient=recipient,
        facts=facts,
        failure_class="",
        outcome=outcome,
        grade=grade,
        headline=headline,
        **given,  # type: ignore[arg-type]
    )


_AT_ONCE = (
    _failed("user unknown", _POSTFIX, "nadie@recibe.example", "mailbox_not_found"),
    _failed("quota exceeded", "Dovecot's policy service at once", "llena@recibe.example", "mailbox_full"),
    _failed("quota exceeded", "Postfix at once, having asked Dovecot's LMTP", "repleta@recibe.example", "mailbox_full"),
    _failed(
        "message too big",
        "Postfix's SIZE before anything is sent",
        "ana@recibe.example",
        "too_big",
        facts=("attempt.failed",),
        text=_BIG,
    ),
    _failed("attachment .exe", _POSTFIX, "ana@recibe.example", "attachment_blocked", attachment="factura.exe"),
    _failed("body check", _POSTFIX, "ana@recibe.example", "policy_blocked", text=_PROHIBITED),
    _failed("sender refused", _POSTFIX, "sinremite@recibe.example", "policy_blocked"),
    _failed("client refused", _POSTFIX, "sincliente@recibe.example", "policy_blocked"),
    _failed("client on a block list", _POSTFIX, "lista@recibe.example", "policy_blocked"),
    _failed("recipient barred by a table", _POSTFIX, "vedada@recibe.example", "policy_blocked"),
    _failed(
        "connection refused",
        "nobody",
        "ana@cerrado.example",
        "server_unavailable",
        facts=("attempt.deferred", "attempt.failed"),
    ),
    _failed("user unknown", _EXIM, "nadie@otra.example", "mailbox_not_found"),
)
_REPORTED = (
    _failed("alias to an unknown user", _LATER, "baja@recibe.example", "mailbox_not_found", facts=_RETURNED),
    _failed(
        "quota exceeded", "Postfix in a report of Dovecot's LMTP", "colmada@recibe.example", "mailbox_full",
        facts=_RETURNED,
    ),
    _failed("connection refused", _LATER, "caida@recibe.example", "server_unavailable", facts=_RETURNED),
    _failed("alias to an unknown user", _EXIM_LATER, "baja@otra.example", "mailbox_not_found", facts=_RETURNED),
    _failed("forwarded to an unknown user", _EXIM_LATER, "reenvia@otra.example", "mailbox_not_found", facts=_RETURNED),
    _failed("forwarded, too big", _EXIM_LATER, "grande@otra.example", "too_big", facts=_RETURNED, text=_BIG),
    _failed("mailbox full", _EXIM_LATER, "llena@otra.example", "mailbox_full", facts=_RETURNED),
)  # fmt: skip
_HANDED_ON = (
    _failed("user unknown", _VIA, "nadie@recibe.example", "mailbox_not_found", route=SMARTHOST),
    _failed("quota exceeded", _VIA, "llena@recibe.example", "mailbox_full", route=SMARTHOST),
    _failed("quota exceeded, as LMTP said", _VIA, "repleta@recibe.example", "mailbox_full", route=SMARTHOST),
    _failed("message too big", _VIA, "ana@recibe.example", "too_big", route=SMARTHOST, text=_BIG),
    _failed(
        "attachment .exe", _VIA, "ana@recibe.example", "attachment_blocked", route=SMARTHOST, attachment="factura.exe"
    ),
    _failed("body check", _VIA, "ana@recibe.example", "policy_blocked", route=SMARTHOST, text=_PROHIBITED),
    _failed("sender refused", _VIA, "sinremite@recibe.example", "policy_blocked", route=SMARTHOST),
    _failed("client refused", _VIA, "sincliente@recibe.example", "policy_blocked", route=SMARTHOST),
    _failed("client on a block list", _VIA, "lista@recibe.example", "policy_blocked", route=SMARTHOST),
    _failed(
        "connection refused",
        _VIA,
        "ana@cerrado.example",
        "server_unavailable",
        route=SMARTHOST,
        facts=("attempt.relayed", "delivery.delayed", "bounce.received"),
    ),
)
_WELL = (
    _taken("accepted", _POSTFIX, "ana@recibe.example", _ACCEPTED, *_TAKEN),
    _taken("greylisted, then accepted", _POSTFIX, "gris@recibe.example", _ACCEPTED, "attempt.deferred", *_TAKEN),
    _taken("delayed", _LATER, "ana@lento.example", _ACCEPTED, *_TAKEN, "delivery.delayed"),
    _taken("delivered", _LATER, "ana@recibe.example", _DELIVERED, *_TAKEN, "delivery.confirmed", success=True),
    _taken("delivered", _EXIM_LATER, "ana@otra.example", _DELIVERED, *_TAKEN, "delivery.confirmed", success=True),
    _taken("accepted", "Postfix as smarthost at once", "ana@recibe.example", _HANDED, *_TAKEN, route=SMARTHOST),
    _taken(
        "delivered", "Postfix behind the smarthost in a report", "ana@recibe.example", _DELIVERED, *_TAKEN,
        "delivery.confirmed", route=SMARTHOST, success=True,
    ),
)  # fmt: skip

CASES = (*_AT_ONCE, *_REPORTED, *_HANDED_ON, *_WELL)
