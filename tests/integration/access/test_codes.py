"""A code by e-mail: right, wrong, late, locked, another one; never recorded, never kept in the clear."""

from datetime import timedelta

import pytest

from acuse import clock
from acuse.delivery import rules
from acuse.delivery.models import Access, Notice
from acuse.delivery.services import erase_communication
from acuse.delivery.services.access.codes import code_mac
from acuse.evidence import custody, retention
from tests.integration.access.conftest import Visit
from tests.integration.delivery.test_erasure import end_retention


def held(visit: Visit) -> Access:
    """The working row."""
    return Access.objects.get(communication_id=visit.communication)


def later(monkeypatch: pytest.MonkeyPatch, wait: timedelta) -> None:
    """Let the clock go on."""
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + wait)


def wrong(code: str) -> str:
    """Another code of six digits."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_button_sends_a_code_and_opens_nothing(coded: Visit) -> None:
    answer = coded.post("open")
    assert answer["Location"].startswith(f"{coded.root}code")
    assert "content.accessed" not in coded.types()
    fact = coded.last("code.sent")
    assert fact.details["contact"] == "ana@cliente.example"
    assert coded.code() not in str(fact.details)
    assert coded.code() not in held(coded).code_mac
    assert Notice.objects.get(kind="code").recipient == "ana@cliente.example"


def test_the_right_code_opens_at_g4(coded: Visit) -> None:
    coded.post("open")
    code = coded.code()
    answer = coded.post("code", page="code", code=f"{code[:3]} {code[3:]}")
    assert answer["Location"].startswith(f"{coded.root}content")
    fact = coded.last("content.accessed")
    assert fact.details["authentication"] == {"method": "otp", "contact": "ana@cliente.example"}
    assert (coded.row().outcome, coded.row().grade) == ("accessed", 4)
    assert "Abierta con código" in coded.get("content").content.decode()


def test_a_code_serves_once(coded: Visit) -> None:
    coded.post("open")
    code = coded.code()
    coded.post("code", page="code", code=code)
    coded.client.cookies.clear()
    assert coded.post("code", page="code", code=code).status_code == 403
    assert coded.types().count("content.accessed") == 1


def test_wrong_codes_count_and_lock(coded: Visit) -> None:
    coded.post("open")
    code = coded.code()
    for left in (4, 3, 2, 1, 0):
        answer = coded.post("code", page="code", code=wrong(code))
        assert answer.status_code == 403
        assert coded.last("code.refused").details["tries_left"] == left
    assert "Demasiados códigos equivocados" in answer.content.decode()
    assert coded.types().count("code.locked") == 1
    assert coded.post("code", page="code", code=code).status_code == 403, "not even the right one"
    assert coded.post("open")["Location"].startswith(f"{coded.root}code")
    assert coded.types().count("code.sent") == 1, "nor is another one sent"
    assert "content.accessed" not in coded.types()


def test_a_lock_ends(coded: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    coded.post("open")
    for _ in range(rules.CODE_TRIES):
        coded.post("code", page="code", code=wrong(coded.code()))
    later(monkeypatch, rules.CODE_LOCK + timedelta(seconds=1))
    coded.post("open")
    assert coded.post("code", page="code", code=coded.code()).status_code == 303
    assert coded.row().grade == 4


def test_a_late_code_is_refused_as_late(coded: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    coded.post("open")
    code = coded.code()
    later(monkeypatch, rules.CODE_TERM + timedelta(seconds=1))
    answer = coded.post("code", page="code", code=code)
    assert "pasaron más de diez minutos" in answer.content.decode()
    assert coded.last("code.refused").details["reason"] == "late"


def test_only_the_last_code_serves(coded: Visit) -> None:
    coded.post("open")
    first = coded.code()
    coded.post("code", page="code", again="1")
    second = coded.code()
    if first != second:
        assert coded.post("code", page="code", code=first).status_code == 403
    assert coded.post("code", page="code", code=second).status_code == 303


def test_so_many_codes_a_day(coded: Visit) -> None:
    for _ in range(rules.MOST_CODES):
        coded.post("open")
    answer = coded.post("open")
    assert answer.status_code == 429
    assert "Vuelva a intentarlo mañana" in answer.content.decode()
    assert coded.types().count("code.sent") == rules.MOST_CODES


def test_the_link_alone_does_not_open_what_asks_for_a_code(coded: Visit) -> None:
    assert coded.post("code", page="code", code="123456").status_code == 403
    assert "content.accessed" not in coded.types()


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_cannot_be_a_code_costs_no_try(coded: Visit, typed: str) -> None:
    coded.post("open")
    answer = coded.post("code", page="code", code=typed)
    assert answer.status_code == 400
    assert "son seis cifras" in answer.content.decode()
    assert "code.refused" not in coded.types()
    assert held(coded).code_tries == 0


def test_the_link_alone_does_not_refuse_what_asks_for_a_code(coded: Visit) -> None:
    page = coded.get("reject").content.decode()
    assert "hace falta también un código" in page
    assert coded.post("reject", page="reject", comments="No.").status_code == 400
    assert coded.post("reject", page="reject", again="1")["Location"].startswith(f"{coded.root}reject")
    code = coded.code()
    answer = coded.post("reject", page="reject", code=wrong(code), comments="No la quiero.")
    assert answer.status_code == 403
    assert "No la quiero." in answer.content.decode(), "what was written is not lost"
    assert (held(coded).ended, coded.row().outcome) == ("", "relayed")
    coded.post("reject", page="reject", code=code, comments="No la quiero.")
    fact = coded.last("content.rejected")
    assert fact.details["authentication"] == {"method": "otp", "contact": "ana@cliente.example"}
    assert "content.accessed" not in coded.types(), "refusing it does not open it"
    assert (coded.row().outcome, coded.row().grade) == ("refused", 1)


def test_another_browser_needs_a_code_to_refuse_what_was_opened_with_one(coded: Visit) -> None:
    coded.post("open")
    coded.post("code", page="code", code=coded.code())
    coded.client.cookies.clear()
    assert coded.post("reject", page="reject").status_code == 400
    assert "content.rejected" not in coded.types()


def test_whoever_opened_it_with_a_code_refuses_it_without_another(coded: Visit) -> None:
    coded.post("open")
    coded.post("code", page="code", code=coded.code())
    assert 'name="code"' not in coded.get("reject").content.decode()
    coded.post("reject", page="reject")
    assert coded.last("content.rejected").details["authentication"]["method"] == "otp"


def test_a_code_is_bound_to_its_communication(coded: Visit) -> None:
    coded.post("open")
    row = held(coded)
    other = Access(communication_id=row.communication_id, code_mac=row.code_mac)

    assert code_mac(row.communication_id, coded.code()) == other.code_mac
    assert code_mac(coded.organisation, coded.code()) != other.code_mac


def test_late_codes_lock_as_wrong_ones_do(coded: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    coded.post("open")
    code = coded.code()
    later(monkeypatch, rules.CODE_TERM + timedelta(seconds=1))
    for _ in range(rules.CODE_TRIES + 1):
        coded.post("code", page="code", code=code)
    assert coded.types().count("code.refused") == rules.CODE_TRIES
    assert coded.types().count("code.locked") == 1


def test_erasure_takes_the_e_mails_of_codes(coded: Visit) -> None:
    coded.post("open")
    sha256 = Notice.objects.get(kind="code").message_sha256
    end_retention(coded.row())
    erase_communication(
        organisation=coded.organisation,
        communication=coded.communication,
        reason="term",
        citations=retention.citations_of(retention.due()),
    )
    with pytest.raises(custody.MissingObject):
        custody.open_object(organisation=coded.organisation, sha256=sha256)
