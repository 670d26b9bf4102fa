"""Write docs/facts.md from the catalogue of facts and the verdicts, or with --check say whether it is up to date."""

import argparse
import sys
from pathlib import Path

from acuse.proof.facts.catalogue import CATALOGUE
from acuse.proof.facts.schema import FactType
from acuse.proof.verdicts.delivery import OUTCOMES

TARGET = Path(__file__).resolve().parent.parent / "docs" / "facts.md"

EVENTS = "http://uri.etsi.org/19522/Event/"
"""Before the name of an event, its URI (ETSI EN 319 522-3)."""
INTRODUCTION = (
    "# Types of fact",
    "",
    "Generated from `acuse.proof.facts`; do not edit. Every detail is required unless it says otherwise. The URI of",
    f"an event is `{EVENTS}` and its name.",
)
OUTCOMES_INTRODUCTION = (
    "## Outcomes",
    "",
    "What the verdict over the facts of one communication says, in `statement.json`.",
)


def reference() -> str:
    """Return the reference of all types and outcomes as Markdown, the same for the same catalogue."""
    lines = list(INTRODUCTION)
    for kind in CATALOGUE.values():
        lines += described(kind)
    lines += ["", *OUTCOMES_INTRODUCTION, ""]
    lines += ["| outcome | meaning |", "|---|---|", *(f"| `{name}` | {text} |" for name, text in OUTCOMES.items())]
    return "\n".join(lines) + "\n"


def described(kind: FactType) -> list[str]:
    """Return the section of one type."""
    lines = ["", f"## {kind.name}", "", kind.meaning, ""]
    lines.append(f"- about: {', '.join(kind.kinds)}")
    lines.append(f"- ETSI EN 319 522-1 event: {kind.event or 'none'}")
    lines += [f"- object `{role}`: {meaning}" for role, meaning in kind.roles.items()]
    rows = [(name, shape, "") for name, shape in kind.details.members.items()]
    rows += [(name, shape, " (may be absent)") for name, shape in kind.details.optional.items()]
    lines += ["", "| detail | value |", "|---|---|"]
    return lines + [f"| `{name}`{note} | {shape.describe()} |" for name, shape, note in rows]


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
