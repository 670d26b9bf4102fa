"""Hostile and awkward messages as customers' mail: each becomes a case or is shown as set aside."""

import logging
import os
import re
from pathlib import Path

import pytest
from django.test import Client

from acuse.doors.portal import case as portal
from acuse.evidence import custody
from acuse.helpdesk.followers import mail
from acuse.helpdesk.followers.copies import authored
from acuse.helpdesk.models import Interaction, Ticket
from acuse.helpdesk.queries.writing import follow_path
from acuse.helpdesk.services.replies import send_due
from acuse.reception.models import Item
from tests.integration.helpdesk.making import SLUG, Desk
from tests.integration.helpdesk.test_inbox import member

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
    monkeypatch.setattr(portal, "limited", lambda *_: False)
    agent, customer = member("agent"), Client(raise_request_exception=False)
    agent.raise_request_exception = False
    wrong = [one for ticket in Ticket.objects.all() for one in unopened(agent, customer, ticket)]
    assert wrong == []
    for page in ("tickets", "incoming"):
        assert agent.get(f"/console/{SLUG}/{page}/").status_code == 200


def unopened(agent: Client, customer: Client, ticket: Ticket) -> list[tuple[str, int]]:
    """Open everything of a case as members and its customer do; return what is not given, with the answer's status."""
    here, link = f"/console/{SLUG}/tickets/{ticket.id}/", follow_path(ticket.id)
    wrong = [(path, who.get(path).status_code) for who, path in ((agent, here), (customer, link))]
    for said in ticket.interactions.all():
        message = agent.get(f"{here}said/{said.id}/")
        kept = custody.open_object(organisation=ticket.organisation_id, sha256=said.sha256)
        wrong.append((message.request["PATH_INFO"], message.status_code if message.content == kept else 0))
        for number in range(1, len(said.attachments) + 1):
            file = f"{here}said/{said.id}/files/{number}/"
            view, saved = agent.get(f"{file}view/"), agent.get(file)
            theirs = customer.get(f"{link}files/{said.id}/{number}")
            drawn = f'="{file}raw/"' in view.content.decode()
            wrong += [(f"{file}view/", view.status_code), (file, saved.status_code)]
            wrong.append((theirs.request["PATH_INFO"], theirs.status_code if theirs.content == saved.content else 0))
            raw = agent.get(f"{file}raw/").status_code
            wrong.append((f"{file}raw/", raw if drawn else {404: 200}.get(raw, raw)))
    return [(path, status) for path, status in wrong if status != 200]
