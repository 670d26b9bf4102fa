"""What a page may load and run, and how foreign content is shut in."""

import html
from urllib.parse import quote

import pytest
from allauth.account import urls as allauth
from allauth.account.models import EmailAddress
from django.test import Client

from acuse.accounts.models import Membership, Organisation, User
from acuse.certificates.models import Certificate
from acuse.errors import AcuseError
from acuse.evidence.alarms import raise_alarm
from tests.browser import samples
from tests.browser.world import World

BASE = "/console/talleres-ribera"


def test_pages_allow_nothing_from_elsewhere_and_no_inline_code(member: Client, world: World) -> None:
    one = world.communications["cliente1042@correo.example"]
    for path in ("/verify/", "/accounts/login/", f"{BASE}/communications/", f"{BASE}/communications/{one}/"):
        response = (Client() if "login" in path else member).get(path)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        text = response.content.decode()
        assert " style=" not in text
        assert " onclick=" not in text
        for script in text.split("<script")[1:]:
            head = script.split(">", 1)[0]
            assert 'src="/static/' in head or 'type="application/json"' in head


def test_pages_of_members_stay_in_no_cache(member: Client, world: World) -> None:
    assert member.get(f"{BASE}/communications/")["Cache-Control"] == "no-store"


def test_foreign_html_is_shut_in(member: Client, world: World) -> None:
    one = world.communications["victima@correo.example"]
    response = member.get(f"{BASE}/communications/{one}/content/")
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    text = response.content.decode()
    for forbidden in ("<script", "onerror", "onload", "javascript:", "<iframe", "<form", "<svg", "<link", "@import"):
        assert forbidden not in text
    assert 'src="http' not in text
    assert "Su cita" in text


def test_original_and_attachments_are_saved_never_shown(member: Client, world: World) -> None:
    one = world.communications["victima@correo.example"]
    original = member.get(f"{BASE}/communications/{one}/original.eml")
    assert original.content == samples.HOSTILE
    assert original["Content-Disposition"].startswith("attachment")
    assert original["Content-Type"] == "application/octet-stream"
    other = world.communications["cliente1042@correo.example"]
    attachment = member.get(f"{BASE}/communications/{other}/attachments/1/")
    assert attachment["Content-Disposition"] == 'attachment; filename="informe-peritaje.pdf"'
    assert "sandbox" in attachment["Content-Security-Policy"]
    assert member.get(f"{BASE}/communications/{other}/attachments/9/").status_code == 404


def test_only_the_needed_addresses_of_allauth_answer(member: Client, world: World) -> None:
    known = {"login/", "logout/", "inactive/", "reauthenticate/", "password/change/", "password/reset/"}
    every = [str(one.pattern) for one in allauth.urlpatterns]
    assert known < set(every), "allauth has the addresses under these names"
    closed = [one for one in every if one not in known]
    assert {"email/", "signup/"} <= set(closed)
    for client in (member, Client()):
        for address in (*(one for one in closed if "(" not in one), "confirm-email/MQ:1x/", "password/reset/key/1-x/"):
            assert client.get(f"/accounts/{address}").status_code == 404, address
            assert client.post(f"/accounts/{address}", {"email": "otra@correo.example"}).status_code == 404, address
    before = set(User.objects.values_list("email", flat=True))
    member.post("/accounts/email/", {"action_add": "", "email": "otra@correo.example"})
    assert not EmailAddress.objects.filter(email="otra@correo.example").exists()
    assert set(User.objects.values_list("email", flat=True)) == before
    for address in ("password/change/", "2fa/", "password/reset/", "reauthenticate/"):
        assert member.get(f"/accounts/{address}").status_code in {200, 302}, address
    assert Client().get("/accounts/login/").status_code == 200


def test_an_auditor_asks_for_no_receipt(member: Client, world: World) -> None:
    one = world.communications["cliente1042@correo.example"]
    receipts = Certificate.objects.filter(kind="receipt", subject=one)
    before = receipts.count()
    Membership.objects.filter(user__email="m.ribera@ribera.example").update(role="auditor")
    assert member.get(f"{BASE}/communications/{one}/").status_code == 200
    assert member.post(f"{BASE}/communications/{one}/receipt/").status_code == 403
    assert receipts.count() == before
    Membership.objects.filter(user__email="m.ribera@ribera.example").update(role="agent")
    assert member.post(f"{BASE}/communications/{one}/receipt/").status_code == 302
    assert receipts.count() == before + 1


def test_forms_need_their_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/verify/")
    assert answer.status_code == 403
    assert "Ese formulario ya no se puede enviar." in answer.content.decode()


def test_language_form_goes_nowhere_else(world: World) -> None:
    client = Client()
    answer = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/verify/"
    assert "Is this document authentic" in client.get("/verify/").content.decode()


@pytest.mark.parametrize(
    ("next", "leads_to"),
    [
        (f"{BASE}/ledger/?q=7", f"{BASE}/ledger/?q=7"),
        ("https://evil.example/", "/console/"),
        ("//evil.example/", "/console/"),
        ("/\\evil.example/", "/console/"),
        ("javascript:alert(1)", "/console/"),
        ("http://localhost/x", "/console/"),
    ],
)
def test_signing_in_leads_nowhere_else(world: World, next: str, leads_to: str) -> None:
    given = {"login": "m.ribera@ribera.example", "password": samples.PASSWORD, "next": next}
    assert Client().post("/accounts/login/", given)["Location"] == leads_to


def test_a_body_that_is_too_big_is_refused_before_it_is_read(world: World) -> None:
    answer = Client().post(
        "/verify/",
        b"x",
        content_type="multipart/form-data; boundary=b",
        HTTP_ACCEPT_LANGUAGE="es",
        CONTENT_LENGTH="99999999",
    )
    assert answer.status_code == 413
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "Es más de lo que admite esta página." in answer.content.decode()
    assert "ficheros de hasta 64\N{NO-BREAK SPACE}MiB" in answer.content.decode()


def test_foreign_text_is_shown_as_text(member: Client, world: World) -> None:
    foreign = """"><script>alert(1)</script>'%(a)s %s %% {0} {{ 7|add:7 }}{% now "Y" %}"""
    raise_alarm("a", "The authority answered %(reply)s.", reply=foreign)
    raise_alarm("b", foreign)
    raise_alarm("c", "%(error)s Nothing is lost: facts are time-stamped when it returns.", error=AcuseError(foreign))
    User.objects.filter(email="m.ribera@ribera.example").update(name=foreign)
    Organisation.objects.filter(slug="talleres-ribera").update(name=foreign)
    for page in ("ledger/", "members/", "communications/", "certificates/", "settings/"):
        shown = member.get(f"{BASE}/{page}", {"q": foreign}).content.decode()
        assert "<script>alert" not in shown, page
        assert html.unescape(shown).count(foreign) >= 5, page
    visitor = Client().get(invitation(member)).content.decode()
    assert "<script>alert" not in visitor
    assert foreign in html.unescape(visitor)


def invitation(member: Client) -> str:
    """The address of a new invitation."""
    page = member.post(f"{BASE}/members/invite/", {"email": "nueva@ribera.example", "role": "agent"})
    return str(page.context["link"]).removeprefix("http://testserver")


def test_whoever_is_signed_out_is_led_back_to_pages_and_gets_back_what_they_wrote(world: World) -> None:
    nobody, page = Client(headers={"accept-language": "es"}), f"{BASE}/contacts/?q=ana"
    assert nobody.get(page)["Location"] == f"/accounts/login/?next={quote(page)}"
    part = nobody.get(page, headers={"hx-request": "true"})
    assert (part.status_code, part.content) == (403, b""), "no sign-in is swapped into the page"
    written = {
        "notes": "Llama <b>por la tarde</b>.",
        "name": "Ana",
        "secret": "una clave de varias palabras",
        "kept": "a=1&b=2",
    }
    for referer, leads in ((f"http://testserver{page}", page), ("https://evil.example/", "/"), ("", "/")):
        answer = nobody.post(f"{BASE}/contacts/new/", written, headers={"referer": referer})
        text = answer.content.decode()
        assert answer.status_code == 403
        assert html.escape(written["notes"]) in text
        for other in ("Ana", "clave", "a=1"):
            assert other not in text
        assert f'href="/accounts/login/?next={quote(leads, safe="")}"' in text
