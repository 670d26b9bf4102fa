"""`python -m acuse.proof FILE...`: verify offline, with the standard library and a few small libraries only."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from acuse.errors import InputError
from acuse.proof.report import Report, State, Step
from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes

MAX_FILE = 1 << 30
_DESCRIPTION = "Verify certificates (PDF), proof bundles (proof.json, .zip) and tlog-proofs offline."
_PROGRAM = "python -m acuse.proof"
_HINT = """No document vouches for itself: whose seals and time stamps to believe must be known from elsewhere.
Give the anchors of the installation that issued it with --trust FILE: its trust.pem, which lies in its data
directory and is public, or tsa.pem, seal.pem and log.vkey from its page /verify/offline/.
"""
_VERDICT = 8
_EPILOG = "Exit status: 0 all valid, 1 one is invalid, 2 cannot tell (no trust anchor, or not readable)."


def main(arguments: Sequence[str] | None = None, *, program: str = _PROGRAM, default_trust: Trust | None = None) -> int:
    """Run the command.

    Args:
        arguments: those after the program's name; None for those of this process.
        program: how it was called, for the usage line.
        default_trust: anchors used where no --trust is given, such as an installation's own.

    Returns:
        Exit status: 0 all valid, 1 one is invalid, 2 none invalid but one cannot be told.
    """
    parser = argparse.ArgumentParser(prog=program, description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="the trust.pem of the installation that issued the files, or verifier keys (name+hash+base64) and PEM "
        "certificates after a line `# seals` or `# time stamps`; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON array instead of text")
    chosen = parser.parse_args(arguments)
    try:
        trust = read_trust(chosen.trust) if chosen.trust else default_trust or Trust()
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    reports = [_verify_file(path, trust) for path in chosen.files]
    if chosen.json:
        sys.stdout.write(json.dumps([each.to_members() for each in reports], indent=2) + "\n")
    else:
        text = "\n".join(each.to_text() for each in reports)
        if not chosen.trust and any(_lacks_anchors(each) for each in reports):
            text += f"\n{_HINT}"
        encoding = sys.stdout.encoding or "utf-8"
        # A terminal without Unicode still gets every line.
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    statuses = {each.exit_status for each in reports}
    return 1 if 1 in statuses else max(statuses)


def read_trust(paths: Sequence[Path]) -> Trust:
    """Read files of trust anchors.

    Raises:
        InputError: one cannot be read, or holds something else; says which.
    """
    trust = Trust()
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise InputError(f"The trust anchors in {path} cannot be read: {_why(error)}.") from error
        except UnicodeDecodeError as error:
            raise InputError(f"The trust anchors in {path} cannot be read: it is no text.") from error
        try:
            trust |= Trust.parse(text)
        except InputError as error:
            raise InputError("%(file)s: %(error)s", file=path, error=error) from error
    return trust


def _lacks_anchors(report: Report) -> bool:
    """Say whether anchors could decide it: what could not be read, and what becomes of the facts, they do not."""
    unsure = {step.number for step in report.steps if step.state is State.CANNOT_TELL}
    return report.kind != "unknown" and bool(unsure - {_VERDICT})


def _verify_file(path: Path, trust: Trust) -> Report:
    try:
        if path.stat().st_size > MAX_FILE:
            return _unread(path, f"it is larger than {MAX_FILE} bytes")
        raw = path.read_bytes()
    except OSError as error:
        return _unread(path, _why(error))
    return verify_bytes(raw, filename=str(path), trust=trust)


def _unread(path: Path, why: str) -> Report:
    step = Step(number=1, state=State.CANNOT_TELL, text=f"The file cannot be read: {why}.")
    return Report(filename=str(path), kind="unknown", state=State.CANNOT_TELL, steps=(step,))


def _why(error: OSError) -> str:
    """What the system says, as part of a sentence."""
    said = error.strerror or str(error)
    return said[:1].lower() + said[1:]


if __name__ == "__main__":
    sys.exit(main())
