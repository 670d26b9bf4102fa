"""`acuse explain`: what a bounce means, for each recipient."""

import io
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from acuse.mail.reports.reader import read_report
from acuse.mail.reports.values import Recipient, Report

MAX_BYTES = 150_000_000
NOT_A_BOUNCE = "not_a_bounce"
_COLUMNS = ("recipient", "action", "class", "permanent", "status", "reply", "reason")


def explain(
    files: Annotated[list[Path], typer.Argument(help="Messages as they came in, .eml files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a recipient, each on a line.")] = False,
) -> None:
    """Say what bounces, complaints and automatic replies mean for each recipient.

    The class is one of user_unknown, recipient_refused, mailbox_full, host_unknown, message_too_big, content_blocked,
    spam_or_reputation, policy, auth_policy, throttled, expired_timeout, server_or_network, protocol_error,
    undetermined, complaint_arf, auto_reply, delivered_dsn, relayed_dsn, read_receipt, not_a_bounce. Nothing is sent,
    stored or looked up. Exit status: 0 all files were read, 1 one could not be.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # addresses in any script, on a terminal of few letters
    try:
        every = [_explained(file, as_json) for file in files]
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has left (head, less); nor must the interpreter try again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0 if all(every) else 1)


def _explained(file: Path, as_json: bool) -> bool:
    """Print what a file means; tell whether it could be read."""
    try:
        raw = _read(file)
    except OSError as error:
        print(f"acuse: {_shown(str(file))} cannot be read: {error.strerror or error}.", file=sys.stderr)
        return False
    rows = _rows(file, read_report(raw))
    print("\n".join(map(_json, rows)) if as_json else _table(file, rows))
    return True


def _read(file: Path) -> bytes:
    if not file.is_file():
        raise OSError(0, "no such file" if not file.exists() else "it is not a file")
    if file.stat().st_size > MAX_BYTES:
        raise OSError(0, f"it has over {MAX_BYTES:,} bytes")
    return file.read_bytes()


def _rows(file: Path, report: Report) -> list[dict[str, Any]]:
    if not report.recipients:
        none: dict[str, Any] = dict.fromkeys(_COLUMNS)
        return [{"file": str(file), **none, "class": NOT_A_BOUNCE, "permanent": False, "reason": report.reason}]
    return [_row(file, report, recipient) for recipient in report.recipients]


def _row(file: Path, report: Report, recipient: Recipient) -> dict[str, Any]:
    return {
        "file": str(file),
        "recipient": recipient.address or None,
        "action": recipient.action or None,
        "class": recipient.report_class,
        "permanent": recipient.permanent,
        "status": recipient.status or None,
        "reply": recipient.reply or None,
        "reason": recipient.reason,
        "failure": recipient.failure_class,
        "kind": report.kind,
        "diagnostic": recipient.diagnostic or None,
        "remote_mta": recipient.remote_mta or None,
        "reporting_mta": report.reporting_mta,
        "envid": report.envid,
        "message_id": report.message_id,
        "truncated": report.truncated,
    }


def _json(row: dict[str, Any]) -> str:
    """Return a line; lone surrogates and what a terminal would obey are escaped, so that it can always be printed."""
    return json.dumps(row, ensure_ascii=True)


def _table(file: Path, rows: list[dict[str, Any]]) -> str:
    lines = [f"{_shown(str(file))}:"]
    for row in rows:
        said = " ".join(filter(None, (row["reply"], row["status"])))
        lasting = "permanent" if row["permanent"] else "passing" if row["action"] in ("failed", "delayed") else ""
        cells = filter(None, (row["recipient"] or "-", row["class"], row["action"], lasting, said))
        lines += [f"  {'  '.join(map(_shown, cells))}", f"    {_shown(row['reason'])}"]
        if row.get("diagnostic") and row["diagnostic"] not in row["reason"]:
            lines.append(f"    said: {_shown(row['diagnostic'])[:300]}")
    return "\n".join(lines)


def _shown(text: str) -> str:
    """Return foreign text on one line without what a terminal would obey."""
    return "".join(each if each.isprintable() else " " for each in " ".join(text.split()))
