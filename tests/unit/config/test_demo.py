"""The demo shows the links that recipients found in their mailboxes."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from acuse.config.cli.demo import _links
from acuse.embedded.mailboxes import Mailboxes
from tests.unit.mail.test_notice import LINK, made


def test_links_are_read_from_the_notices_and_from_nothing_else(tmp_path: Path) -> None:
    boxes = Mailboxes(tmp_path / "sandbox")
    boxes.keep("acepta.example", made(), {}, moment=datetime(2026, 11, 23, tzinfo=UTC))
    boxes.keep("acepta.example", b"Subject: x\r\n\r\nhttps://acuse.example/verify/\r\n", {}, moment=datetime.now(UTC))
    (tmp_path / "sandbox" / "published.json").write_text("{}")
    settings: Any = SimpleNamespace(data_directory=tmp_path, public_url="https://acuse.example/")
    assert _links(settings) == [LINK]
