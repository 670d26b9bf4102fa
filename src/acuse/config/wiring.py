"""What is connected to what: lists, no conditions of the trade. The only place that knows every package."""

import asyncio
import signal
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections

from acuse.accounts import queries as accounts
from acuse.accounts import rules as account_rules
from acuse.accounts import services as account_services
from acuse.accounts.values import SmtpCredentialValue
from acuse.certificates.dossier import Standing
from acuse.certificates.issue import Press
from acuse.certificates.jobs import Issuer
from acuse.config import installation, periodic
from acuse.config.database import conninfo
from acuse.delivery import rules as delivery_rules
from acuse.delivery import services as delivery
from acuse.delivery.endpoints import EmailEndpoint
from acuse.delivery.envelope import Envelope
from acuse.delivery.followers import follow_certificates, follow_reports, follow_suppressions
from acuse.delivery.jobs.dispatch import Dispatcher
from acuse.delivery.jobs.notices import Notifier
from acuse.doors.smtp.connector import Connector, Listening, tls_context
from acuse.doors.smtp.inbound import LIMITS, InboundDoor, InboundListening, InboundVerbs
from acuse.doors.smtp.limits import Limits
from acuse.doors.smtp.service import Verbs
from acuse.evidence.following import WINDOW
from acuse.evidence.leases import Holder
from acuse.evidence.revocation import RevocationSource
from acuse.evidence.sealing import Sealer
from acuse.evidence.tsa import Authority, TimestampClient
from acuse.figures.followers import follow_figures
from acuse.figures.jobs import check_next
from acuse.helpdesk.followers import follow_mail, follow_openings
from acuse.helpdesk.jobs.call_files import Clerk
from acuse.helpdesk.jobs.deadlines import attend_due
from acuse.helpdesk.queries.mailboxes import mailbox_at
from acuse.helpdesk.services.codes import send_codes
from acuse.helpdesk.services.conformity import close_silent
from acuse.helpdesk.services.replies import send_due
from acuse.pdf.pool import Typesetter
from acuse.pdf.sign import Seal
from acuse.proof.trust import Trust
from acuse.reception import endpoints as name_servers
from acuse.reception import rules as reception_rules
from acuse.reception import services as reception
from acuse.reception.fetching.jobs import Fetcher
from acuse.reception.jobs import Reader

Loop = Callable[[threading.Event], None]
_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")
_KEEP_ALIVE_SECONDS = 5.0
_FOLLOW_SECONDS = 1.0
#: Somebody waits for a case to show, and the look at what is new is one short statement.
_INTAKE_SECONDS = 0.2
_DESK_SECONDS = 1.0
_FOLLOWERS = (follow_certificates, follow_reports, follow_suppressions)
_FIGURES = (follow_figures,)
_INTAKE = (follow_mail, follow_openings)
#: Incoming messages that one worker reads at once; most of the time they wait for name servers.
_READING_THREADS = 4
#: Mailboxes that one worker fetches at once, of whoever they are: a slow server holds up one of them.
_FETCHING_THREADS = 4


@lru_cache(maxsize=1)
def revocation() -> RevocationSource:
    """Return this process' source of revocation lists."""
    return RevocationSource()


@lru_cache(maxsize=1)
def timestamps() -> TimestampClient:
    """Return the client of the configured time-stamping authorities."""
    return TimestampClient(
        authorities=[Authority.parse(url) for url in installation.tsa_urls(settings.ACUSE)],
        trust=installation.tsa_roots(settings.ACUSE),
        revocation_lists=revocation().lists_for,
    )


def sealer() -> Sealer:
    """Return what anchors the ledger's checkpoints."""
    return Sealer(request=timestamps().stamp, interval=settings.ACUSE.effective_anchor_interval)


def press() -> Press:
    """Return what issuing documents needs."""
    files = installation.seal_files(settings.ACUSE)
    _, certificate, _ = installation.load_seal_key(files)
    stamps = installation.tsa_roots(settings.ACUSE)
    return Press(
        seal=Seal.load(files.pkcs12.read_bytes(), files.passphrase),
        standing=Standing(
            certificate=certificate,
            tsa_roots=stamps,
            roots=tuple(dict.fromkeys((*files.roots, *stamps))),
            development=files.development,
        ),
        typesetter=Typesetter(processes=settings.ACUSE.certificate_threads),
        request_token=timestamps().request_token,
        revocation_lists=revocation().lists_for,
        # No log key: a worker need not have it, and the seal vouches for it in every proof.
        trust=Trust(seals=files.roots, stamps=stamps),
    )


def schedule() -> delivery_rules.Schedule:
    """Return how this installation spaces its attempts."""
    return delivery_rules.Schedule(scale=settings.ACUSE.retry_scale, limit=settings.ACUSE.retry_for)


def living_holder() -> Holder:
    """Return this process' right to claim work; release it when every loop has ended."""
    holder = Holder(conninfo=conninfo())
    holder.show_life()
    return holder


def worker_loops(holder: Holder) -> list[tuple[str, Loop]]:
    """Return the loops of a worker process, each for a thread of its own."""
    environment = settings.ACUSE
    per_domain = environment.domain_concurrency // environment.worker_processes
    endpoint = EmailEndpoint(per_domain=per_domain)
    spaced = schedule()
    dispatcher = Dispatcher(
        holder=holder,
        endpoint=endpoint,
        schedule=spaced,
        threads=environment.dispatch_threads // environment.worker_processes,
        per_domain=per_domain,
    )
    return [
        ("life", lambda stop: _show_life(holder, endpoint, stop)),
        ("dispatch", dispatcher.run),
        ("notices", Notifier(holder=holder, endpoint=endpoint, schedule=spaced).run),
        ("certificates", Issuer(holder=holder, press=press(), threads=environment.certificate_threads).run),
        ("reading", Reader(holder=holder, look_up=name_servers.look_up(), threads=_READING_THREADS).run),
        ("fetching", Fetcher(holder=holder, threads=_FETCHING_THREADS).run),
        ("followers", lambda stop: _follow(_FOLLOWERS, stop, _FOLLOW_SECONDS)),
        # Apart: deriving rows, and comparing them with the ledger, may take longer than others should wait.
        ("figures", lambda stop: _follow(_FIGURES, stop, _FOLLOW_SECONDS)),
        ("comparisons", lambda stop: _repeat((check_next,), stop)),
        ("intake", lambda stop: _follow(_INTAKE, stop, _INTAKE_SECONDS)),
        ("desk", lambda stop: _repeat((send_codes, send_due, close_silent, attend_due), stop)),
        ("calls", Clerk(holder=holder).run),
        ("periodic", periodic.run),
    ]


def _show_life(holder: Holder, endpoint: EmailEndpoint, stop: threading.Event) -> None:
    """Keep the lock that shows that this worker lives, free what dead workers held, close idle connections."""
    while not stop.wait(_KEEP_ALIVE_SECONDS):
        close_old_connections()
        periodic.guarded("leases", lambda: _tend(holder))
        endpoint.sweep()
    endpoint.close()


def _tend(holder: Holder) -> None:
    if holder.show_life():
        holder.free_the_dead(periodic.QUEUES)


def _repeat(acts: tuple[Callable[[], int], ...], stop: threading.Event) -> None:
    """Do what is due at the desk, again and again; at once where something was, others after a pause."""
    while not stop.is_set():
        close_old_connections()
        if not any([periodic.guarded(act.__name__, act) for act in acts]):
            stop.wait(_DESK_SECONDS)


def _follow(followers: tuple[Callable[[], int], ...], stop: threading.Event, pause: float) -> None:
    """Let every follower read on, again and again; one with a whole window behind it at once, others after a pause."""
    while not stop.is_set():
        close_old_connections()
        moved = [periodic.guarded(follower.__name__, follower) or 0 for follower in followers]
        if max(moved) < WINDOW:
            stop.wait(pause)


def _with_a_session(verb: Callable[_Given, _Answer]) -> Callable[_Given, _Answer]:
    """Return a verb that is called again where its session broke while nobody used it: asking first costs a wait."""

    def call(*arguments: _Given.args, **named: _Given.kwargs) -> _Answer:
        try:
            return verb(*arguments, **named)
        except (InterfaceError, OperationalError):
            close_old_connections()
            return verb(*arguments, **named)

    return call


@_with_a_session
def _authenticate(username: str, secret: str, address: str) -> SmtpCredentialValue:
    return account_services.authenticate(username=username, secret=secret, address=address)


@_with_a_session
def _may_send_as(credential: SmtpCredentialValue, address: str) -> bool:
    return account_rules.may_send_as(address, accounts.sender_patterns(credential.organisation))


@_with_a_session
def _keep(credential: SmtpCredentialValue, envelope: Envelope, raw: bytes) -> delivery.KeptMessage:
    return delivery.keep_message(credential=credential, envelope=envelope, raw=raw)


def _accept(messages: Sequence[delivery.KeptMessage]) -> list[list[UUID] | Exception]:
    return [
        accepted if isinstance(accepted, Exception) else [communication.id for communication in accepted]
        for accepted in delivery.accept_each(messages)
    ]


@_with_a_session
def _ours(address: str) -> reception_rules.Ours | None:
    environment = settings.ACUSE
    mailbox = mailbox_at(address)
    if mailbox is not None:
        return reception_rules.Ours(address=address, purpose="mailbox", identifier=mailbox)
    return reception_rules.read_address(
        address,
        keys=(settings.ACUSE_KEYS.address,),
        token_domain=environment.verp_domain,
        domains=frozenset({environment.verp_domain.lower(), environment.mail_hostname.lower()}),
    )


@_with_a_session
def _receive(arrival: reception.Arrival, raw: bytes) -> list[UUID]:
    return reception.receive(arrival=arrival, raw=raw)


def _inbound(context: ssl.SSLContext) -> list[InboundDoor]:
    """Return the inbound door, or none where this installation takes no mail from other servers."""
    environment = settings.ACUSE
    if not environment.smtp_inbound_port:
        return []
    listening = InboundListening(
        hostname=environment.mail_hostname,
        host=environment.smtp_inbound_host,
        port=environment.smtp_inbound_port,
        limits=replace(LIMITS, message=environment.message_limit),
    )
    return [InboundDoor(listening=listening, context=context, verbs=InboundVerbs(ours=_ours, receive=_receive))]


def serve_smtp() -> int:
    """Serve the SMTP connector and the inbound door until SIGTERM, then let messages under way finish."""
    environment = settings.ACUSE
    files = installation.smtp_files(environment)
    listening = Listening(
        hostname=environment.mail_hostname,
        host=environment.smtp_host,
        starttls_port=environment.smtp_starttls_port,
        tls_port=environment.smtp_tls_port,
        threads=environment.smtp_threads,
        grace=20.0,
        limits=Limits(message=environment.message_limit, recipients=environment.recipients_limit),
    )
    verbs = Verbs(authenticate=_authenticate, may_send_as=_may_send_as, keep=_keep, accept=_accept)
    context = tls_context(files.certificate, files.key)
    connector = Connector(listening=listening, context=context, verbs=verbs)
    # The connector last: that it answers shows that both do.
    asyncio.run(_serve([*_inbound(context), connector]))
    return 0


async def _serve(doors: Sequence[InboundDoor | Connector]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    for door in doors:
        await door.start()
    await stopped.wait()
    await asyncio.gather(*(door.stop() for door in doors))


def serve_web(application: str = "acuse.config.wsgi:application") -> int:
    """Serve the web door, a WSGI application given as `module:name`, until SIGTERM."""
    from granian import Granian
    from granian.constants import Interfaces

    environment = settings.ACUSE
    Granian(
        application,
        address=environment.web_host,
        port=environment.web_port,
        interface=Interfaces.WSGI,
        workers=environment.web_processes,
        blocking_threads=environment.web_threads,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
    return 0
