"""What the sandbox keeps, and that it cannot grow forever; the greylist's memory."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from acuse.embedded.mailboxes import Mailboxes, messages
from acuse.embedded.smtp_server import Memory

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def fill(boxes: Mailboxes, count: int, size: int = 10) -> None:
    for number in range(count):
        content = f"{number}".encode().ljust(size, b".")
        boxes.keep("acepta.example", content, {"sender": "a@b.example"}, moment=START + timedelta(seconds=number))


def kept(folder: Path) -> list[str]:
    return [each.content.decode().rstrip(".") for each in messages(folder, "acepta.example")]


def test_messages_come_back_byte_for_byte_and_in_order(tmp_path: Path) -> None:
    boxes = Mailboxes(tmp_path)
    boxes.keep("acepta.example", b"\x00\xff\r\n.\r\n", {"sender": "ñ@b.example"}, moment=START)
    (found,) = messages(tmp_path, "acepta.example")
    assert found.content == b"\x00\xff\r\n.\r\n"
    assert found.envelope == {"sender": "ñ@b.example", "at": "2026-11-21T09:00:00.000000Z", "size": 7}


def test_the_oldest_go_first(tmp_path: Path) -> None:
    fill(Mailboxes(tmp_path, most_messages=3), 5)
    assert kept(tmp_path) == ["2", "3", "4"]
    assert len(list((tmp_path / "acepta.example" / "new").iterdir())) == 6


def test_bytes_are_limited_too_and_a_restart_counts_what_is_there(tmp_path: Path) -> None:
    fill(Mailboxes(tmp_path, most_bytes=1000), 3, size=300)
    boxes = Mailboxes(tmp_path, most_bytes=1000)
    boxes.keep("acepta.example", b"new".ljust(300, b"."), {}, moment=START + timedelta(days=1))
    assert kept(tmp_path) == ["1", "2", "new"]


def test_the_greylist_lets_pass_after_its_time() -> None:
    moment = [0.0]
    memory = Memory(wait=5, now=lambda: moment[0])
    assert memory.is_first("a", "b")
    moment[0] = 4.9
    assert memory.is_first("a", "b")
    assert memory.is_first("a", "c")
    moment[0] = 5.0
    assert not memory.is_first("a", "b")
    assert memory.is_first("a", "c")


def test_without_waiting_the_second_is_not_the_first() -> None:
    memory = Memory(wait=1000)
    assert memory.is_first("a", wait=False)
    assert not memory.is_first("a", wait=False)
