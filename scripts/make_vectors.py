"""Write `tests/vectors/mime/`: hostile messages, and `index.json`, which says what each attacks.

Usage:
    python scripts/make_vectors.py            write what differs
    python scripts/make_vectors.py --check    exit 1 if a committed file is not what this script makes

`connector` in the index is the enhanced code with which the SMTP connector refuses the message, or "accepted".
"""

import argparse
import json
import sys
from pathlib import Path

from vectors import content, structure, transport
from vectors.message import Vector

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "mime"


def files() -> dict[str, bytes]:
    """Return every file by name.

    Raises:
        ValueError: two vectors have one name.
    """
    everything: list[Vector] = [*transport.vectors(), *structure.vectors(), *content.vectors()]
    made = {f"{one.name}.eml": one.raw for one in everything}
    if len(made) != len(everything):
        raise ValueError("Two vectors have the same name.")
    rows = [{"file": f"{one.name}.eml", "attacks": one.attacks, "connector": one.connector} for one in everything]
    made["index.json"] = (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()
    return made


def main() -> int:
    """Write or check every file; return the exit status."""
    parser = argparse.ArgumentParser(description="Write the hostile messages of tests/vectors/mime.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a file differs")
    check = parser.parse_args().check
    FOLDER.mkdir(parents=True, exist_ok=True)
    different = 0
    for name, raw in files().items():
        path = FOLDER / name
        if path.exists() and path.read_bytes() == raw:
            continue
        different += 1
        print(("differs: " if check else "wrote ") + name)
        if not check:
            path.write_bytes(raw)
    return 1 if check and different else 0


if __name__ == "__main__":
    sys.exit(main())
