"""The public pages of a case: the link goes to the customer's address and to nobody else."""

import re

import pytest
from django.test import Client

from acuse import clock
from acuse.delivery.models import Notice
from acuse.doors.portal import case
from acuse.evidence import custody
from acuse.helpdesk.queries.writing import follow_path
from tests.integration.helpdesk.making import ANA, Desk, letter


def asked(key: str, address: str) -> tuple[int, bytes]:
    """Ask for a link as the page does; return what the page says once the asking was looked at."""
    answered = Client().post("/f/", {"key": key, "address": address, "l": "en"})
    case.LINKS.submit(lambda: None).result(60)
    return answered.status_code, answered.content


def test_the_link_of_a_case_is_sent_to_its_customer_and_shown_to_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.receive(letter())
    ticket = desk.ticket()
    monkeypatch.setattr(case, "limited", lambda *_: False)
    right = asked(ticket.key.lower(), ANA.upper())
    assert right == asked(ticket.key, "otra@correo.example") == asked("TAL-0001-AAAAAA", ANA) == asked("x", "y")
    assert follow_path(ticket.id).encode() not in right[1]
    (sent,) = Notice.objects.all()
    assert (sent.recipient, sent.communication_id) == (ANA, None)
    raw = custody.open_object(organisation=desk.organisation, sha256=sent.message_sha256).decode()
    (path,) = re.findall(r"/f/[^/\s]+/", raw.replace("=\r\n", ""))
    assert path == follow_path(ticket.id)
    assert b"Received. Not answered yet." in Client().get(path, {"l": "en"}).content
    for _ in range(5):
        asked(ticket.key, ANA)
    assert Notice.objects.count() == case.MOST_LINKS


def test_few_links_are_asked_for_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    told = [Client().post("/f/", {"key": "x", "address": "y"}).status_code for _ in range(case.TRIES_PER_WINDOW + 1)]
    assert told == [200] * case.TRIES_PER_WINDOW + [429]
    case.LINKS.submit(lambda: None).result(60)
