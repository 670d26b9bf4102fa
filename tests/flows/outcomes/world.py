"""The servers that the messages of the cases meet, and the two installations that send them.

One installation sends to the recipients' own servers; the other hands everything to a smarthost, which reports. All
servers listen at one port of several loopback addresses, because an installation knows one port for every exchanger.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tests.flows.installation import SENDER, Installation, installation
from tests.peers.certificates import authority, server_certificate
from tests.peers.exim import exim
from tests.peers.greylist import greylist
from tests.peers.mailstore import MailStore, mail_store
from tests.peers.names import name_server
from tests.peers.postfix import Postfix, postfix
from tests.ports import free_port

DIRECT, SMARTHOST = "direct", "smarthost"
FULL = ("llena@recibe.example", "repleta@recibe.example", "colmada@recibe.example")
TAKEN = ("ana@recibe.example", "gris@recibe.example", "caida@recibe.example", "lista@recibe.example")
ZONE = {
    ("recibe.example", "MX"): ["10 mx.recibe.example."],
    ("talleres-ribera.example", "MX"): ["10 mx.recibe.example."],
    ("mx.recibe.example", "A"): ["127.0.0.1"],
    ("lento.example", "MX"): ["10 mx.lento.example."],
    ("mx.lento.example", "A"): ["127.0.0.2"],
    ("otra.example", "MX"): ["10 mx.otra.example."],
    ("mx.otra.example", "A"): ["127.0.0.3"],
    ("cerrado.example", "MX"): ["10 mx.cerrado.example."],
    ("mx.cerrado.example", "A"): ["127.0.0.4"],
    ("sale.example", "A"): ["127.0.0.1"],
}
#: the example of header_checks(5), with fewer of its endings
_ATTACHMENTS = (
    r'/^Content-(Disposition|Type).*name\s*=\s*"?([^;]*(\.|=2E)(bat|cmd|com|exe|scr|vbs))(\?=)?"?\s*(;|$)/'
    '\n  REJECT Attachment name "$2" may not end with ".$4"\n'
)
_EXCHANGER = {
    "virtual_alias_maps": "texthash:{etc}/aliases",
    "transport_maps": "texthash:{etc}/transport",
    "smtpd_restriction_classes": "room, probed, grey, no_client, no_sender",
    "probed": "reject_unverified_recipient",
    "unverified_recipient_reject_code": "550",
    "address_verify_poll_count": "60",
    "address_verify_poll_delay": "1s",
    "no_client": "check_client_access static:REJECT",
    "no_sender": "check_sender_access static:REJECT",
    "smtpd_recipient_restrictions": "check_recipient_access texthash:{etc}/recipients, permit_mynetworks, reject",
    "mime_header_checks": "regexp:{etc}/attachments",
    "body_checks": "regexp:{etc}/body",
    "message_size_limit": "100000",
    "mailbox_size_limit": "0",
    "virtual_mailbox_limit": "0",
    "maximal_queue_lifetime": "8s",
    "bounce_queue_lifetime": "5m",
}
_RECIPIENTS = """\
llena@recibe.example room
repleta@recibe.example probed
gris@recibe.example grey
sincliente@recibe.example no_client
sinremite@recibe.example no_sender
vedada@recibe.example REJECT
lista@recibe.example 554 5.7.1 Service unavailable; Client host [127.0.0.1] blocked using bl.listas.example
"""
_SMARTHOST = {
    "transport_maps": "texthash:{etc}/transport",
    "message_size_limit": "10000000",
    # A kept session no longer knows the size that the server announced, and what it says of one too big is another's.
    "smtp_connection_cache_on_demand": "no",
    "delay_warning_time": "1s",
    "maximal_queue_lifetime": "8s",
    "bounce_queue_lifetime": "5m",
}
_SLOW = {
    "transport_maps": "texthash:{etc}/transport",
    "delay_warning_time": "1s",
}


@dataclass(frozen=True, kw_only=True)
class World:
    """The installations by the way that they send, the recipients' server, and the mailboxes behind it."""

    sending: dict[str, Installation]
    exchanger: Postfix
    store: MailStore


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """Run all of it until the block ends. `folder`: for keys."""
    with ExitStack() as opened:
        names = opened.enter_context(name_server(ZONE))
        store = opened.enter_context(mail_store(full=FULL))
        inbound, inbound_of_smarthost = free_port(), free_port()
        returning = (
            f"acuse.example smtp:[127.0.0.1]:{inbound}\nsalida.example smtp:[127.0.0.1]:{inbound_of_smarthost}\n"
        )
        exchanger = opened.enter_context(_exchanger(store, opened.enter_context(greylist()), returning))
        opened.enter_context(_slow(exchanger.port, returning))
        routes = {"recibe.example": exchanger.port, "acuse.example": inbound}
        aliases = {"baja": "nadie@otra.example", "reenvia": "nadie@recibe.example", "grande": "ana@recibe.example"}
        opened.enter_context(
            exim(
                domain="otra.example",
                hostname="mx.otra.example",
                address="127.0.0.3",
                port=exchanger.port,
                mailboxes=("ana", "llena"),
                aliases=aliases,
                routes=routes,
            )
        )
        root = authority()
        (folder / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
        pair = server_certificate(root, "sale.example", folder=folder)
        smarthost = opened.enter_context(_smarthost(exchanger.port, returning, pair))
        common = {
            "ACUSE_SANDBOX": "0",
            "ACUSE_DNS_SERVERS": names.address,
            "ACUSE_EMAIL_PRIVATE_TARGETS": "1",
            "ACUSE_RETRY_FOR": "PT40S",
        }
        direct = {
            **common,
            "ACUSE_EMAIL_PORT": str(exchanger.port),
            "ACUSE_SMTP_INBOUND_PORT": str(inbound),
        }
        handing = {
            **common,
            "ACUSE_SMARTHOST": f"sale.example:{smarthost.port}",
            "ACUSE_MAIL_HOSTNAME": "salida.example",
            "ACUSE_SMTP_INBOUND_PORT": str(inbound_of_smarthost),
            "SSL_CERT_FILE": str(folder / "root.pem"),
        }
        sending = {
            DIRECT: opened.enter_context(installation(**direct)),
            SMARTHOST: opened.enter_context(installation(**handing)),
        }
        yield World(sending=sending, exchanger=exchanger, store=store)


def _exchanger(store: MailStore, greylist_port: int, returning: str) -> AbstractContextManager[Postfix]:
    services = {
        "room": f"check_policy_service inet:127.0.0.1:{store.quota_status}",
        "grey": f"check_policy_service inet:127.0.0.1:{greylist_port}",
    }
    behind = "".join(f"{one} lmtp:inet:127.0.0.1:{store.lmtp}\n" for one in FULL)
    tables = {
        "aliases": "baja@recibe.example nadie@recibe.example\n",
        "recipients": _RECIPIENTS,
        "transport": f"{behind}caida@recibe.example lmtp:inet:127.0.0.1:{free_port()}\n{returning}",
        "attachments": _ATTACHMENTS,
        "body": "/oferta prohibida/ REJECT\n",
    }
    boxes = (*TAKEN, *FULL, "sincliente@recibe.example", "sinremite@recibe.example", SENDER)
    return postfix(mailboxes=boxes, settings={**_EXCHANGER, **services}, tables=tables, impatient=True)


def _slow(port: int, returning: str) -> AbstractContextManager[Postfix]:
    """A server that takes mail, cannot pass it on, and goes on trying."""
    tables = {"transport": f"lento.example lmtp:inet:127.0.0.2:{free_port()}\n{returning}"}
    return postfix(
        mailboxes=("ana@lento.example",),
        settings=_SLOW,
        tables=tables,
        hostname="mx.lento.example",
        address="127.0.0.2",
        port=port,
        impatient=True,
    )


def _smarthost(exchanger_port: int, returning: str, certificate: tuple[Path, Path]) -> AbstractContextManager[Postfix]:
    onward = "".join(f"{name} smtp:[127.0.0.1]:{exchanger_port}\n" for name in ("recibe.example", SENDER.split("@")[1]))
    tables = {"transport": f"{onward}cerrado.example smtp:[127.0.0.4]:{exchanger_port}\n{returning}"}
    return postfix(settings=_SMARTHOST, tables=tables, certificate=certificate, hostname="sale.example", impatient=True)
