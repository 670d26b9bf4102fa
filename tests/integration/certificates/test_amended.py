"""A copy to which something was added, certified for real, and its receipt as the recipient finds it."""

import json
import re

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from acuse.certificates.models import Certificate
from acuse.certificates.rerender import rerender
from acuse.channels.base import Result
from acuse.delivery.models import Communication
from acuse.doors.portal.link import STRANGERS_PER_WINDOW
from acuse.proof.report import State
from tests.integration.access.conftest import notify
from tests.integration.certificates.conftest import Notary
from tests.integration.delivery.test_copies import BOTH, PAGE
from tests.integration.making import accept, facts, outcome

PREPARING = "Se está preparando"


def path_in(copy: bytes) -> str:
    """The path of the receipt that a copy names."""
    found = re.search(rb'(/r/[a-z2-7]{42}/)"', copy)
    assert found is not None
    return found[1].decode()


def get(path: str, **headers: str) -> HttpResponse:
    return Client(HTTP_ACCEPT_LANGUAGE="es").get(path, headers=headers)  # type: ignore[return-value]


def test_original_and_copy_are_inside_and_verify_and_the_recipient_downloads_it(notary: Notary) -> None:
    cache.clear()
    one = accept(notary.value, BOTH + PAGE)
    copy = notify(one)
    path = path_in(copy)
    before = get(path)
    assert before.status_code == 200
    assert PREPARING in before.content.decode()
    assert get(f"{path}certificate").status_code == 303
    notary.issue_due()
    row = Certificate.objects.get(subject=one, kind="certificate")
    report = notary.verify(row)
    assert report.state is State.VALID
    assert all(item.present for item in report.objects)
    files = notary.attachments(row)
    assert files["mensaje.eml"] == BOTH + PAGE
    sent = next(content for name, content in files.items() if name.startswith("enviado-"))
    assert sent == copy
    links = next(content for name, content in files.items() if name.startswith("enlaces-"))
    assert json.loads(links) == {"links": ["https://ribera.example/pago"]}
    assert "are the same" in rerender(notary.pdf(row), trust=notary.trust, typesetter=notary.press.typesetter)
    answer = get(f"{path}certificate")
    assert answer.content == notary.pdf(row)
    assert row.code in answer["Content-Disposition"]


def test_the_page_says_what_is_recorded_and_records_nothing(notary: Notary) -> None:
    cache.clear()
    one = accept(notary.value, b"Acuse-Footer: on\r\n" + PAGE)
    path = path_in(notify(one))
    told = len(facts(notary.value.organisation, one))
    answer = get(path)
    page = answer.content.decode()
    assert "El servidor de cliente.example lo aceptó el" in page
    assert "Acuse de un mensaje de Talleres Ribera" in page
    assert "Receipt of a message from" in get(f"{path}?l=en").content.decode()
    assert len(facts(notary.value.organisation, one)) == told
    assert not answer.cookies
    for name, value in (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")):
        assert answer[name] == value
    assert "noindex" in answer["X-Robots-Tag"]
    assert Client().post(path).status_code == 405


def test_a_message_that_failed_says_so(notary: Notary) -> None:
    cache.clear()
    one = accept(notary.value, b"Acuse-Footer: on\r\n" + PAGE)
    refused = outcome(Result.REFUSED, reply="550 5.1.1 unknown", failure_class="mailbox_not_found")
    assert "No se pudo entregar" in get(path_in(notify(one, refused))).content.decode()


@pytest.mark.parametrize("change", [{"footer": False}, {"certified": False}, {"mode": "notice"}])
def test_only_what_was_certified_and_named_its_receipt_has_one(notary: Notary, change: dict[str, object]) -> None:
    cache.clear()
    one = accept(notary.value, b"Acuse-Footer: on\r\n" + PAGE)
    path = path_in(notify(one))
    Communication.objects.filter(id=one).update(**change)
    assert get(path).status_code == 404


def test_a_link_that_is_none_says_so_kindly_and_not_for_ever(notary: Notary) -> None:
    cache.clear()
    for wrong in ("x", "a" * 42):
        answer = get(f"/r/{wrong}/")
        assert answer.status_code == 404
        assert "Aquí no hay ningún acuse" in answer.content.decode()
    statuses = {get("/r/x/").status_code for _ in range(STRANGERS_PER_WINDOW)}
    assert statuses == {404, 429}
