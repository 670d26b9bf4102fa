"""`acuse demo`: everything embedded, every example sent, delivered, certified and verified; nothing leaves the machine.

It drives the public doors only: the SMTP connector in, the certificates out, the verifier over them.
"""

import json
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import typer
from dotenv import dotenv_values

from acuse.config.cli.demo_directory import MARKER, claimed
from acuse.config.cli.outcomes import Outcome, make_directory, siblings, wait_for_certificates
from acuse.config.cli.serve import ready_database, supervisor
from acuse.config.cli.submission import Account, account_file, keep_account, read_account, submit
from acuse.config.environment import Environment, default_data_directory, environment, settings_file
from acuse.config.installation import prepare
from acuse.config.secrets import write_private
from acuse.config.tree import ROLES
from acuse.embedded.mailboxes import messages
from acuse.embedded.zone import PUBLISHED, publish
from acuse.errors import ConfigurationError
from acuse.mail.read import read
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes

NAME, SLUG, DOMAIN = "Talleres Ribera", "talleres-ribera", "@talleres-ribera.example"
MEMBERS = (
    ("direccion", "Dirección", "owner"),
    ("recepcion", "Recepción", "administrator"),
    ("taller", "Taller", "agent"),
    ("auditoria", "Auditoría", "auditor"),
)
_PATIENCE_SECONDS = 420.0
_LEFTOVERS_SECONDS = 20.0
"""How long what a killed demo left may take to end."""

#: Short times, so that a person sees final states: the first retry after 3 s, the last within 40 s.
_SETTINGS = {
    "ACUSE_SANDBOX": "1",
    "ACUSE_SETTLE_TIME": "PT5S",
    "ACUSE_RETRY_SCALE": "0.01",
    "ACUSE_RETRY_FOR": "PT40S",
    "ACUSE_MAIL_HOSTNAME": "acuse.example",
    "ACUSE_CERTIFIER": "Acuse, demostración",
}
_TRUST_SERVICES_PORT = "ACUSE_TRUST_SERVICES_PORT"
_PORTS = {
    "ACUSE_WEB_PORT": 8080,
    "ACUSE_SMTP_STARTTLS_PORT": 2587,
    "ACUSE_SMTP_TLS_PORT": 2465,
    "ACUSE_SMTP_INBOUND_PORT": 2026,
    "ACUSE_SANDBOX_SMTP_PORT": 2525,
    "ACUSE_SANDBOX_DNS_PORT": 5353,
    _TRUST_SERVICES_PORT: 8318,
}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One example as the connector accepted it."""

    file: str
    communications: tuple[UUID, ...]


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Stop everything after the last certificate is verified.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write the certificates and trust.pem to this directory.")] = None,
    examples: Annotated[Path, typer.Option(help="Directory with the messages and envelopes.json.")] = Path("examples"),
) -> None:
    """Start everything on this machine, send the examples, certify and verify them; stay up until Ctrl-C."""
    envelopes = _read_envelopes(examples)
    if out is not None:
        make_directory(out)
    directory = settings_file().parent
    with claimed(directory, keys=directory / "keys") as claim:
        if claim.earlier:
            print(f"{directory} holds an earlier demo: what it accepted before is not sent again.", flush=True)
        else:
            print(f"All of it goes into {directory}; ACUSE_DATA_DIRECTORY chooses another.", flush=True)
        _configure(earlier=claim.earlier)
        settings = environment()
        claim.say_address(settings.public_url)
        _run(settings, examples, envelopes, out=out, once=once)


def _run(
    settings: Environment, examples: Path, envelopes: Sequence[dict[str, Any]], *, out: Path | None, once: bool
) -> None:
    """Start, send, certify and verify; see `demo`."""
    with ready_database(settings, first=True):
        _keep_settings(settings)
        prepare(settings)
        password = _sample_organisation(settings)
        if not once:
            _play_month(examples / "desk")
        tree = supervisor(settings, ROLES, quiet=True)
        print("Starting the database, mail servers, time stamps, worker, sequencer and console ...", flush=True)
        tree.start()
        try:
            _sign(settings)
            found = _run_examples(settings, examples, envelopes)
            verified = _verify(settings, found)
            _print_table(found)
            if out is not None:
                _write(settings, out, found)
            print(f"\n{verified} of {len(found)} certificates verified offline with {settings.trust_file}.")
            if verified != len(found):
                raise ConfigurationError("Not every certificate verifies; see the report above.")
            if not once:
                _stay(settings, password, examples / envelopes[0]["file"])
        finally:
            tree.stop()


def _read_envelopes(examples: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads((examples / "envelopes.json").read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{examples}/envelopes.json cannot be read: run `make demo` in the project."
        ) from error


def _configure(*, earlier: bool) -> None:
    """Set what the demo needs unless the caller has set it; a port in use is replaced by a free one.

    Args:
        earlier: whether a demo ran in the data directory before, of which something may still be ending.

    Raises:
        ConfigurationError: a port that the caller has set is in use: somebody else's server would answer there.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    free = _becomes_free if earlier else _is_free
    for name in _PORTS.keys() & os.environ.keys():
        given = os.environ[name]
        if given.isdecimal() and int(given) < 2**16 and not free(int(given)):
            raise ConfigurationError(f"Port {given} is in use: free it, or set {name} to another.")
    _take_up_trust_services()
    for name, port in _PORTS.items():
        if name not in os.environ:
            chosen = port if _is_free(port) else _free_port()
            os.environ[name] = str(chosen)
            if chosen != port:
                how_long = "in this data directory" if name == _TRUST_SERVICES_PORT else "this time"
                print(f"Port {port} is in use: {chosen} stands in for it {how_long} ({name}).", flush=True)
    os.environ.setdefault("ACUSE_PUBLIC_URL", f"http://127.0.0.1:{os.environ['ACUSE_WEB_PORT']}")


def _take_up_trust_services() -> None:
    """Serve revocation lists again where the first run did, because its certificates name that port.

    Elsewhere nobody would find the lists, and what is sealed would stay at the lowest level.
    """
    file = settings_file()
    named = dotenv_values(file).get(_TRUST_SERVICES_PORT) if (file.parent / MARKER).exists() else None
    if named is None or not named.isdecimal() or _TRUST_SERVICES_PORT in os.environ:
        return
    if not _becomes_free(int(named)):
        raise ConfigurationError(
            f"Port {named} is in use, where the certificates of the demo in {file.parent} have their revocation "
            "list: free it, or set ACUSE_DATA_DIRECTORY to an empty directory."
        )
    os.environ[_TRUST_SERVICES_PORT] = named


def _keep_settings(settings: Environment) -> None:
    """Write the demo's settings where `acuse send`, `acuse check` and the others find them.

    None is secret, and whoever verifies with this installation's trust.pem reads them.
    """
    names = (*_SETTINGS, *_PORTS, "ACUSE_PUBLIC_URL")
    lines = [f'{name}="{os.environ[name]}"\n' for name in names]
    (settings.data_directory / "acuse.env").write_text("".join(lines), "utf-8")


def _becomes_free(port: int) -> bool:
    """Say whether a port is free once what a killed demo left behind is gone."""
    deadline = time.monotonic() + _LEFTOVERS_SECONDS
    while not _is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", port))  # noqa: S104  only a probe: the sandbox uses several loopback addresses
            except OSError:
                return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))  # noqa: S104  as above
        return int(probe.getsockname()[1])


def _sample_organisation(settings: Environment) -> str:
    """Make Talleres Ribera, its members and credential at the first run; return the members' password."""
    from acuse.accounts import services
    from acuse.accounts.models import Organisation

    kept = settings.keys / "demo-password"
    if not kept.exists():
        write_private(kept, secrets.token_urlsafe(12).encode())
    password = kept.read_text("ascii")
    organisation = Organisation.objects.filter(slug=SLUG).first()
    if organisation is None:
        organisation = services.create_organisation(name=NAME, slug=SLUG, tax_id="B00000000")
    services.add_sender_identity(organisation=organisation.id, pattern=DOMAIN)
    for local, name, role in MEMBERS:
        email = f"{local}{DOMAIN}"
        if not organisation.memberships.filter(user__email=email).exists():
            services.create_or_reset_user(email=email, password=password, name=name)
            services.add_member(organisation=organisation.id, email=email, role=role)
    if not account_file(settings).exists():
        credential, secret = services.create_credential(
            organisation=organisation.id, name=f"crm-{secrets.token_hex(2)}"
        )
        keep_account(settings, Account(username=credential.username, secret=secret))
    return password


def _play_month(directory: Path) -> None:
    """Play a month at the desk at the first run that stays up, before anything else works on it."""
    from acuse.accounts.models import User
    from acuse.accounts.queries import access_organisation
    from acuse.config.cli.demo_desk import set_up
    from acuse.config.cli.demo_month import Desk, play, played
    from acuse.helpdesk.models import Mailbox

    if not directory.is_dir() or Mailbox.objects.filter(organisation__slug=SLUG).exists():
        return
    print("Playing a month at the desk: its facts say those days, their time stamps will say today ...", flush=True)
    who = {
        local: access_organisation(user=User.objects.get(email=f"{local}{DOMAIN}"), slug=SLUG) for local, *_ in MEMBERS
    }
    with played() as player:
        line = set_up(who["direccion"], directory)
        desk = Desk(owner=who["direccion"], reception=who["recepcion"], workshop=who["taller"], line=line)
        count = play(player, desk, directory)
    print(f"  {count} cases", flush=True)


def _sign(settings: Environment) -> None:
    """Have the organisation's mail signed: publish its key in the sandbox, and what goes well beside it."""
    from acuse.accounts.models import Organisation
    from acuse.delivery.domains import activate_seen
    from acuse.delivery.services.signing_keys import make_signing_key, signing_keys

    organisation = Organisation.objects.get(slug=SLUG).id
    domain = DOMAIN.removeprefix("@")
    kept = next((key for key in signing_keys(organisation) if key.state in {"made", "active"}), None)
    key = kept or make_signing_key(organisation=organisation, domain=domain)
    records = (
        (key.name, "TXT", key.record),
        (domain, "TXT", f"v=spf1 a:{settings.mail_hostname} -all"),
        (f"_dmarc.{domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:dmarc{DOMAIN}"),
        (settings.mail_hostname, "A", "127.0.0.1"),
    )
    publish(settings.data_directory / "sandbox" / PUBLISHED, records)
    activate_seen(organisation=organisation, key=key.id)


def _run_examples(
    settings: Environment, examples: Path, envelopes: Sequence[dict[str, Any]]
) -> list[tuple[str, Outcome]]:
    """Submit every example and wait for its certificates; return (file, outcome) pairs."""
    account = read_account(settings)
    sent = []
    for envelope in envelopes:
        reply = submit(
            settings,
            account,
            raw=(examples / envelope["file"]).read_bytes(),
            sender=envelope["sender"],
            recipients=[recipient["address"] for recipient in envelope["recipients"]],
        )
        sent.append(Sent(file=envelope["file"], communications=tuple(siblings(reply))))
        print(f"  {envelope['file']:<36} {reply}", flush=True)
    everything = [identity for one in sent for identity in one.communications]
    found = wait_for_certificates(everything, deadline=time.monotonic() + _PATIENCE_SECONDS, progress=_show_progress)
    files = {identity: one.file for one in sent for identity in one.communications}
    return [(files[outcome.communication], outcome) for outcome in found]


def _show_progress(done: int, count: int) -> None:
    print(f"  {done} of {count} delivered or given up, and certified", flush=True)


def _verify(settings: Environment, found: Sequence[tuple[str, Outcome]]) -> int:
    """Verify every certificate with the offline verifier; print the report of each that fails."""
    trust = Trust.parse(settings.trust_file.read_text("utf-8"))
    verified = 0
    for _, outcome in found:
        report = verify_bytes(outcome.document or b"", filename=f"{outcome.code}.pdf", trust=trust)
        if report.exit_status == 0:
            verified += 1
        else:
            print(report.to_text(), file=sys.stderr)
    return verified


def _print_table(found: Sequence[tuple[str, Outcome]]) -> None:
    rows = [("message", "recipient", "outcome", "grade", "certificate")]
    for file, outcome in found:
        result = outcome.outcome + (f": {outcome.failure_class}" if outcome.failure_class else "")
        rows.append((file, outcome.recipient, result, f"G{outcome.grade}", f"{outcome.code} {outcome.level}"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _write(settings: Environment, out: Path, found: Sequence[tuple[str, Outcome]]) -> None:
    """Write the certificates and the anchors, and no other PDF."""
    for earlier in out.glob("*.pdf"):
        earlier.unlink()
    for file, outcome in found:
        (out / f"{Path(file).stem}--{_file_name(outcome.recipient)}.pdf").write_bytes(outcome.document or b"")
    shutil.copyfile(settings.trust_file, out / "trust.pem")


def _file_name(address: str) -> str:
    """Return an address as part of a file's name: letters of any script as they are, other signs as in a URL."""
    return "".join(each if each.isalnum() or each in ".@+-_" else quote(each, safe="") for each in address)


def _links(settings: Environment) -> list[str]:
    """Return the links of the notices that the sandbox's domains hold, as their recipients find them."""
    boxes = settings.data_directory / "sandbox"
    found = [
        re.findall(
            rf"^{re.escape(settings.public_url.rstrip('/'))}/a/[a-z2-7]+/", read(one.content).text or "", re.MULTILINE
        )
        for domain in sorted(boxes.iterdir())
        for one in messages(boxes, domain.name)
    ]
    return [link for links in found for link in links]


def _send_line(settings: Environment, message: Path) -> str:
    """Return a line that sends a message through this demo, from whatever directory it is pasted in."""
    directory = settings.data_directory.absolute()
    named = "" if directory == default_data_directory() else f"ACUSE_DATA_DIRECTORY={shlex.quote(str(directory))} "
    words = (Path(sys.executable).parent / "acuse", "send", message.absolute(), "--to", "you@acepta.example", "--wait")
    return named + shlex.join(map(str, words))


def _stay(settings: Environment, password: str, example: Path) -> None:
    """Say where everything is and wait for Ctrl-C or SIGTERM."""
    account = read_account(settings)
    print(
        f"\nConsole      {settings.public_url}/console/\n"
        f"Login        direccion{DOMAIN}  password  {password}\n"
        f"             {', '.join(local for local, *_ in MEMBERS[1:])} have the same\n"
        f"Public page  {settings.public_url}/o/{SLUG}/\n"
        f"Verify       {settings.public_url}/verify/\n"
        f"SMTP         {settings.smtp_host} port {settings.smtp_starttls_port} STARTTLS, "
        f"{settings.smtp_tls_port} TLS, user {account.username}\n"
        f"             or  {_send_line(settings, example)}\n"
        f"Incoming     {settings.smtp_inbound_host} port {settings.smtp_inbound_port}\n"
        f"Mailboxes    {settings.data_directory / 'sandbox'}/*/new: what the sandbox's recipients got, a file each\n"
        + "".join(f"Recipient    {link}\n" for link in _links(settings))
        + f"Logs         {settings.data_directory / 'acuse.log'}\n\nCtrl-C stops everything.",
        flush=True,
    )
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.5):
        pass
    print("\nStopping ...", flush=True)
