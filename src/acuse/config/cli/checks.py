"""`acuse fsck` and `acuse check`."""

import smtplib
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

from acuse import clock
from acuse.config.cli.serve import ready_database
from acuse.config.environment import Environment, environment
from acuse.errors import AcuseError

_EXPIRY_WARNING = timedelta(days=30)


def fsck() -> None:
    """Re-verify the whole ledger and custody; name the first damage. Exit status 1 when there is any."""
    settings = environment()
    with ready_database(settings):
        from acuse.config.installation import tsa_roots
        from acuse.evidence.examinations import note_examination
        from acuse.evidence.fsck import examine

        began_at = clock.now()
        examined, findings = examine(
            tsa_roots=tsa_roots(settings), progress=lambda stage: print(f"examining {stage} ...", flush=True)
        )
        note_examination(began_at=began_at, examined=examined, findings=findings)
    print(
        f"{examined.entries} entries, {examined.facts} facts, {examined.anchors} time stamps, "
        f"{examined.objects} objects examined."
    )
    for finding in findings:
        print(f"{'DAMAGE' if finding.damage else 'note'}  {finding.where}: {finding.what}")
    if any(finding.damage for finding in findings):
        sys.exit(1)
    print("Everything holds.")


def check() -> None:
    """Check configuration, database, keys, ports, clock, time stamps and alarms. Exit status 1 when something fails."""
    settings = environment()
    failed = False
    with ready_database(settings):
        for name, probe in _probes(settings):
            try:
                said = probe()
            except (AcuseError, OSError, smtplib.SMTPException) as error:
                failed = True
                said = f"FAILED: {error}"
            print(f"{name:<14} {said}", flush=True)
    if failed:
        sys.exit(1)


def _probes(settings: Environment) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "configuration", lambda: f"data in {settings.data_directory}"
    yield "database", _database
    yield "checkpoint key", _checkpoint_key
    yield "seal", lambda: _seal(settings)
    yield "clock", _clock
    yield "time stamps", _timestamps
    yield "web", lambda: _port(settings.web_host, settings.web_port)
    yield "smtp starttls", lambda: _port(settings.smtp_host, settings.smtp_starttls_port)
    yield "smtp tls", lambda: _port(settings.smtp_host, settings.smtp_tls_port)
    yield "smtp inbound", lambda: _inbound(settings)
    yield "reports", lambda: _reports_come_back(settings)
    if _waiting_migrations():
        return  # what follows reads tables that are not there yet
    yield "sending domain", _sending_domain
    yield "ledger", _ledger
    yield "alarms", _alarms


def _waiting_migrations() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _database() -> str:
    from django.db import connection

    waiting = _waiting_migrations()
    if waiting:
        raise AcuseError(f"{waiting} migrations are waiting: `acuse serve` applies them.")
    version = connection.cursor().connection.info.server_version
    return f"PostgreSQL {version // 10000}, schema up to date"


def _checkpoint_key() -> str:
    from django.conf import settings

    return str(settings.ACUSE_KEYS.checkpoint.verifier().line())


def _seal(settings: Environment) -> str:
    from acuse.config.installation import load_seal_key, seal_files

    files = seal_files(settings)
    _, certificate, _ = load_seal_key(files)
    left = certificate.not_valid_after_utc - clock.now()
    if left < timedelta():
        raise AcuseError(f"The seal's certificate ended on {certificate.not_valid_after_utc:%Y-%m-%d}; renew it.")
    soon = " (renew it soon)" if left < _EXPIRY_WARNING else ""
    legal = ", development: no legal value" if files.development else ""
    return f"valid until {certificate.not_valid_after_utc:%Y-%m-%d}{soon}{legal}"


def _clock() -> str:
    from acuse.config.ntp import clock_state

    state = clock_state()
    if state.synchronised is None:
        return f"not known to be synchronised ({state.source})"
    return "synchronised" if state.synchronised else "NOT synchronised: run an NTP daemon, such as chrony"


def _timestamps() -> str:
    from acuse.config.wiring import timestamps

    stamp = timestamps().stamp(b"acuse check")
    difference = abs((clock.now() - stamp.generated_at).total_seconds())
    legal = ", development: no legal value" if stamp.development else ""
    return f"{stamp.service} answers{legal}; its clock and ours differ by {difference:.1f} s"


def _port(host: str, port: int) -> str:
    try:
        with socket.create_connection((host, port), timeout=3):
            return f"answers at {host} port {port}"
    except OSError as error:
        raise AcuseError(f"nobody answers at {host} port {port}: start `acuse serve`.") from error


def _inbound(settings: Environment) -> str:
    if not settings.smtp_inbound_port:
        return "closed: reports and replies do not come in (ACUSE_SMTP_INBOUND_PORT is 0)"
    return _port(settings.smtp_inbound_host, settings.smtp_inbound_port)


def _reports_come_back(settings: Environment) -> str:
    """Say whether the MX of the domain of our envelope senders leads here; a domain that does not is no failure."""
    from acuse.reception.endpoints import look_up
    from acuse.reception.origin.answers import NoAnswer

    domain, ask = settings.verp_domain, look_up()

    def addresses(name: str) -> set[bytes]:
        return {one for kind in ("A", "AAAA") for one in ask(name, kind).values}

    try:
        hosts = [one.decode() for one in ask(domain, "MX").values] or [domain]
        if settings.mail_hostname.lower() in hosts:
            return f"the MX of {domain} is this host"
        ours, theirs = addresses(settings.mail_hostname), {one for host in hosts for one in addresses(host)}
    except NoAnswer as error:
        return f"WARNING: {error}"
    if ours & theirs:
        return f"the MX of {domain} has an address of this host"
    return f"WARNING: the MX of {domain} is not {settings.mail_hostname}: reports and replies go elsewhere"


def _sending_domain() -> str:
    """Say what the DNS lacks of the operator's own domain; nothing waits for it."""
    from acuse.delivery.domains import operators_findings

    lacking = [
        f"{one.check.upper()} {one.state} ({one.name or 'no key'})" for one in operators_findings() if not one.ok
    ]
    return f"WARNING: {', '.join(lacking)}" if lacking else "DKIM, SPF and DMARC are in the DNS"


def _ledger() -> str:
    from acuse.evidence.queries import ledger_state

    state = ledger_state()
    return (
        f"{state.size} entries, {state.pending} pending, time-stamped up to {state.anchored_size}, "
        f"lag {state.lag_seconds:.0f} s"
    )


def _alarms() -> str:
    from acuse.evidence.queries import alarms

    raised = alarms()
    if raised:
        raise AcuseError("; ".join(f"{alarm.message} (since {alarm.since:%Y-%m-%d %H:%M} UTC)" for alarm in raised))
    return "none"
