"""Judge the classifier of bounces by a labelled collection.

python scripts/judge.py DIR    DIR holds .eml files and labels.jsonl; `make judge CORPUS=DIR` does the same

Prints how many labelled recipients are found and how many of all are in the right class, a table of confusions, and
each miss. Figures never fail: the exit status is 2 only when the collection is absent or broken.

A line of labels.jsonl has `file`, `reason`, `coarse`, and `recipients` with `recipient` and `reason`. A recipient's
class is the `coarse` that the collection gives to its own reason, because `coarse` stands for the first of a file only.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acuse.mail.reports.reader import read_report
from acuse.mail.reports.values import Recipient

NOT_FOUND = "(not found)"


class BrokenCorpus(Exception):
    """The collection is absent or cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found for one labelled recipient."""

    file: str
    recipient: str | None
    wanted: str
    found: str
    why: str

    @property
    def right(self) -> bool:
        """Whether the class is that of the label."""
        return self.found == self.wanted


def load(corpus: Path) -> list[dict[str, Any]]:
    """Return the labels of a collection.

    Raises:
        BrokenCorpus: absent, not JSON, or a labelled file is missing.
    """
    try:
        lines = (corpus / "labels.jsonl").read_text("utf-8").splitlines()
        labels = [json.loads(line) for line in lines if line.strip()]
        missing = [row["file"] for row in labels if not (corpus / row["file"]).is_file()]
        broken = [
            row for row in labels if not isinstance(row["coarse"], str) or not isinstance(row["recipients"], list)
        ]
    except OSError as error:
        raise BrokenCorpus(f"{corpus}/labels.jsonl cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenCorpus(f"{corpus}/labels.jsonl is no list of labels, one JSON object a line.") from error
    if missing or broken or not labels:
        raise BrokenCorpus(f"{corpus}: {len(missing)} labelled files are missing, {len(broken)} labels are broken.")
    return labels


def verdicts(corpus: Path, labels: list[dict[str, Any]]) -> Iterator[Verdict]:
    """Yield one verdict for each labelled recipient."""
    classes: dict[str, str] = {}
    for row in labels:
        classes.setdefault(row["reason"], row["coarse"])
    for row in labels:
        report = read_report((corpus / row["file"]).read_bytes())
        by_address = {each.address.lower(): each for each in report.recipients}
        for label in row["recipients"]:
            wanted = classes.get(label["reason"], row["coarse"])
            named = label["recipient"]
            known = named is not None and "undisclosed" not in named
            found: Recipient | None = by_address.get(named.lower()) if known else next(iter(report.recipients), None)
            yield Verdict(
                file=row["file"],
                recipient=named,
                wanted=wanted,
                found=found.report_class if found else NOT_FOUND,
                why=found.reason if found else f"recipients: {', '.join(by_address) or 'none'}",
            )


def confusion(judged: list[Verdict]) -> str:
    """Return the table of confusions: a row for each label, what it was taken for, most frequent first."""
    lines = []
    for wanted, count in Counter(each.wanted for each in judged).most_common():
        taken = Counter(each.found for each in judged if each.wanted == wanted)
        others = ", ".join(f"{name} {number}" for name, number in taken.most_common() if name != wanted)
        lines.append(f"{wanted:<20} {taken[wanted]:>5} of {count:<5} {others}")
    return "\n".join(lines)


def main() -> int:
    """Judge and print."""
    if len(sys.argv) != 2 or not sys.argv[1]:
        print("Name the collection: make judge CORPUS=../shared/corpora/bounces", file=sys.stderr)
        return 2
    corpus = Path(sys.argv[1])
    try:
        labels = load(corpus)
    except BrokenCorpus as error:
        print(error, file=sys.stderr)
        return 2
    begun = time.process_time()
    judged = list(verdicts(corpus, labels))
    spent = time.process_time() - begun
    found = sum(each.found != NOT_FOUND for each in judged)
    right = sum(each.right for each in judged)
    print(
        f"{len(labels)} messages, {len(judged)} labelled recipients, {len(labels) / spent:,.0f} messages a CPU second"
    )
    print(f"recipients found   {found:>5}  {found / len(judged):7.2%}")
    print(f"in the right class {right:>5}  {right / len(judged):7.2%}\n")
    print(confusion(judged), end="\n\n")
    for each in judged:
        if not each.right:
            print(f"{each.file}  {each.recipient}  ours {each.found}, label {each.wanted}: {each.why}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
