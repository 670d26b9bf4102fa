"""Drawing foreign PDFs: whoever makes one that takes for ever holds up nobody for long."""

import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from acuse.errors import ConflictError, PermanentError
from acuse.pdf import drawer as drawing
from acuse.pdf.drawer import Drawer, TooMuch
from acuse.pdf.pool import Busy
from tests.unit.pdf.overrunning import overrunning

SIMPLE = overrunning(2)


def _outcome(future: "Future[tuple[bytes, int]]") -> type[BaseException] | None:
    error = future.exception()
    return None if error is None else type(error)


def test_one_is_drawn_two_wait_for_a_moment_and_the_next_are_refused_at_once() -> None:
    with (
        closing(Drawer(timeout=timedelta(seconds=8), wait=timedelta(seconds=1))) as drawer,
        ThreadPoolExecutor(8) as threads,
    ):
        asked = [threads.submit(drawer.draw, overrunning() + b"%" * number, page=1) for number in range(8)]
        outcomes = [_outcome(one) for one in asked]
        assert sorted(map(str, outcomes)) == sorted(map(str, [TooMuch, *[Busy] * 7]))
        assert drawer.draw(SIMPLE, page=1)[1] == 1


def test_a_page_that_took_too_long_is_not_tried_again_and_others_are_drawn() -> None:
    with closing(Drawer(timeout=timedelta(seconds=5))) as drawer:
        for words in ("takes", "a while ago"):
            with pytest.raises(TooMuch, match=words):
                drawer.draw(overrunning(), page=1)
        assert drawer.draw(SIMPLE, page=1)[1] == 1
        for _ in range(2):
            with pytest.raises(PermanentError, match="cannot be drawn") as refused:
                drawer.draw(SIMPLE, page=2)
            assert not isinstance(refused.value, TooMuch)


def test_nor_is_one_that_took_too_much_memory_for_some_minutes_and_of_the_latest_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drawing, "MOST_REMEMBERED", 2)
    with closing(Drawer(memory=1)) as drawer:
        for page, words in ((1, "takes"), (1, "a while ago"), (2, "takes"), (3, "takes"), (2, "ago"), (1, "takes")):
            with pytest.raises(TooMuch, match=words):
                drawer.draw(SIMPLE, page=page)
    with closing(Drawer(memory=1, remember=timedelta(0))) as forgetful:
        for _ in range(2):
            with pytest.raises(TooMuch, match="takes"):
                forgetful.draw(SIMPLE, page=1)


def test_nothing_is_made_before_the_first_page_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    Drawer().close()
    drawer = Drawer()
    assert list(tmp_path.iterdir()) == []
    drawer.draw(SIMPLE, page=1)
    assert len(list(tmp_path.iterdir())) == 1
    drawer.close()
    drawer.close()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConflictError, match="closed"):
        drawer.draw(SIMPLE, page=1)
