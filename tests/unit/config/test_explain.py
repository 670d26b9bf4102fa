"""`acuse explain`, run as people run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

VECTORS = Path(__file__).parents[2] / "vectors" / "bounces"
ACUSE = [sys.executable, "-c", "from acuse.config.cli import main; main()", "explain"]


def explain(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ACUSE, *map(str, words)],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment},
    )  # fmt: skip


def test_a_line_of_json_for_each_recipient() -> None:
    file = VECTORS / "qmail-two-recipients.eml"
    done = explain(file, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["file"], row["recipient"], row["class"], row["failure"]) for row in rows] == [
        (str(file), "nadie@destino.example", "user_unknown", "mailbox_not_found"),
        (str(file), "cliente@filtro.example", "spam_or_reputation", "policy_blocked"),
    ]
    assert {name: rows[0][name] for name in ("action", "permanent", "status", "reply", "kind")} == {
        "action": "failed", "permanent": True, "status": "5.1.1", "reply": "550", "kind": "bounce",
    }  # fmt: skip
    assert rows[0]["reason"]
    assert rows[0]["message_id"] == "<original-1@acuse.example>"


def test_what_is_no_bounce_or_no_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "garbage.eml").write_bytes(bytes(range(256)) * 100)
    files = [tmp_path / "absent.eml", tmp_path, tmp_path / "empty.eml", tmp_path / "garbage.eml"]
    done = explain("--json", *files, VECTORS / "ordinary-newsletter.eml", VECTORS / "dsn-delivered.eml")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"acuse: {tmp_path / 'absent.eml'} cannot be read: no such file.",
        f"acuse: {tmp_path} cannot be read: it is not a file.",
    ]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["class"] for row in rows] == ["not_a_bounce"] * 3 + ["delivered_dsn"]
    assert (rows[0]["recipient"], rows[0]["action"], rows[0]["permanent"]) == (None, None, False)
    assert rows[0]["reason"]


def test_a_complaint_is_told_once() -> None:
    done = explain(VECTORS / "arf-abuse.eml", VECTORS / "arf-microsoft.eml")
    assert done.stdout.splitlines() == [
        f"{VECTORS / 'arf-abuse.eml'}:",
        "  harto@destino.example  complaint_arf",
        "    complaint: Feedback-Type: abuse",
        f"{VECTORS / 'arf-microsoft.eml'}:",
        "  harto@hotmail.com  complaint_arf",
        "    complaint: Subject: complaint about message from 192.0.2.1",
    ]


def test_the_table_obeys_nothing_that_a_message_says(tmp_path: Path) -> None:
    file = tmp_path / "bounce.eml"
    raw = (VECTORS / "dsn-international.eml").read_bytes()
    file.write_bytes(raw.replace(b"no existe", b"no \x1b[2Jexiste"))
    done = explain(file, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    first, said, why, verbatim = done.stdout.splitlines()
    assert first == f"{file}:"
    assert said.split() == ["jos\\xe9@destino.example", "user_unknown", "failed", "permanent", "550", "5.1.1"]
    assert why.strip()
    assert verbatim.startswith("    said: 550 5.1.1 no")
    assert "\x1b" not in done.stdout


def test_a_reader_that_leaves_early_is_no_error() -> None:
    files = [str(VECTORS / "qmail-two-recipients.eml")] * 400
    with subprocess.Popen([*ACUSE, "--json", *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.readline()
        started.stdout.close()
        assert started.stderr.read() == b""
        assert started.wait(timeout=60) == 1


def test_wrong_use_is_one_sentence() -> None:
    for words, said in (((), "Missing argument 'files'."), (("--jsonl", "x"), "No such option: --jsonl")):
        done = explain(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"acuse: {said}")
        assert done.stderr.count("\n") == 1
    assert "not_a_bounce" in explain("--help").stdout
