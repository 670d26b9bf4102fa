"""The files of an answer, sent from the page of its case."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from acuse.evidence import custody
from acuse.helpdesk.models import Outgoing
from acuse.mail.read import read
from tests.integration.helpdesk.making import Desk, letter
from tests.integration.helpdesk.test_answering import TYPED, address, box
from tests.integration.helpdesk.test_inbox import member


def test_an_answer_takes_25_mb_of_files_and_not_one_octet_more(desk: Desk) -> None:
    desk.receive(letter())
    agent = member("agent")

    def send(*sizes: int) -> Any:
        files = [SimpleUploadedFile(f"plano-{size}.bin", bytes(size)) for size in sizes]
        return agent.post(address(desk, "answer/"), {"body": TYPED, "files": files}, follow=True)

    refused = send(12_000_000, 13_000_001)
    assert "25 MB" in unescape(refused.content.decode())
    assert box(refused) == TYPED, "what was written is still there"
    assert not Outgoing.objects.filter(automatic=False).exists()
    send(12_000_000, 13_000_000)
    outgoing = Outgoing.objects.get(automatic=False)
    kept = custody.open_object(organisation=desk.organisation, sha256=outgoing.sha256)
    assert [one.size for one in read(kept).attachments] == [12_000_000, 13_000_000]


def attach(*names: str) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, b"bytes") for name in names]


def lost(page: Any) -> str:
    """What the box says of files that have to be chosen again."""
    (found,) = re.findall(r'id="chosen-files" role="status">(.*?)</p>', page.content.decode(), re.DOTALL)
    return unescape(re.sub("<.*?>", "", found))


def test_files_of_an_answer_that_is_taken_back_are_named_until_it_is_sent(desk: Desk) -> None:
    desk.receive(letter())
    agent = member("agent")
    given = {"body": TYPED, "certified": "on", "files": attach("pic <1>.png", "plano.pdf")}
    waiting = agent.post(address(desk, "answer/"), given, follow=True)
    (card,) = re.findall(r'talk-said reply waiting".*?</div><ul.*?</ul>', waiting.content.decode(), re.DOTALL)
    assert all(said in unescape(card) for said in ("pic <1>.png", "plano.pdf", "por correo certificado"))
    assert lost(waiting) == ""
    outgoing = Outgoing.objects.get(automatic=False)
    taken_back = agent.post(address(desk, "undo/"), {"outgoing": outgoing.id}, follow=True)
    said = "Ya no están adjuntos: pic <1>.png, plano.pdf."
    assert f"Aquí tiene otra vez lo que escribió. {said}" in unescape(taken_back.content.decode())
    assert unescape(taken_back.content.decode()).count(said) == 2, "at the box and in what tells of it"
    assert lost(agent.get(address(desk))).startswith(said), "later too"
    sent = agent.post(address(desk, "answer/"), {"body": TYPED, "files": attach("plano.pdf")}, follow=True)
    assert lost(sent) == ""
    agent.post(address(desk, "present/"), {"body": TYPED, "kind": "reply"})
    assert lost(agent.get(address(desk))) == "", "what is begun next has lost nothing"


@pytest.mark.parametrize("act", ["answer/", "template/"])
def test_files_that_were_not_sent_with_the_page_are_named(desk: Desk, act: str) -> None:
    desk.receive(letter())
    agent = member("agent")
    given = {"template": "ticket.solution", "body": "⟦Escriba⟧", "files": attach("pic.png")}
    assert "Ya no están adjuntos: pic.png." in lost(agent.post(address(desk, act), given, follow=True))
    again = {"template": "ticket.solution", "body": "⟦Escriba⟧"}
    assert "pic.png" in lost(agent.post(address(desk, act), again, follow=True)), "until another is chosen"
