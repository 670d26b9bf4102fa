"""The table of docs/outcomes.md: what the server said, and what Acuse made of it, without what differs each time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.flows.outcomes.cases import Case

DOCUMENT = Path(__file__).parents[3] / "docs" / "outcomes.md"
_HEAD = """\
# What real servers say, and what Acuse makes of it

Each line was produced by a message sent through a whole installation to real servers: Postfix as the recipient's
exchanger and as smarthost, Dovecot behind it (LMTP with quotas), and Exim. `tests/flows/outcomes` sends them, checks
every line, and fails where this table says otherwise. To write it again:

```
WRITE=1 .venv/bin/python -m pytest -q tests/flows/outcomes
```

`…` stands for what differs each time: queue identifiers, ports, times, the token in the return address.

| what happened | who said so, and what | class | outcome, grade | the certificate says |
|---|---|---|---|---|
"""
_VOLATILE = (
    (re.compile(r"bounce\+[a-z2-7]{42}@"), "bounce+…@"),
    (re.compile(r"\bqueued as \w+"), "queued as …"),
    (re.compile(r"\bOK id=[\w-]+"), "OK id=…"),
    (re.compile(r"(?<=127\.0\.0\.\d:)\d+|(?<=127\.0\.0\.\d\]:)\d+"), "…"),
    (re.compile(r"(?<=message size )\d+"), "…"),
    (re.compile(r"[A-Z][a-z]+day \d+ [A-Z][a-z]+ \d{4}"), "…"),
    (re.compile(r"\d\d:\d\d:\d\d"), "…"),
    (re.compile(r"(?<= in )\d+(?= attempts)"), "…"),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the table.

    Attributes:
        case: what it is about.
        said: in order and each once: what refused, put off or reported, or else what accepted.
        classes: of every refusal and every report of failure, in order, each once.
        headline, sentence: on the first page of the certificate.
    """

    case: Case
    said: tuple[str, ...]
    classes: tuple[str, ...]
    headline: str
    sentence: str

    @classmethod
    def of(cls, case: Case, facts: Sequence[dict[str, Any]], pages: str) -> "Line":
        """Read it from what became of a case."""
        kinds = [kind for kind in case.facts if kind != "attempt.relayed" or kind == case.facts[-1]]
        texts = [" ".join(said(one).split()) for kind in kinds for one in facts if one["type"] == kind]
        classes = [str(one["details"]["failure_class"]) for one in facts if one["details"].get("failure_class")]
        headline, sentence = _first_page(pages, case.headline, texts[-1])
        return cls(
            case=case,
            said=tuple(dict.fromkeys(texts)),
            classes=tuple(dict.fromkeys(classes)),
            headline=headline,
            sentence=sentence,
        )

    def row(self) -> str:
        """Return it as a row of the table."""
        cells = (
            self.case.what,
            f"{self.case.by}: {', then '.join(f'`{_steady(text)}`' for text in self.said)}",
            ", ".join(self.classes),
            f"{self.case.outcome}, G{self.case.grade}",
            f"**{self.headline}** {_steady(self.sentence)}",
        )
        return f"| {' | '.join(cells)} |\n"


def _first_page(pages: str, headline: str, quoted: str) -> tuple[str, str]:
    """Return the headline, where it is the one looked for, and the sentence below it, without what it quotes."""
    paragraphs = [" ".join(one.split()) for one in pages.split("\n\n")]
    at = next(number for number, one in enumerate(paragraphs) if "“Presupuesto”" in one)
    sentence = paragraphs[at].partition(quoted[:20])[0].partition("Development time stamp")[0]
    return headline if headline in paragraphs[:at] else " / ".join(paragraphs[:at]), sentence.strip()


def said(fact: dict[str, Any]) -> str:
    """Return what a fact quotes of the server, or of the report, verbatim; our own reason where nobody answered."""
    details = fact["details"]
    reply = details.get("reply")
    if isinstance(reply, dict):
        return str(reply["text"])
    return str(details.get("diagnostic") or details.get("reason") or "")


def _steady(text: str) -> str:
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    return text.replace("|", "\\|")


def document(lines: Sequence[Line]) -> str:
    """Return the whole document."""
    return _HEAD + "".join(line.row() for line in lines)
