"""Files of documents under way: their owner's alone, and gone after a kill."""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acuse.errors import PermanentError
from acuse.pdf.pool import Typesetter
from acuse.pdf.scratch import PREFIX, Scratch

HOLD = """
import sys
from acuse.pdf.scratch import Scratch
scratch = Scratch()
(scratch.path / "mensaje.eml").write_bytes(b"secret")
print(scratch.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for temporary files of this test alone, for child processes too."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_a_killed_owner_s_files_go_with_the_next_and_a_living_one_s_stay(temporary: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        theirs = Path(owner.stdout.readline().strip())
        assert theirs.parent == temporary
        assert theirs.stat().st_mode & 0o777 == 0o700
        Scratch().remove()
        assert (theirs / "mensaje.eml").is_file(), "its owner lives"
        owner.kill()
        owner.wait()
        assert theirs.is_dir()
        later = Scratch()
        assert not theirs.exists()
        later.remove()
    assert list(temporary.iterdir()) == []


def test_what_is_not_ours_stays(temporary: Path) -> None:
    (temporary / "other").mkdir()
    (temporary / f"{PREFIX}link").symlink_to(temporary / "other")
    (temporary / f"{PREFIX}file").write_text("x")
    Scratch().remove()
    assert len(list(temporary.iterdir())) == 3


def test_a_typesetter_leaves_nothing_of_a_document_that_it_stopped(
    temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    template = tmp_path_factory.mktemp("template") / "main.typ"
    template.write_text("#let n = 0\n#while n < 100000000 { n = n + 1; let x = range(1000).map(i => i * n) }", "utf-8")
    with Typesetter(processes=1, timeout=timedelta(seconds=3)) as limited:
        with pytest.raises(PermanentError, match="took over"):
            limited.typeset(str(template), {}, date=datetime(2026, 11, 23, tzinfo=UTC))
        (own,) = temporary.iterdir()
        assert own.name.startswith(PREFIX)
        assert list(own.iterdir()) == []
    assert list(temporary.iterdir()) == []
