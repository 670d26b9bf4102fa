"""The files of an answer, sent from the page of its case."""

from html import unescape
from typing import Any

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
