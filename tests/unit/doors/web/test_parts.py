"""Icons, catalogue, safe downloads and the shape of trees."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from acuse.doors import ui
from acuse.doors.ui import icons
from acuse.doors.ui.qr import qr_svg
from acuse.doors.ui.security import content_disposition, download
from acuse.errors import ConfigurationError

DOORS = Path(ui.__file__).parent.parent
ROOT = Path(__file__).parents[4]


def test_every_icon_is_shipped_and_every_shipped_one_is_used() -> None:
    text = "".join(
        path.read_text("utf-8")
        for kind in ("*.html", "*.py")
        for path in DOORS.rglob(kind)
        if "node_modules" not in path.parts
    )
    shipped = {path.stem for path in icons.FOLDER.glob("*.svg")}
    named = set(re.findall(r'{% icon "([a-z-]+)"', text)) | set(re.findall(r'icon="([a-z-]+)"', text))
    assert named <= shipped
    assert {name for name in shipped if f'"{name}"' not in text} == set()


def test_unknown_icons_and_sizes_are_refused() -> None:
    with pytest.raises(ConfigurationError):
        icons.icon("padlock-of-gold")
    with pytest.raises(ConfigurationError):
        icons.icon("check", 99)


def test_every_text_has_its_spanish() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "messages.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name", ['"; rm -rf', "a\r\nSet-Cookie: x=1", "../../etc/passwd", "ñandú 漢字.pdf", "", "." * 300]
)
def test_download_names_cannot_break_out(name: str) -> None:
    header = content_disposition(name)
    assert header.startswith("attachment")
    assert "\r" not in header
    assert "\n" not in header
    assert "/" not in header.replace("utf-8''", "")


def test_foreign_types_are_sent_as_plain_octets() -> None:
    response = download(b"<script>", filename="x.html", media_type="text/html")
    assert response["Content-Type"] == "application/octet-stream"
    assert "sandbox" in response["Content-Security-Policy"]


def test_qr_is_dark_on_nothing_and_holds_the_address() -> None:
    assert qr_svg("https://example.org/v/0000").startswith("<svg")
    assert qr_svg("https://example.org/v/0000") != qr_svg("https://example.org/v/0001")
