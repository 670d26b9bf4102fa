"""scripts/judge.py, and what it finds on the labelled collection where there is one."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "vectors" / "bounces"
SCRIPT = ROOT / "scripts" / "judge.py"


@pytest.fixture(scope="module")
def judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("judge", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["judge"] = module
    spec.loader.exec_module(module)
    return module


def judged(corpus: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, corpus], capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Make a collection of two messages, of which one label is wrong and one address is in no message."""
    for name in ("null-mx", "qmail-two-recipients"):
        shutil.copy(VECTORS / f"{name}.eml", tmp_path)
    rows = [
        {"file": "null-mx.eml", "reason": "notaccept", "coarse": "policy",
         "recipients": [{"recipient": "cliente@sin-correo.example", "reason": "notaccept"}]},
        {"file": "qmail-two-recipients.eml", "reason": "userunknown", "coarse": "user_unknown",
         "recipients": [{"recipient": "NADIE@destino.example", "reason": "userunknown"},
                        {"recipient": "otro@filtro.example", "reason": "userunknown"}]},
    ]  # fmt: skip
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    return tmp_path


def test_prints_figures_confusions_and_misses(corpus: Path) -> None:
    done = judged(str(corpus))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("2 messages, 3 labelled recipients, ")
    assert lines[1].split() == ["recipients", "found", "2", "66.67%"]
    assert lines[2].split() == ["in", "the", "right", "class", "1", "33.33%"]
    assert "user_unknown             1 of 2     (not found) 1" in lines
    misses = [line.partition(", ")[0] for line in lines[-2:]]
    assert misses == [
        "null-mx.eml  cliente@sin-correo.example  ours server_or_network",
        "qmail-two-recipients.eml  otro@filtro.example  ours (not found)",
    ]


def test_absent_and_broken_collections(corpus: Path) -> None:
    assert judged(str(corpus / "absent")).returncode == 2
    assert judged("").returncode == 2
    (corpus / "null-mx.eml").unlink()
    done = judged(str(corpus))
    assert done.returncode == 2
    assert "1 labelled files are missing" in done.stderr
    (corpus / "labels.jsonl").write_text("{}\n", "utf-8")
    assert judged(str(corpus)).returncode == 2


def test_the_labelled_collection(judge: ModuleType) -> None:
    folder = Path(os.environ.get("ACUSE_CORPORA", "/nowhere"), "bounces")
    if not folder.is_dir():
        pytest.skip("corpora absent")
    found = list(judge.verdicts(folder, judge.load(folder)))
    assert sum(each.found != judge.NOT_FOUND for each in found) >= 0.95 * len(found)
    assert sum(each.right for each in found) >= 0.90 * len(found)
