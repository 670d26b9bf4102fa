"""`acuse send` and `acuse verify`."""

import sys
import time
from pathlib import Path
from typing import Annotated, TextIO

import typer

from acuse.config.cli.outcomes import make_directory, siblings, wait_for_certificates
from acuse.config.cli.serve import ready_database
from acuse.config.cli.submission import Account, read_account, submit
from acuse.config.environment import environment
from acuse.errors import CannotTell, InputError, Invalid
from acuse.proof.__main__ import main as verify_files
from acuse.proof.__main__ import read_trust
from acuse.proof.trust import Trust

_FILE_LIMIT = 150_000_000


def send(
    file: Annotated[Path, typer.Argument(help="Message to send, as an .eml file.")],
    to: Annotated[list[str], typer.Option(help="Recipient; may be repeated.")],
    sender: Annotated[str, typer.Option("--from", help="MAIL FROM; else the address in the From header.")] = "",
    user: Annotated[str, typer.Option(help="SMTP user name; else the sample organisation's of `acuse demo`.")] = "",
    secret_file: Annotated[Path | None, typer.Option(help="File with the secret of --user.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until every certificate is issued.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the certificates there; implies --wait.")] = None,
    timeout: Annotated[float, typer.Option(help="Most seconds to wait.", min=0)] = 600.0,
) -> None:
    """Send a message through the SMTP connector, as any mail program would."""
    settings = environment()
    raw = _read(file)
    account = _account(user, secret_file)
    if out is not None:
        make_directory(out)
    reply = submit(settings, account, raw=raw, sender=sender, recipients=to)
    print(reply)
    if wait or out:
        _collect(reply, out, time.monotonic() + timeout)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _FILE_LIMIT:
            raise InputError(f"{file} has over {_FILE_LIMIT} bytes.")
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error


def _account(user: str, secret_file: Path | None) -> Account:
    if bool(user) != bool(secret_file):
        raise InputError("Give --user together with --secret-file.")
    if user and secret_file:
        return Account(username=user, secret=_read(secret_file).decode("ascii", "replace").strip())
    return read_account(environment())


def _collect(reply: str, out: Path | None, deadline: float) -> None:
    """Wait for the certificates of what the reply names, and write them."""
    with ready_database(environment()):
        named = siblings(reply)
        if not named:
            raise InputError("The server's reply names no communication of this installation to wait for.")
        found = wait_for_certificates(named, deadline=deadline, progress=_show_progress)
    for outcome in found:
        print(f"{outcome.code}  {outcome.recipient}  {outcome.outcome} G{outcome.grade}")
        if out is not None and outcome.document is not None:
            (out / f"{outcome.code}.pdf").write_bytes(outcome.document)
            if outcome.archive is not None:
                (out / f"{outcome.code}.zip").write_bytes(outcome.archive)


def _show_progress(done: int, count: int) -> None:
    print(f"{done} of {count} certified", file=sys.stderr, flush=True)


def verify(
    files: Annotated[list[Path], typer.Argument(help="Certificates (PDF), bundles (proof.json, .zip), tlog-proofs.")],
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            help="The trust.pem of the installation that issued the files, or verifier keys and PEM certificates "
            "after a line `# seals` or `# time stamps`; else this installation's own trust.pem."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array instead of text.")] = False,
    render: Annotated[
        bool, typer.Option("--render", help="Also make the pages again from the facts and compare them byte for byte.")
    ] = False,
    message: Annotated[
        list[Path] | None,
        typer.Option(help="For --render: the original message, where it was too big for the PDF; may be repeated."),
    ] = None,
) -> None:
    """Verify proofs offline. Exit status: 0 all valid, 1 one is invalid, 2 cannot tell."""
    if message and not render:
        raise InputError("Give --message together with --render.")
    messages = [_read(path) for path in message or ()]
    arguments = [*map(str, files), *(f"--trust={path}" for path in trust or ()), *(["--json"] if as_json else [])]
    default = None if trust else _own_trust()
    status = verify_files(arguments, program="acuse verify", default_trust=default)
    if render and status == 0:
        anchors = read_trust(trust) if trust else default or Trust()
        status = _render(files, anchors, messages, to=sys.stderr if as_json else sys.stdout)
    sys.exit(status)


def _own_trust() -> Trust | None:
    """Return the anchors of this installation, None where there is none."""
    file = environment().trust_file
    return read_trust([file]) if file.is_file() else None


def _render(files: list[Path], trust: Trust, messages: list[bytes], *, to: TextIO) -> int:
    """Make the pages of valid certificates again and say how they compare; return the exit status."""
    import django

    django.setup()
    from acuse.certificates.rerender import rerender
    from acuse.pdf.pool import Typesetter

    typesetter = Typesetter(processes=1)
    worst = 0
    for file in files:
        try:
            said = rerender(file.read_bytes(), trust=trust, typesetter=typesetter, messages=messages)
        except CannotTell as error:
            said, worst = f"cannot tell: {error}", worst or 2
        except Invalid as error:
            said, worst = f"INVALID: {error}", 1
        print(f"{file.name}: {said}", file=to)
    typesetter.close()
    return worst
