"""What the tree says is kept for its owner alone, in files of limited size."""

import stat
from pathlib import Path

from acuse.embedded.output import LogFile


def test_the_log_is_private_named_and_begun_anew_at_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "acuse.log"
    log = LogFile(path, limit=200)
    for number in range(8):
        log("worker", f"line {number}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "acuse.log.1").stat().st_mode) == 0o600
    assert path.read_text().endswith("worker | line 7\n")
    assert path.stat().st_size <= 400
    log.close()
