"""The committed samples are what their scripts make, and the signed one is really signed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@pytest.mark.parametrize("script", ["make_examples.py", "make_vectors.py"])
def test_committed_files_are_what_the_script_makes(script: str) -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts" / script, "--check"], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def verify(message: bytes) -> subprocess.CompletedProcess[bytes]:
    certificate = EXAMPLES / "09-firmado-smime-certificado.pem"
    command = ["openssl", "cms", "-verify", "-CAfile", certificate, "-out", "/dev/null"]
    return subprocess.run(command, input=message, capture_output=True, check=False)


def test_the_signed_example_verifies() -> None:
    message = (EXAMPLES / "09-firmado-smime.eml").read_bytes()
    assert b"successful" in verify(message).stderr
    assert verify(message.replace(b"cambios queda", b"cambios  queda")).returncode != 0


def test_the_examples_are_what_mail_carries() -> None:
    files = sorted(EXAMPLES.glob("*.eml"))
    assert len(files) >= 10
    for path in files:
        raw = path.read_bytes()
        assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r"), path.name
        assert max(map(len, raw.split(b"\r\n"))) <= 998, path.name
    assert max(path.stat().st_size for path in files) >= 5 * 2**20
