"""Write docs/facts.md from the catalogue of facts, or with --check say whether it is up to date."""

import argparse
import sys
from pathlib import Path

from acuse.proof.facts.catalogue import reference

TARGET = Path(__file__).resolve().parent.parent / "docs" / "facts.md"


def main() -> int:
    """Write or check the reference; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 when the file is out of date")
    wanted = reference()
    if parser.parse_args().check:
        if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != wanted:
            sys.stderr.write("docs/facts.md is out of date: run python scripts/facts_reference.py\n")
            return 1
        return 0
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
