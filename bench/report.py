"""What a bench found: rows side by side, as a table and as JSON."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from acuse import clock

RESULTS = Path(__file__).parent / "results"
"""Where JSON is kept; not committed."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison.

    Attributes:
        what: is measured.
        ours, rival: in `unit`, both from this run.
        unit: of both.
        against: what the rival is.
        ratio: the figure that the aim is about.
        aim: `>= 0.5` or `<= 1.3`.
        spread: the lowest and the highest ratio of the repetitions.
        note: what a reader must know; further figures.
    """

    what: str
    ours: float
    rival: float
    unit: str
    against: str
    ratio: float
    aim: str
    spread: tuple[float, float] | None = None
    note: str = ""

    @property
    def reached(self) -> bool:
        """Whether the ratio is what was aimed for."""
        sign, _, value = self.aim.partition(" ")
        return self.ratio >= float(value) if sign == ">=" else self.ratio <= float(value)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _memory() -> float:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Where the figures come from."""

    processor: str = field(default_factory=_processor)
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    memory_gb: float = field(default_factory=_memory)
    system: str = field(default_factory=lambda: f"{platform.system()} {platform.release()}")
    load_before: float = field(default_factory=lambda: round(os.getloadavg()[0], 2))


def median_of(pairs: Sequence[tuple[float, float]]) -> tuple[float, float, float, tuple[float, float]]:
    """Return ours, rival and ratio of the repetition with the median ratio, and the range of the ratios."""
    ordered = sorted(pairs, key=lambda pair: pair[0] / pair[1])
    ours, rival = ordered[(len(ordered) - 1) // 2]
    low, high = ordered[0], ordered[-1]
    return ours, rival, ours / rival, (low[0] / low[1], high[0] / high[1])


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table for a terminal."""
    lines = [f"{'what':<58} {'ours':>9} {'rival':>9} {'unit':<12} {'ratio':>6} {'spread':<12} {'aim':<8} reached"]
    for row in rows:
        spread = f"{row.spread[0]:.2f}-{row.spread[1]:.2f}" if row.spread else ""
        lines.append(
            f"{row.what:<58} {row.ours:>9.1f} {row.rival:>9.1f} {row.unit:<12} {row.ratio:>6.2f} {spread:<12} "
            f"{row.aim:<8} {'yes' if row.reached else 'no'}"
        )
        lines.append(f"    against {row.against}{'. ' if row.note else ''}{row.note}")
    return "\n".join(lines)


def write(path: Path, rows: Sequence[Row], machine: Machine) -> str:
    """Keep rows and machine as JSON under `path`; return the JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = {
        "at": clock.to_rfc3339(clock.now()),
        "machine": asdict(machine),
        "rows": [{**asdict(row), "reached": row.reached} for row in rows],
    }
    text = json.dumps(kept, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")
    return text


def load_rows(path: Path) -> list[Row]:
    """Read the rows that `write` kept."""
    rows = json.loads(path.read_text("utf-8"))["rows"]
    return [
        Row(
            **{name: value for name, value in row.items() if name not in ("reached", "spread")},
            spread=tuple(row["spread"]) if row["spread"] else None,
        )
        for row in rows
    ]
