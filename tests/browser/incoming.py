"""Messages that come in, for whoever looks at the page that lists them."""

from uuid import UUID

from django.conf import settings

from acuse.config.database import conninfo
from acuse.evidence.leases import Holder
from acuse.mail.tokens import encode_address
from acuse.reception import rules
from acuse.reception.interpret import interpret
from acuse.reception.jobs import QUEUE
from acuse.reception.origin.answers import Records
from acuse.reception.rules import read_address
from acuse.reception.services import Arrival, receive

DSN = (
    b"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered <b>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
    b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)
BROKEN = b"From: x@y.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\nnada\r\n"
ANSWER = b"From: Ana <ana@correo.example>\r\nSubject: Re: hola\r\n\r\nVale.\r\n"


def come_in(raw: bytes, purpose: str, identifier: UUID | None = None, mail_from: str = "", read: bool = True) -> UUID:
    """Have a message come in, and be read."""
    domain = settings.ACUSE.verp_domain
    text = f"{purpose}+falso@{domain}"
    if identifier is not None:
        text = encode_address(key=settings.ACUSE_KEYS.address, purpose=purpose, identifier=identifier, domain=domain)
    ours = read_address(text, keys=(settings.ACUSE_KEYS.address,), token_domain=domain, domains=frozenset())
    assert ours is not None
    arrival = Arrival(mail_from=mail_from, recipients=(ours,), client_ip="192.0.2.1", helo="mx.example", tls=None)
    (item,) = receive(arrival=arrival, raw=raw)
    if read:
        holder = Holder(conninfo=conninfo())
        for one in holder.claim(QUEUE, term=rules.LEASE, limit=10):
            interpret(item=one, lease=holder.lease, look_up=lambda name, kind: Records())
    return item


def one_of_each(organisation: UUID, communication: UUID) -> None:
    """A report, an answer, what could not be read and what was not read yet."""
    come_in(DSN, "bounce", communication)
    come_in(ANSWER, "reply", communication, mail_from="ana@correo.example")
    come_in(BROKEN, "inbox", organisation)
    come_in(DSN, "inbox", organisation, read=False)
