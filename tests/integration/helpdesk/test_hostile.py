"""Hostile and awkward messages as customers' mail: each becomes a case or is shown as set aside."""

import logging
import os
import re
from pathlib import Path

import pytest

from acuse.helpdesk.followers import mail
from acuse.helpdesk.followers.copies import authored
from acuse.helpdesk.models import Interaction, Ticket
from acuse.helpdesk.queries.case import case
from acuse.helpdesk.queries.public import followed
from acuse.helpdesk.services.replies import send_due
from acuse.reception.models import Item
from tests.integration.helpdesk.making import Desk

VECTORS = Path(__file__).parents[2] / "vectors" / "mime"
CORPORA = Path(os.environ.get("ACUSE_CORPORA", "/nowhere"))
FOLDERS = [pytest.param(VECTORS, id="vectors")] + [
    pytest.param(
        CORPORA / name, id=name, marks=pytest.mark.skipif(not CORPORA.is_dir(), reason="ACUSE_CORPORA is absent")
    )
    for name in ("mime", "bounces")
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_message_becomes_a_case_or_is_shown(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mail, "_MOST", 10_000)  # they have few authors
    files = sorted(path for path in folder.iterdir() if path.suffix in {".eml", ".txt"})
    assert len(files) >= 40
    raws = [re.sub(rb"\r\n|\r|\n", b"\r\n", path.read_bytes()) for path in files]
    with caplog.at_level(logging.ERROR):
        items = [desk.take_in(raw, mail_from=f"cliente{number}@correo.example") for number, raw in enumerate(raws)]
        desk.file()
        while send_due():
            pass
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []
    filed = set(Interaction.objects.filter(kind="message").values_list("reception", flat=True))
    assert bool(filed) == (folder.name != "bounces")
    said = [authored(raw) for item, raw in zip(items, raws, strict=True) if item in filed]
    read_as = {row.id: (row.state, row.reading, row.reason) for row in Item.objects.all()}
    lost = [
        path.name
        for item, raw, path in zip(items, raws, files, strict=True)
        # Some differ in nothing that their author wrote: they are copies of one that was filed.
        if read_as[item][:2] == ("classified", "message") and item not in filed and authored(raw) not in said
    ]
    assert lost == []
    assert all(reason for state, _, reason in read_as.values() if state == "unreadable")
    for ticket in Ticket.objects.all():
        assert case(desk.auditor, id=ticket.id) is not None
        assert followed(ticket.id) is not None
