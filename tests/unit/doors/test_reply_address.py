"""The reply address of the public form: a slow name server holds up few of those who write."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from acuse.doors.portal import reply_address
from acuse.doors.portal.reply_address import MOST_AT_ONCE, check_reply_address


class Slow:
    """Name servers that answer when they are let."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.go = threading.Event()

    def check_takes_mail(self, domain: str, *, seconds: float) -> None:
        """Wait to be let."""
        self.asked.release()
        assert self.go.wait(60)


def test_while_two_are_looked_up_a_third_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    monkeypatch.setattr(reply_address, "resolver", lambda: slow)
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        try:
            waiting = [pool.submit(check_reply_address, f"ana@{n}.example") for n in range(MOST_AT_ONCE)]
            assert all(slow.asked.acquire(timeout=60) for _ in waiting)
            assert check_reply_address("ana@tercero.example") == "ana@tercero.example"
        finally:
            slow.go.set()
        assert [one.result() for one in waiting] == ["ana@0.example", "ana@1.example"]
    assert not slow.asked.acquire(blocking=False)
    check_reply_address("ana@cuarto.example")
    assert slow.asked.acquire(blocking=False)
