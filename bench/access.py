"""The recipient's page at 100 concurrent readers: how long the server works on a request, 95 of 100 times at most.

    python -m bench.access [--seconds 30]

The web process is that of an installation, with its threads; it and the rest of the tree share two cores, the readers
run on the others. Each reader has an address of its own and a real link, taken from the notice that the recipient's
server got: GET of the page, POST that opens, GET of the content and of the document in its frame, on one kept
connection for each visit. Readers who pause between looking, opening and leaving are the open case; readers who never
pause, the closed one, in which the server is always full.

Server time is what the WSGI application takes, measured in the web process (`bench.timed_web`). What readers saw is
told beside it: it is more by what waited for one of the server's threads, by the network and by the readers' own
process.
"""

import argparse
import asyncio
import itertools
import os
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.flows.installation import Installation, installation, message, until

from acuse.embedded.mailboxes import messages
from acuse.mail.read import read
from bench.path import TEXT, pinned
from bench.report import Row, table

AIM_MS = 50.0
READERS, LINKS, PAUSE_SECONDS = 100, 200, 10.0
DOMAIN = "acepta.example"
SETTINGS = {"ACUSE_SETTLE_TIME": "PT1H", "ACUSE_TRUSTED_PROXIES": "1"}
STEPS = {"GET ": "page", "POST open": "opening", "GET content": "content", "GET message": "frame"}
_FORM = re.compile(rb'name="form" value="([^"]+)"')
_CONSIGNED = "SELECT count(*) FROM delivery_communications WHERE mode = 'notice' AND final_at IS NOT NULL"

Times = dict[str, list[float]]  # step to milliseconds


class ReadError(Exception):
    """A page answered something else than was expected."""


@dataclass(kw_only=True)
class Reader:
    """Somebody at a browser, on a connection that is kept.

    Attributes:
        address: host and port of the web door; client: the reader's own, as a trusted proxy tells it.
        seen: how long each step took, as the reader saw it.
    """

    address: tuple[str, int]
    client: str
    seen: Times = field(default_factory=lambda: defaultdict(list))
    _cookie: str = ""

    async def visit(self, link: str, pause: Callable[[], float]) -> None:
        """Look, open, read.

        Args:
            link: path of the page. pause: gives the seconds before opening, and before leaving.
        """
        reader, writer = await asyncio.open_connection(*self.address)
        self._cookie = ""
        try:
            page = await self._ask(reader, writer, "GET", link, "")
            form = _FORM.search(page)
            if form is None:
                raise ReadError("The page has no form.")
            await asyncio.sleep(pause())
            await self._ask(reader, writer, "POST", link, "open", urlencode({"form": form[1].decode()}).encode())
            await self._ask(reader, writer, "GET", link, "content")
            await self._ask(reader, writer, "GET", link, "message")
            await asyncio.sleep(pause())
        finally:
            writer.close()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        method: str,
        link: str,
        rest: str,
        body: bytes = b"",
    ) -> bytes:
        begun = time.perf_counter()
        head = [f"{method} {link}{rest} HTTP/1.1", "Host: 127.0.0.1", f"X-Forwarded-For: {self.client}"]
        head += [f"Cookie: {self._cookie}"] if self._cookie else []
        head += ["Content-Type: application/x-www-form-urlencoded"] if body else []
        writer.write("\r\n".join([*head, f"Content-Length: {len(body)}", "", ""]).encode() + body)
        answered = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in answered[1:])}
        content = await reader.readexactly(int(fields["content-length"]))
        self.seen[STEPS[f"{method} {rest}"]].append((time.perf_counter() - begun) * 1000)
        status = int(answered[0].split(" ")[1])
        if status != (303 if body else 200):
            raise ReadError(f"{method} {rest} gave {status}.")
        self._cookie = fields.get("set-cookie", self._cookie).partition(";")[0]
        return content


def links_of(running: Installation, count: int) -> list[str]:
    """Submit messages in notice mode and return the paths of their links, from the notices that arrived."""
    for number in range(count):
        raw = b"Acuse-Mode: notice\r\n" + message(f"aviso-{number}", TEXT)
        running.submit(raw, f"lector{number}@{DOMAIN}")
    until(lambda: running.value(_CONSIGNED) == count, "every notice is relayed")
    link = re.compile(rf"{re.escape(running.environment['ACUSE_PUBLIC_URL'])}(/a/[a-z2-7]+/)")
    found = [link.search(read(one.content).text or "") for one in messages(running.data / "sandbox", DOMAIN)]
    return [one[1] for one in found if one is not None]


@contextmanager
def web(running: Installation, times: Path) -> Iterator[tuple[str, int]]:
    """Run the web process of an installation, whose times go to a file; the value is its address."""
    address = urlsplit(running.environment["ACUSE_PUBLIC_URL"])
    environment = {**os.environ, **running.environment, "BENCH_TIMES": str(times)}
    process = subprocess.Popen([sys.executable, "-m", "bench.timed_web"], env=environment)
    try:
        until(lambda: process.poll() is None and _answers(address.geturl()), "the web process answers")
        yield str(address.hostname), int(address.port or 0)
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


async def read_for(
    address: tuple[str, int], links: Sequence[str], times: Path, *, seconds: float, pause: float
) -> tuple[Times, bytes]:
    """Have all readers visit one link after the other; return what they saw in `seconds`, and what the server noted.

    Args:
        pause: seconds in the mean, a half to one and a half of it; 0 for none. The readers come evenly over the time of
            a visit, and what is measured begins when all are there.
    """
    chance = random.Random(1)
    turns = itertools.cycle(links)
    readers = [Reader(address=address, client=f"198.18.0.{number + 1}") for number in range(READERS)]
    begun = time.monotonic() + 2 * pause

    async def one(number: int) -> None:
        await asyncio.sleep(number / READERS * 2 * pause)
        while time.monotonic() < begun + seconds:
            await readers[number].visit(next(turns), lambda: pause * chance.uniform(0.5, 1.5))

    async def watch() -> tuple[Times, bytes]:
        await asyncio.sleep(begun - time.monotonic())
        offset = times.stat().st_size
        for reader in readers:
            reader.seen.clear()
        await asyncio.sleep(seconds)
        seen = {step: [took for reader in readers for took in reader.seen[step]] for step in STEPS.values()}
        return seen, times.read_bytes()[offset:]

    found, *_ = await asyncio.gather(watch(), *(one(number) for number in range(READERS)))
    return found


def read_times(lines: bytes) -> tuple[Times, Times]:
    """Return what the web process noted: by the clock, and of processor time."""
    wall: Times = defaultdict(list)
    own: Times = defaultdict(list)
    for line in lines.decode("ascii").splitlines():
        method, path, took, worked = line.split()
        step = STEPS.get(f"{method} {path.rpartition('/')[2]}")
        if step is not None and path.startswith("/a/"):
            wall[step].append(float(took))
            own[step].append(float(worked))
    return wall, own


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent of the values do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def told(name: str, times: Times, percent: int) -> str:
    """Return a percentile of each step, in whole milliseconds."""
    return f"{name} {', '.join(f'{step} {percentile(times[step], percent):.0f}' for step in STEPS.values())}"


def measure(address: tuple[str, int], links: Sequence[str], times: Path, *, seconds: float, pause: float) -> Row:
    """Measure one case."""
    seen, lines = asyncio.run(read_for(address, links, times, seconds=seconds, pause=pause))
    wall, own = read_times(lines)
    every = [one for step in wall.values() for one in step]
    cost = ", ".join(f"{step} {sum(own[step]) / len(own[step]):.1f}" for step in STEPS.values())
    p95 = percentile(every, 95)
    how = f"who pause {pause:.0f} s" if pause else "who never pause"
    return Row(
        what=f"Access page, {READERS} readers {how}: server time p95", ours=p95, rival=AIM_MS, unit="ms",
        against="what is aimed for", ratio=p95 / AIM_MS, aim="<= 1",
        note=f"{len(every) / seconds:.0f} requests/s, {len(wall['opening']) / seconds:.1f} openings/s. "
        f"Server, median {percentile(every, 50):.0f} ms; {told('p95', wall, 95)}. "
        f"Readers saw, {told('median', seen, 50)}; {told('p95', seen, 95)}. "
        f"CPU ms of the thread, mean: {cost}.",
    )  # fmt: skip


def rows(*, seconds: float) -> list[Row]:
    """Measure both cases on one installation, after visits that count for nothing."""
    cores = sorted(os.sched_getaffinity(0))
    with pinned(sorted(set(cores[2:]) or cores)), ExitStack() as stack:
        with pinned(cores[:2]):
            running = stack.enter_context(installation(roles="smtp,worker,sequencer", **SETTINGS))
        links, times = links_of(running, LINKS), running.directory / "times.txt"
        with pinned(cores[:2]):
            address = stack.enter_context(web(running, times))
        asyncio.run(read_for(address, links, times, seconds=2, pause=0))
        return [measure(address, links, times, seconds=seconds, pause=pause) for pause in (PAUSE_SECONDS, 0)]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=30.0)
    print(table(rows(seconds=options.parse_args().seconds)))


if __name__ == "__main__":
    main()
