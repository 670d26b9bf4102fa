"""The web process of an installation as the tree runs it, which notes how long it works on each request.

    python -m bench.timed_web

A line of the file that `BENCH_TIMES` names is what was asked for, and its milliseconds: as the clock went, and of the
thread's own processor time. They run from the call of the WSGI application until its answer is complete and closed:
what waited in the server's queue for a thread is not in them.
"""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django

from acuse.config.wsgi import application as answer

_TIMES = Path(os.environ["BENCH_TIMES"]).open("a", buffering=1, encoding="ascii")  # noqa: SIM115  as long as we run


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request, and note its times."""
    wall, own = time.perf_counter(), time.thread_time()
    answered = answer(environ, start_response)
    try:
        return [b"".join(answered)]
    finally:
        answered.close()
        wall, own = time.perf_counter() - wall, time.thread_time() - own
        _TIMES.write(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {wall * 1000:.3f} {own * 1000:.3f}\n")


def main() -> int:
    """Serve."""
    django.setup()
    from acuse.config import wiring

    return wiring.serve_web("bench.timed_web:application")


if __name__ == "__main__":
    main()
