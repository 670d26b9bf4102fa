"""What the kernel says of its clock, and what is made of it."""

import ctypes
from typing import Any

import pytest

from acuse.config import ntp


class Library:
    """A C library whose kernel answers as told."""

    def __init__(self, *, returned: int, status: int = 0, offset: int = 0, error: int = 0) -> None:
        self._answer = (returned, status, offset, error)

    def adjtimex(self, reference: Any) -> int:
        returned, status, offset, error = self._answer
        timex = reference._obj
        assert timex.modes == 0, "a question must change nothing"
        timex.status, timex.offset = status, offset
        ctypes.set_errno(error)
        return returned


def ask(monkeypatch: pytest.MonkeyPatch, library: object) -> ntp.ClockState:
    with monkeypatch.context() as patch:
        patch.setattr(ntp.ctypes, "CDLL", lambda *_, **__: library)
        return ntp.clock_state()


def test_this_machine_answers() -> None:
    state = ntp.clock_state()
    assert state.synchronised in (True, False, None)
    assert state.source.startswith("adjtimex")
    assert (state.offset_microseconds is None) is (state.synchronised is None)


@pytest.mark.parametrize(
    ("returned", "status", "synchronised"), [(0, 0x2001, True), (0, 0x0041, False), (5, 0x0001, False), (1, 0, True)]
)
def test_an_error_or_the_flag_says_unsynchronised(
    monkeypatch: pytest.MonkeyPatch, returned: int, status: int, synchronised: bool
) -> None:
    assert ask(monkeypatch, Library(returned=returned, status=status)).synchronised is synchronised


@pytest.mark.parametrize(("status", "offset", "microseconds"), [(0, -1500, -1500), (0x2000, 1_500_000, 1500)])
def test_the_offset_is_in_microseconds(
    monkeypatch: pytest.MonkeyPatch, status: int, offset: int, microseconds: int
) -> None:
    state = ask(monkeypatch, Library(returned=0, status=status, offset=offset))
    assert state.offset_microseconds == microseconds


def test_a_kernel_that_refuses_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    state = ask(monkeypatch, Library(returned=-1, error=1))
    assert state.synchronised is None
    assert state.source.startswith("adjtimex: ")
    assert state.offset_microseconds is None


def test_a_system_without_adjtimex_is_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    state = ask(monkeypatch, object())
    assert (state.synchronised, state.source) == (None, "adjtimex is not available")
