"""The sandbox's recipient domains, as a table: who they are in the DNS and how their mail server behaves.

A rule is looked at in its stage, in order; the first one that fits answers. What no rule answers is accepted and kept.
Every answer is one that real servers give; `{size}` stands for the domain's limit.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

NETWORK = "127.0.0."
FIRST_ADDRESS = 11  # last byte of the first domain's address; one address for each server
DEAD_ADDRESS = "127.0.0.254"  # nobody listens there
HARD_LIMIT = 64_000_000  # bytes of one message anywhere in the sandbox
UNKNOWN_MAILBOX = "inexistente"
ALL_EXTENSIONS = frozenset({"8BITMIME", "SMTPUTF8", "STARTTLS"})
_ATTACHMENT = re.compile(rb"^content-disposition:[ \t\r\n]*attachment", re.IGNORECASE | re.MULTILINE)


class Stage(StrEnum):
    """The moment of the dialogue at which a rule speaks."""

    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What a server knows when it decides: sender and recipient as given, the content once it has arrived."""

    sender: str
    recipient: str
    content: bytes = b""
    first_time: bool = True  # of this sender's domain and this recipient within the rule's memory


Condition = Callable[[Mail], bool]


def mailbox(*names: str) -> Condition:
    """Fit mail to these mailboxes (the part before the @, whatever its case)."""
    return lambda mail: mail.recipient.rpartition("@")[0].casefold() in names


def always(_mail: Mail) -> bool:
    """Fit everything."""
    return True


def first_time(mail: Mail) -> bool:
    """Fit what is tried for the first time."""
    return mail.first_time


def has_attachment(mail: Mail) -> bool:
    """Fit messages with a part that says it is an attachment."""
    return _ATTACHMENT.search(mail.content) is not None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """When `fits`, the server says `reply`; with `cut` it keeps the message, says nothing and hangs up."""

    stage: Stage
    fits: Condition
    reply: str = ""
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One MX record: its preference, its host name, and whether anybody listens there."""

    preference: int
    host: str
    listens: bool = True


@dataclass(frozen=True, kw_only=True)
class Domain:
    """One recipient domain.

    Attributes:
        name: the domain.
        exchanges: its MX records; empty: none, and its own address takes the mail (RFC 5321 5.1).
        null_mx: it says that it takes no mail (RFC 7505).
        extensions: what its server offers, besides SIZE.
        size_limit: the SIZE it announces, bytes.
        rules: its peculiarities.
    """

    name: str
    exchanges: tuple[Exchange, ...] = ()
    null_mx: bool = False
    extensions: frozenset[str] = ALL_EXTENSIONS
    size_limit: int = HARD_LIMIT
    rules: tuple[Rule, ...] = ()

    @property
    def listens(self) -> bool:
        """Whether any server of the domain runs."""
        return not self.null_mx and (not self.exchanges or any(each.listens for each in self.exchanges))

    @property
    def host(self) -> str:
        """The name of its running server."""
        return next((each.host for each in self.exchanges if each.listens), self.name)


def _domain(name: str, *rules: Rule, **others: object) -> Domain:
    fields: dict[str, object] = {"exchanges": (Exchange(preference=10, host=f"mx.{name}"),), "rules": rules}
    return Domain(name=name, **{**fields, **others})  # type: ignore[arg-type]


def _at_rcpt(fits: Condition, reply: str) -> Rule:
    return Rule(stage=Stage.RCPT, fits=fits, reply=reply)


def _at_data(fits: Condition, reply: str) -> Rule:
    return Rule(stage=Stage.DATA, fits=fits, reply=reply)


_UNKNOWN = _at_rcpt(mailbox(UNKNOWN_MAILBOX), "550 5.1.1 The email account that you tried to reach does not exist")
_OLD = frozenset({"8BITMIME"})

DOMAINS: tuple[Domain, ...] = (
    _domain("acepta.example", _UNKNOWN),
    _domain("confirma.example", _UNKNOWN, extensions=ALL_EXTENSIONS | {"DSN"}),
    _domain(
        "listagris.example", _UNKNOWN, _at_rcpt(first_time, "451 4.7.1 Greylisting in action, please come back later")
    ),
    _domain("sinbuzon.example", _at_rcpt(always, "550 5.1.1 User unknown in virtual mailbox table")),
    _domain(
        "llena.example",
        _at_rcpt(mailbox("temporal"), "452 4.2.2 The mailbox is over quota, please try again later"),
        _at_rcpt(always, "552 5.2.2 Mailbox full, quota exceeded"),
        extensions=_OLD,
    ),
    _domain(
        "sinadjuntos.example",
        _UNKNOWN,
        _at_data(has_attachment, "554 5.7.1 Message rejected: attachments are not accepted by this organisation"),
    ),
    _domain("politica.example", _at_data(always, "554 5.7.1 Message rejected due to content policy")),
    _domain("saturada.example", _at_rcpt(first_time, "450 4.7.1 Too many messages from your address, slow down")),
    _domain("averiada.example", Rule(stage=Stage.MAIL, fits=always, reply="451 4.3.0 Local error in processing")),
    _domain("pequena.example", _UNKNOWN, size_limit=100_000),
    _domain("corta.example", _UNKNOWN, Rule(stage=Stage.DATA, fits=first_time, cut=True), extensions=_OLD),
    _domain("cortasiempre.example", Rule(stage=Stage.DATA, fits=always, cut=True)),
    _domain(
        "respaldo.example",
        _UNKNOWN,
        exchanges=(
            Exchange(preference=10, host="mx1.respaldo.example", listens=False),
            Exchange(preference=20, host="mx2.respaldo.example"),
        ),
    ),
    _domain("sinmx.example", _UNKNOWN, exchanges=()),
    _domain("antigua.example", _UNKNOWN, extensions=frozenset()),
    _domain(
        "inalcanzable.example",
        exchanges=(Exchange(preference=10, host="mx.inalcanzable.example", listens=False),),
    ),
    _domain("nullmx.example", exchanges=(), null_mx=True),
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The domains with the loopback address of each server."""

    domains: tuple[Domain, ...]
    addresses: dict[str, str] = field(repr=False)  # host name -> address

    def servers(self) -> Iterable[tuple[Domain, str]]:
        """Return each domain that has a running server, and the server's address."""
        return [(each, self.addresses[each.host]) for each in self.domains if each.listens]

    def host_names(self) -> list[str]:
        """Return the names of the running servers, for their certificate."""
        return [each.host for each in self.domains if each.listens]


def plan(accepting: Iterable[str] = ()) -> Plan:
    """Return the table, with further domains that accept everything, and give each server its address.

    Args:
        accepting: names of further domains, such as the sample organisation's own.
    """
    known = {each.name for each in DOMAINS}
    domains = DOMAINS + tuple(_domain(name, _UNKNOWN) for name in dict.fromkeys(accepting) if name not in known)
    addresses: dict[str, str] = {}
    for domain in domains:
        for exchange in domain.exchanges:
            if not exchange.listens:
                addresses[exchange.host] = DEAD_ADDRESS
        if domain.listens:
            running = [address for address in addresses.values() if address != DEAD_ADDRESS]
            addresses[domain.host] = f"{NETWORK}{FIRST_ADDRESS + len(running)}"
    return Plan(domains=domains, addresses=addresses)
