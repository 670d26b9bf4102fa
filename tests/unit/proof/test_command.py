"""`python -m acuse.proof`: exit statuses, and that it needs nothing but its few declared libraries."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from acuse.proof.__main__ import main
from acuse.proof.trust import Trust
from tests.unit.proof.support import real_operator
from tests.unit.proof.test_verify import OPERATOR, RAW

BLOCKER = """
import runpy, sys

allowed = set(sys.stdlib_module_names) | {"acuse", "rfc8785", "cryptography", "asn1crypto", "cffi", "_cffi_backend"}

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in allowed:
            raise ImportError(f"{name} is not among the declared libraries of the verifier")
        return None

sys.meta_path.insert(0, Blocker())
sys.argv = ["acuse.proof", *sys.argv[1:]]
runpy.run_module("acuse.proof", run_name="__main__")
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "trust.pem").write_text(OPERATOR.trust.to_text(), encoding="utf-8")
    (tmp_path / "good.json").write_bytes(RAW)
    (tmp_path / "bad.json").write_bytes(RAW.replace(b"ana@", b"eva@"))
    (tmp_path / "certificate.pdf").write_bytes(b"%PDF-1.7\n<</F(proof.json)>>\n")
    return tmp_path


def alone(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCKER, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def test_it_runs_with_its_declared_libraries_alone(files: Path) -> None:
    ran = alone(str(files / "good.json"), "--trust", str(files / "trust.pem"))
    assert ran.stderr == ""
    assert ran.returncode == 0
    assert "good.json: valid – Development time stamp – no legal value" in ran.stdout


def test_a_pdf_without_its_reader_cannot_be_told(files: Path) -> None:
    ran = alone(str(files / "certificate.pdf"), "--trust", str(files / "trust.pem"), "--json")
    assert ran.returncode == 2, ran.stderr
    assert "pyhanko" in json.loads(ran.stdout)[0]["steps"][0]["text"].lower()


@pytest.mark.parametrize(
    ("names", "trusted", "status"),
    [
        (["good.json"], True, 0),
        (["good.json"], False, 2),
        (["bad.json"], True, 1),
        (["bad.json"], False, 1),
        (["good.json", "bad.json"], True, 1),
        (["good.json", "absent.json"], True, 2),
        (["absent.json", "bad.json"], True, 1),
    ],
)
def test_exit_statuses(
    files: Path, names: list[str], trusted: bool, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = ["--trust", str(files / "trust.pem")] if trusted else []
    assert main([*(str(files / name) for name in names), *trust]) == status
    assert all(name in capsys.readouterr().out for name in names[:1])


def test_json_lists_every_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(files / "good.json"), str(files / "bad.json"), "--json"]) == 1
    reports = json.loads(capsys.readouterr().out)
    assert [each["state"] for each in reports] == ["cannot_tell", "invalid"]


def test_anchors_of_an_installation_are_used_where_none_are_given(files: Path) -> None:
    assert main([str(files / "good.json")], default_trust=OPERATOR.trust) == 0
    keys = files / "keys.txt"
    keys.write_text(Trust(log_keys=(OPERATOR.key.verifier().line(),)).to_text(), encoding="utf-8")
    assert main([str(files / "good.json"), "--trust", str(keys)], default_trust=OPERATOR.trust) == 2


def test_anchors_that_cannot_be_read_are_said(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(files / "good.json"), "--trust", str(files / "absent.pem")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main([str(files / "good.json"), "--trust", str(files / "good.json")]) == 2
    assert "verifier key" in capsys.readouterr().err


def test_a_certificate_that_says_not_what_it_may_vouch_for_is_refused(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A public root of time stamps issues certificates for e-mail too, which must not pass for an operator's seal."""
    root = OPERATOR.root.certificate.public_bytes(Encoding.PEM).decode()
    plain, stamps, both = (files / name for name in ("plain.pem", "stamps.pem", "both.pem"))
    plain.write_text(root, encoding="utf-8")
    stamps.write_text(f"# Time stamps\n{root}", encoding="utf-8")
    both.write_text(f"# time stamps\n{root}# seals\n{root}", encoding="utf-8")
    assert main([str(files / "good.json"), "--trust", str(files / "trust.pem"), "--trust", str(plain)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{plain}: Say what the certificate may vouch for: write the line `# seals` or `# time stamps`" in said.err
    assert main([str(files / "good.json"), "--trust", str(stamps)]) == 2
    assert "leads to none of the trusted certificates" in capsys.readouterr().out
    assert main([str(files / "good.json"), "--trust", str(both)]) == 0


def test_without_anchors_it_names_the_option_and_where_they_come_from(files: Path) -> None:
    ran = alone(str(files / "good.json"))
    assert ran.returncode == 2
    for needed in ("--trust FILE", "trust.pem", "data\ndirectory", "/verify/offline/"):
        assert needed in ran.stdout
    assert json.loads(alone(str(files / "good.json"), "--json").stdout), "what programs read stays JSON"


def test_anchors_of_another_installation_lead_to_the_option_too(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(files / "good.json")], default_trust=real_operator().trust) == 2
    assert "--trust FILE" in capsys.readouterr().out
    (files / "letter.txt").write_text("Anchors would not help here.")
    for decided in ([str(files / "bad.json")], [str(files / "letter.txt")]):
        assert main(decided) != 0
        assert "--trust FILE" not in capsys.readouterr().out


def test_the_usage_names_the_program_that_was_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert alone().stderr.startswith("usage: python -m acuse.proof ")
    with pytest.raises(SystemExit):
        main([], program="acuse verify")
    assert capsys.readouterr().err.startswith("usage: acuse verify ")


def test_what_cannot_be_read_is_said_in_words_with_the_path_that_was_given(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(files), str(files / "absent.json")]) == 2
    said = capsys.readouterr().out
    assert f"{files}: " in said
    assert "The file cannot be read: is a directory." in said
    assert "The file cannot be read: no such file or directory." in said
    (files / "noise.pem").write_bytes(b"\xed\xff\x00")
    assert main([str(files / "good.json"), "--trust", str(files / "noise.pem")]) == 2
    assert capsys.readouterr().err == f"The trust anchors in {files / 'noise.pem'} cannot be read: it is no text.\n"
