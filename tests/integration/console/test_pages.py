"""Every page answers its member, in both languages, and nobody else."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from acuse import clock
from acuse.accounts.models import Membership, User
from acuse.certificates.models import Certificate
from acuse.delivery.models import Communication
from acuse.evidence.alarms import raise_alarm
from acuse.evidence.models import Alarm
from acuse.evidence.queries import alarms
from tests.browser import samples
from tests.browser.world import World

BASE = "/console/talleres-ribera"


def test_pages_answer_in_both_languages(member: Client, world: World) -> None:
    one = world.communications["cliente1042@correo.example"]
    for path, spanish, english in (
        (f"{BASE}/communications/", "Comunicaciones", "Communications"),
        (f"{BASE}/communications/{one}/", "Aceptada por el servidor", "Accepted by the recipient"),
        (f"{BASE}/communications/{one}/?tab=attempts", "Intento 2", "Try 2"),
        (f"{BASE}/communications/{one}/?tab=recipient", "Lo indicó el remitente", "Stated by the sender"),
        (f"{BASE}/failures/", "El buzón no existe", "The mailbox does not exist"),
        (f"{BASE}/certificates/", "Certificado", "Certificate"),
        (f"{BASE}/ledger/", "Registro de hechos", "Ledger of facts"),
        (f"{BASE}/ledger/?entry=3", "Camino hasta la raíz", "Path to the root"),
        (f"{BASE}/members/", "Quién trabaja aquí", "Who works here"),
        (f"{BASE}/settings/", "Credenciales SMTP", "SMTP credentials"),
        ("/console/preferences/", "Sus preferencias", "Your preferences"),
    ):
        for language, words in (("es", spanish), ("en", english)):
            User.objects.update(language=language)
            response = member.get(path)
            assert response.status_code == 200, path
            assert words in response.content.decode(), (path, language)


def test_every_state_has_its_own_sentence(member: Client, world: World) -> None:
    expected = {
        "c0951@buzon.example": "No entregada: el buzón no existe. Su servidor la rechazó el",
        "cliente1188@correo.example": "No entregada: el buzón está lleno",
        "cliente1077@noexiste.example": "No entregada: el dominio no existe. Se abandonó el",
        "cliente0702@correo.example": "Resultado indeterminado",
        "cliente1130@correo.example": "Su servidor ha pedido esperar",
        "cliente0480@correo.example": "la entrega está en curso",
    }
    for recipient, sentence in expected.items():
        page = member.get(f"{BASE}/communications/{world.communications[recipient]}/").content.decode()
        assert sentence in page
        assert "Qué no prueba." in page


def test_verbatim_reply_and_dialogue_are_shown(member: Client, world: World) -> None:
    one = world.communications["c0951@buzon.example"]
    page = member.get(f"{BASE}/communications/{one}/").content.decode()
    assert "550 5.1.1 &lt;c0951@buzon.example&gt;: User unknown" in page
    link = re.search(rf"/communications/{one}/dialogues/\d+/", page)
    assert link
    dialogue = member.get(f"/console/talleres-ribera{link[0]}").content.decode()
    assert "220 mx1.correo.example ESMTP" in dialogue


def _addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += _addresses(pattern.url_patterns, route)
        elif "<slug:slug>" in route:
            found.append(route)
    return found


def test_another_organisations_ids_are_answered_as_if_nothing_existed(member: Client, world: World) -> None:
    """Every address below an organisation, with a foreign organisation, and with foreign ids in one's own."""
    routes = _addresses(get_resolver().url_patterns)
    assert len(routes) >= 15
    for route in routes:
        for slug in ("flota-norte", "talleres-ribera"):
            path = "/" + route.replace("<slug:slug>", slug).replace("<uuid:id>", str(world.foreign))
            path = re.sub(r"<int:\w+>", "1", path)
            path = re.sub(r"<str:\w+>", "0000-0000-0000-0000", path)
            own_page = slug == "talleres-ribera" and "<uuid:id>" not in route and "<str:" not in route
            if own_page:
                continue
            for answer in (member.get(path), member.post(path)):
                revoke = "revoke" in path and slug == "talleres-ribera"
                assert answer.status_code in ({404, 405, 302} if revoke else {404, 405}), path


def test_visitors_are_sent_to_sign_in(world: World) -> None:
    response = Client().get(f"{BASE}/communications/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_an_auditor_reads_and_changes_nothing(world: World) -> None:
    user = User.objects.create_user("auditora@ribera.example", samples.PASSWORD)
    Membership.objects.create(user=user, organisation_id=world.organisation, role="auditor")
    client = Client()
    client.force_login(user)
    assert client.get(f"{BASE}/settings/").status_code == 200
    for path in ("settings/", "settings/credentials/", "settings/senders/", "settings/senders/remove/"):
        assert client.post(f"{BASE}/{path}", {"name": "x", "pattern": "@x.example"}).status_code == 403
    assert b'type="submit" class="btn btn-primary"' not in client.get(f"{BASE}/settings/").content


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=cliente1042", {"cliente1042@correo.example"}),
        ("q=reclamaci%C3%B3n", {"cliente1042@correo.example"}),
        ("q=buzon.example", {"c0951@buzon.example"}),
        ("status=failed", {"c0951@buzon.example", "cliente1188@correo.example", "cliente1077@noexiste.example"}),
        ("class=mailbox_full", {"cliente1188@correo.example"}),
        ("q=%27%3A%2A%20%7C%20%21%26%3C%3E", set()),
        ("q=nada&grade=2", set()),
    ],
)
def test_search_and_filters(member: Client, world: World, query: str, expected: set[str]) -> None:
    page = member.get(f"{BASE}/communications/?{query}").content.decode()
    assert set(re.findall(r'data-open href="[^"]+">([^<]+)</a>', page)) == expected
    if not expected:
        assert "Ninguna comunicación con estos filtros." in page


def test_a_communication_is_found_by_the_beginning_of_its_code(member: Client, world: World) -> None:
    subject = world.communications["cliente1042@correo.example"]
    Certificate.objects.filter(subject=subject).update(code="KWA7-T2H0-9XWD-3PFA")
    for typed in ("KWA7", "kwa7-t2", "kwa7t2ho9", "KWA7 T2H0"):
        assert str(subject) in member.get(f"{BASE}/communications/", {"q": typed}).content.decode(), typed
    for typed in ("KWA", "KWA7-T3", "T2H0"):
        assert str(subject) not in member.get(f"{BASE}/communications/", {"q": typed}).content.decode(), typed
    exported = b"".join(member.get(f"{BASE}/communications/export.csv", {"q": "KWA7"}).streaming_content)
    assert str(subject).encode() in exported


def test_pages_follow_one_another_without_gap_or_repetition(
    member: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acuse.delivery.queries.communications.__kwdefaults__", {"cursor": "", "limit": 3})
    seen: list[str] = []
    address = ""
    for _page in range(10):
        page = member.get(f"{BASE}/communications/{address}").content.decode()
        seen += re.findall(r'data-open href="[^"]+">([^<]+)</a>', page)
        older = re.search(r'href="(\?[^"]+)" data-next', page)
        if not older:
            break
        address = older[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == len(world.communications)


def test_live_changes_wait_to_be_shown(member: Client, world: World) -> None:
    page = member.get(f"{BASE}/communications/").content.decode()
    news = re.search(r'hx-get="(news/[^"]+)"', page)
    assert news
    path = f"{BASE}/communications/{news[1].replace('&amp;', '&')}"
    assert "Mostrar" not in member.get(path).content.decode()
    value = samples.credential_again(world.organisation)
    samples.send(value, samples.message("nueva@correo.example", "Nueva"), recipient="nueva@correo.example")
    changed = member.get(path).content.decode()
    assert "Mostrar 1 nueva" in changed
    assert "nueva@correo.example" not in changed


def test_export_keeps_filters_and_disarms_formulas(member: Client, world: World) -> None:
    Communication.objects.filter(recipient="c0951@buzon.example").update(subject='=cmd|"/c calc"!A1')
    response = member.get(f"{BASE}/communications/export.csv?class=mailbox_not_found")
    lines = b"".join(response).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]
    assert len(lines) == 2
    assert "'=cmd" in lines[1]


def test_credential_secret_is_shown_once_and_revocation_is_recorded(member: Client, world: World) -> None:
    page = member.post(f"{BASE}/settings/credentials/", {"name": "erp"}).content.decode()
    secret = re.search(r"data-secret>([a-z2-7]{32})<", page)
    assert secret
    assert secret[1] not in member.get(f"{BASE}/settings/").content.decode()
    revoke = re.findall(r'action="([^"]+/revoke/)"', page)
    assert member.post(revoke[0]).status_code == 302
    assert "revocada el" in member.get(f"{BASE}/settings/").content.decode()


def test_settings_keep_what_was_typed_and_say_what_is_wrong(member: Client, world: World) -> None:
    page = member.post(f"{BASE}/settings/senders/", {"pattern": "no es una dirección"}).content.decode()
    assert "no es una dirección" in page
    assert "Escriba una dirección como" in page


def test_first_run_shows_the_steps(world: World) -> None:
    samples.organisation(name="Recién Llegada", slug="recien-llegada", email="nueva@llegada.example")
    client = Client()
    client.force_login(User.objects.get(email="nueva@llegada.example"))
    page = client.get("/console/recien-llegada/communications/").content.decode()
    assert "Aún no ha enviado nada que haya que probar." in page


def test_alarms_are_told_in_the_readers_language(member: Client, world: World) -> None:
    raise_alarm("anchoring", "Facts have waited for a time stamp since %(since)s. Nothing is lost.", since="<ayer>")
    Alarm.objects.create(name="old", message="Kept by an older release.", since=clock.now())
    for language, words in (("es", "Hay hechos que esperan un sello"), ("en", "Facts have waited for a time stamp")):
        User.objects.update(language=language)
        page = member.get(f"{BASE}/settings/").content.decode()
        assert words in page
        assert "&lt;ayer&gt;" in page
        assert "Kept by an older release." in page
    assert alarms()[0].message == "Facts have waited for a time stamp since <ayer>. Nothing is lost."


def test_unknown_communication_is_not_found(member: Client, world: World) -> None:
    assert member.get(f"{BASE}/communications/{uuid4()}/").status_code == 404


def test_messages_of_the_ledger_page_follow_the_path(member: Client, world: World) -> None:
    page = member.get(f"{BASE}/ledger/?entry=4").content.decode()
    assert "acuse.example/test" in page
    assert "raíz de" in page


def test_bad_pages_of_the_list_go_back_to_its_beginning(member: Client, world: World) -> None:
    assert member.get(f"{BASE}/communications/?after=zzz").status_code == 302
    assert member.get(f"{BASE}/ledger/?entry=99999999999999999999&before=x").status_code == 200


def test_login_locks_out_after_many_failures(world: World) -> None:
    client = Client()
    for _attempt in range(12):
        client.post(reverse("account_login"), {"login": "m.ribera@ribera.example", "password": "wrong"})
    answer = client.post(reverse("account_login"), {"login": "m.ribera@ribera.example", "password": samples.PASSWORD})
    assert "_auth_user_id" not in client.session, answer.content.decode()[:300]


def test_a_forgotten_password_is_not_promised_by_mail(world: World) -> None:
    for answer in (
        Client().get("/accounts/password/reset/"),
        Client().post("/accounts/password/reset/", {"email": "m.ribera@ribera.example"}, follow=True),
    ):
        assert answer.status_code == 200
        assert "acuse user password" in answer.content.decode()


def test_a_search_with_a_character_that_no_text_has_finds_nothing(member: Client, world: World) -> None:
    for page in ("communications/", "communications/export.csv", "ledger/", "tickets/", "contacts/", "calls/", "faq/"):
        assert member.get(f"/console/talleres-ribera/{page}", {"q": "a\0b"}).status_code == 200, page
