"""The console and the public pages over HTTP, of a whole installation."""

import json
import re
import urllib.request

import pytest

from acuse.proof.trust import Trust
from acuse.proof.verify import verify_bytes
from tests.flows.installation import SLUG, Installation, message, until
from tests.flows.web import Page, Visitor, visitor

EMAIL, PASSWORD = "direccion@talleres-ribera.example", "una-clave-larga-y-rara-7"
RAW = message("web", subject="Presupuesto de la caldera")


@pytest.fixture(scope="module")
def reference(shared: Installation) -> str:
    """A certified communication."""
    reply = shared.submit(RAW, "ana@acepta.example")
    shared.documents(reply)
    return reply.split()[-1]


@pytest.fixture(scope="module")
def member(shared: Installation) -> Visitor:
    """The owner, logged in."""
    shared.add_member(EMAIL, PASSWORD)
    someone = visitor(shared)
    page = someone.log_in(EMAIL, PASSWORD)
    assert page.path == f"/console/{SLUG}/communications/", page.text
    return someone


@pytest.fixture(scope="module")
def code(shared: Installation, reference: str) -> str:
    sql = "SELECT code FROM certificates_certificates WHERE subject = %s AND kind = 'certificate'"
    return str(shared.value(sql, reference))


@pytest.fixture
def certificate(member: Visitor, code: str) -> bytes:
    return member.get(f"/console/{SLUG}/certificates/{code}.pdf").content


def valid(running: Installation, content: bytes, name: str) -> bool:
    trust = Trust.parse((running.data / "trust.pem").read_text("utf-8"))
    return verify_bytes(content, filename=name, trust=trust).exit_status == 0


def test_a_wrong_password_opens_nothing(shared: Installation, member: Visitor) -> None:
    stranger = visitor(shared)
    assert stranger.log_in(EMAIL, "otra-clave-larga-y-rara-8").path == "/accounts/login/"
    page = stranger.get(f"/console/{SLUG}/communications/")
    assert page.path == "/accounts/login/"
    assert "caldera" not in page.text


def test_the_list_and_the_page_of_a_communication(member: Visitor, reference: str, code: str) -> None:
    listed = member.get(f"/console/{SLUG}/communications/")
    assert "Presupuesto de la caldera" in listed.text
    assert f"/console/{SLUG}/communications/{reference}/" in listed.text
    page = member.get(f"/console/{SLUG}/communications/{reference}/")
    assert page.status == 200
    for shown in ("ana@acepta.example", "Presupuesto de la caldera", code):
        assert shown in page.text
    dialogues = re.findall(rf"/console/{SLUG}/communications/{reference}/dialogues/\d+/", page.text)
    assert "RCPT TO:&lt;ana@acepta.example&gt;" in member.get(dialogues[0]).text


def test_every_file_is_downloaded_as_it_was_kept(
    shared: Installation, member: Visitor, reference: str, code: str
) -> None:
    page = member.get(f"/console/{SLUG}/certificates/{code}.pdf")
    sql = "SELECT organisation_id, sha256, bundle_sha256 FROM certificates_certificates WHERE code = %s"
    ((organisation, sha256, bundle_sha256),) = shared.rows(sql, code)
    assert page.content == shared.kept(organisation, sha256)
    assert page.headers["Content-Type"] == "application/pdf"
    assert page.headers["Content-Disposition"].startswith("attachment")
    assert valid(shared, page.content, "x.pdf")
    bundle = member.get(f"/console/{SLUG}/certificates/{code}/proof/").content
    assert bundle == shared.kept(organisation, bundle_sha256)
    assert json.loads(bundle)["facts"][0]["fact"]["subject"]["id"] == reference
    original = member.get(f"/console/{SLUG}/communications/{reference}/original.eml")
    assert original.content == RAW
    assert original.headers["Content-Type"] == "application/octet-stream"


def test_a_receipt_is_asked_for_and_given(shared: Installation, member: Visitor, reference: str) -> None:
    address = f"/console/{SLUG}/communications/{reference}/"
    asked = member.post(f"{address}receipt/", form=address)
    assert "Justificante solicitado." in asked.text
    sql = "SELECT code FROM certificates_certificates WHERE subject = %s AND kind = 'receipt' AND state = 'issued'"
    until(lambda: shared.rows(sql, reference), "the receipt is sealed")
    receipt = f"/console/{SLUG}/certificates/{shared.value(sql, reference)}.pdf"
    assert receipt in member.get(address).text
    assert valid(shared, member.get(receipt).content, "receipt.pdf")
    member.post(f"{address}receipt/", form=address)
    assert len(shared.rows(sql.removesuffix(" AND state = 'issued'"), reference)) == 1, "asking again makes no other"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("valid", "It is authentic and has not changed since it was issued."),
        ("altered", "This file is not the one that was issued."),
        ("foreign", "This installation knows nothing of this file."),
        ("original", "This content was certified here and has not changed."),
    ],
)
def test_anybody_may_have_a_file_checked(shared: Installation, certificate: bytes, kind: str, sentence: str) -> None:
    altered = bytearray(certificate)
    altered[len(altered) // 3] ^= 1
    content = {"valid": certificate, "altered": bytes(altered), "foreign": b"Hola.\n", "original": RAW}[kind]
    page = visitor(shared).post("/verify/", file=(f"{kind}.bin", content))
    assert page.status == 200
    assert sentence in page.text


def test_a_code_says_what_was_issued_and_of_nobody(shared: Installation, code: str) -> None:
    page = visitor(shared).get(f"/v/{code}")
    assert page.status == 200
    assert code in page.text
    assert "ana@acepta.example" not in page.text
    assert "caldera" not in page.text
    assert visitor(shared).get("/v/0000-0000-0000-0000").status == 404


def test_the_anchors_are_offered_where_offline_checking_is_told(shared: Installation) -> None:
    page = visitor(shared).get("/verify/offline/")
    links = set(re.findall(r'href="(/verify/offline/[^"]+)"', page.text))
    assert links == {f"/verify/offline/{name}" for name in ("tsa.pem", "seal.pem", "log.vkey")}
    together = Trust()
    for link in links:
        together |= Trust.parse(visitor(shared).get(link).text)
    whole = Trust.parse((shared.data / "trust.pem").read_text("utf-8"))
    assert (together.seals, together.stamps) == (whole.seals, whole.stamps)
    assert together.log_keys == whole.log_keys
    for forbidden in ("ca.key", "trust.pem", "..%2Fkeys%2Fcheckpoint.key"):
        assert visitor(shared).get(f"/verify/offline/{forbidden}").status == 404


def test_every_page_carries_its_security_headers(shared: Installation, member: Visitor, reference: str) -> None:
    one = f"/console/{SLUG}/communications/{reference}/"
    pages = [
        visitor(shared).get(path)
        for path in ("/verify/", "/verify/offline/", "/accounts/login/", "/v/0000-0000-0000-0000", "/nowhere/",
                     "/log/checkpoint", "/log/tile/0/999", "/health")
    ]  # fmt: skip
    pages += [
        member.get(path)
        for path in (f"/console/{SLUG}/communications/", one, f"{one}content/", f"{one}original.eml",
                     f"/console/{SLUG}/certificates/", f"/console/{SLUG}/ledger/", f"/console/{SLUG}/settings/",
                     "/console/preferences/", f"/console/{SLUG}/nowhere/")
    ]  # fmt: skip
    for page in pages:
        _check_headers(page)
    assert {page.status for page in pages} == {200, 404}


def _check_headers(page: Page) -> None:
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'"), page.path
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff", page.path
    assert page.headers["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}, page.path
    assert page.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, page.path
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin", page.path
    if page.path.startswith(("/console", "/accounts")):
        assert "no-store" in page.headers["Cache-Control"], page.path


def test_a_forged_form_does_nothing(member: Visitor, reference: str) -> None:
    request = urllib.request.Request(
        f"{member.address}/console/{SLUG}/communications/{reference}/receipt/", data=b"", method="POST"
    )
    assert member._open(request).status == 403


def test_logging_out_ends_it(shared: Installation, member: Visitor) -> None:
    someone = visitor(shared)
    someone.log_in(EMAIL, PASSWORD)
    someone.post("/accounts/logout/")
    assert someone.get(f"/console/{SLUG}/communications/").path == "/accounts/login/"
