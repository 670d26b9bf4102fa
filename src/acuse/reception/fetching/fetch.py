"""Fetching one mailbox: each message is durable here before the next is asked for.

A crash after a message was received and before that was noted has it fetched again; its repeat key makes it one.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache, partial
from itertools import islice
from uuid import UUID

from django.conf import settings

from acuse import clock
from acuse.accounts.queries import Access
from acuse.channels.dns import DnsUnavailable, DomainNotFound, OnlyPrivateAddresses, Resolver
from acuse.channels.mailbox import Account, MailboxAway, MailboxRefused, Session, opened
from acuse.errors import ConflictError
from acuse.reception import services as reception
from acuse.reception.fetching import rules, services
from acuse.reception.fetching.queries import source_of
from acuse.reception.fetching.rules import Source
from acuse.reception.models import Pickup
from acuse.reception.rules import Ours
from acuse.reception.services import Arrival, Fetched

_SECOND = timedelta(seconds=1)
_DNS_SECONDS = 5.0


def fetch(*, pickup: UUID, lease: UUID) -> int:
    """Take in what is new in a folder, the oldest first; return how many messages that were.

    Raises:
        MailboxRefused, MailboxAway: it cannot be read; what was taken in before stays so.
        ConflictError: somebody else fetches it now, or it was set up anew.
        TemporaryError: custody cannot take a message now.
    """
    row = Pickup.objects.filter(id=pickup, lease=lease).first()
    if row is None:
        raise ConflictError("The mailbox is fetched by somebody else, or was set up anew.")
    source, began_at = source_of(row), clock.now()
    with opening(source, services.password_of(row), within=rules.LOOK) as session:
        renumbered = row.uid_validity != session.uid_validity
        # Of a folder whose numbers are new, all that came since it was set up: repeat keys tell what is here already.
        new = session.since((row.started_at - timedelta(days=2)).date()) if renumbered else session.newer(row.last_uid)
        uids = list(islice(new, rules.MOST_AT_ONCE + 1))
        until, seen, taken = clock.now() + rules.LOOK / 2, 0, 0
        for uid in uids[: rules.MOST_AT_ONCE]:
            taken += _take(row, lease, source, session, uid)
            seen += 1
            if clock.now() > until:
                break
        more = seen < len(uids)
        if renumbered and not more:
            last = max([session.next_uid - 1, *uids])
            services.advance(pickup=pickup, lease=lease, uid_validity=session.uid_validity, uid=last)
    services.finish(pickup=pickup, lease=lease, read_at=None if more else began_at)
    return taken


def _take(row: Pickup, lease: UUID, source: Source, session: Session, uid: int) -> bool:
    """Take one message in and note it; return whether there was one to take."""
    note = partial(services.advance, pickup=row.id, lease=lease, uid_validity=session.uid_validity, uid=uid)
    found = session.describe(uid)
    if found is None or found.arrived_at < row.started_at - rules.SLACK:
        note()
        return False
    if found.size > settings.ACUSE.message_limit:
        services.leave_behind(pickup=row.id, lease=lease, uid_validity=session.uid_validity, uid=uid, size=found.size)
        return False
    raw = session.message(uid, size=found.size)
    if raw is None:
        note()
        return False
    fetched = Fetched(
        server=source.server,
        folder=source.folder,
        uid_validity=session.uid_validity,
        uid=uid,
        arrived_at=found.arrived_at,
    )
    ours = Ours(address=row.address, purpose="mailbox", identifier=row.names)
    reception.receive(arrival=Arrival(mail_from=rules.sender_of(raw), recipients=(ours,), fetched=fetched), raw=raw)
    note()
    if source.mark_read:
        session.mark_read(uid)
    return True


def try_source(*, access: Access, mailbox: UUID, source: Source, secret: str) -> int:
    """Look into a folder as it would be fetched, and change nothing; return how many messages there are.

    Raises:
        AccessDenied: the member may not. InputError: there is no such mailbox, or something does not fit.
        MailboxRefused: as it is set up, it cannot work. MailboxAway: later it may.
    """
    password = services.password_for(access=access, mailbox=mailbox, source=source, secret=secret)
    with opening(replace(source, mark_read=False), password, within=rules.TRIAL) as session:
        return session.messages


@contextmanager
def opening(source: Source, secret: str, *, within: timedelta) -> Iterator[Session]:
    """Open the folder of a mailbox until the block ends.

    Args:
        source: where it is. secret: the password. within: in all.

    Raises:
        MailboxRefused: as it is set up, it cannot work. MailboxAway: later it may.
    """
    account = Account(
        host=source.host,
        port=source.port,
        security="tls" if source.security == "tls" else "starttls",
        username=source.username,
        secret=secret,
        folder=source.folder,
    )
    addresses, context = _addresses(source.host), tls_context()
    with opened(account, addresses, context=context, seconds=within / _SECOND, writes=source.mark_read) as session:
        yield session


def _addresses(host: str) -> tuple[str, ...]:
    try:
        return resolver().public_addresses(host)
    except DomainNotFound as error:
        raise MailboxRefused("There is no server %(host)s in the DNS.", host=host) from error
    except OnlyPrivateAddresses as error:
        raise MailboxRefused(
            "%(host)s has no address on the public internet; the operator may allow private ones.", host=host
        ) from error
    except DnsUnavailable as error:
        raise MailboxAway("The DNS does not say where %(host)s is.", host=host) from error


@lru_cache(maxsize=1)
def _resolver(nameservers: tuple[str, ...], private: bool) -> Resolver:
    return Resolver(nameservers or None, allow_private=private, lifetime=_DNS_SECONDS)


def resolver() -> Resolver:
    """Return who says where servers are: public addresses alone, unless this installation delivers to private ones."""
    environment = settings.ACUSE
    sandbox = (f"127.0.0.1:{environment.sandbox_dns_port}",)
    nameservers = sandbox if environment.sandbox else environment.dns_servers
    return _resolver(nameservers, environment.email_private_targets or environment.sandbox)


def tls_context() -> ssl.SSLContext:
    """Return what verifies servers: the system's roots and, in the sandbox, that of the development authority."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    root = settings.ACUSE.data_directory / "authority" / "ca.pem"
    if settings.ACUSE.sandbox and root.exists():
        context.load_verify_locations(root)
    return context
