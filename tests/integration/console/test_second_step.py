"""Two-step sign-in holds against codes used again and against changes by whoever finds a page open."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.core.cache.backends import db as cached
from django.test import Client
from django.urls import reverse

from acuse import clock
from acuse.accounts.models import User
from tests.browser import samples
from tests.browser.world import World

EMAIL = "m.ribera@ribera.example"
SETTINGS = "/console/talleres-ribera/settings/"
START = 1_800_000_000
NEW = "otro-caballo-correcto-78"


@pytest.fixture
def secret(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The secret of the owner's authenticator."""
    at(0, monkeypatch)
    made = auth.generate_totp_secret()
    auth.TOTP.activate(User.objects.get(email=EMAIL), made)
    return made


def at(seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the clocks of authenticator and cache so much after the start of the test."""
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: START + seconds))
    monkeypatch.setattr(cached, "tz_now", lambda: clock.now() + timedelta(seconds=seconds))


def code(secret: str, *, step: int = 0) -> str:
    """The code that the authenticator shows, or showed, or will show."""
    return auth.format_hotp_value(auth.hotp_value(secret, START // 30 + step))


def signed_in(given: str) -> Client:
    """Whoever gave the password and then a code."""
    client = Client()
    answer = client.post(reverse("account_login"), {"login": EMAIL, "password": samples.PASSWORD})
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.get(SETTINGS).status_code == 302, "a password alone opens nothing"
    client.post(reverse("mfa_authenticate"), {"code": given})
    return client


def opens(client: Client) -> bool:
    """Whether a page of the organisation answers."""
    return client.get(SETTINGS).status_code == 200


def change(client: Client) -> str:
    """Where a change of how one signs in leads to."""
    return client.get(reverse("mfa_deactivate_totp")).get("Location", "")


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_code_opens_once(secret: str, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    given = code(secret, step=step)
    assert opens(signed_in(given))
    for seconds, typed in ((0, given), (29, f" {given[:3]} {given[3:]}"), (31, given), (59, given)):
        at(seconds, monkeypatch)
        assert not opens(signed_in(typed)), seconds
    assert opens(signed_in(code(secret, step=2)))


def test_a_recovery_code_opens_once(secret: str) -> None:
    codes = RecoveryCodes.activate(User.objects.get(email=EMAIL)).generate_codes()
    assert opens(signed_in(codes[0]))
    assert not opens(signed_in(codes[0]))
    assert opens(signed_in(codes[1]))


def test_a_stolen_database_makes_no_code(secret: str) -> None:
    codes = RecoveryCodes.activate(User.objects.get(email=EMAIL))
    seed = decrypt(codes.instance.data["seed"])
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert "fernet:" in stored
    assert secret not in stored
    assert seed not in stored


def test_what_an_older_release_enrolled_still_signs_in(secret: str) -> None:
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).update(data={"secret": secret})
    assert opens(signed_in(code(secret)))


def test_guesses_end_soon(secret: str) -> None:
    client = signed_in("000000" if code(secret) != "000000" else "000001")
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "no"})
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert not opens(client), "the right one comes too late"


def test_whoever_finds_a_page_open_changes_nothing(secret: str) -> None:
    RecoveryCodes.activate(User.objects.get(email=EMAIL))
    client = signed_in(code(secret))
    session = client.session
    for method in session["account_authentication_methods"]:
        method["at"] -= 3600
    session.save()
    for name in (
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
    ):
        assert "/reauthenticate/" in client.get(reverse(name)).get("Location", ""), name
        client.post(reverse(name))
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    client.post(reverse("mfa_reauthenticate"), {"code": code(secret)})
    assert "/reauthenticate/" in change(client), "that code was used to sign in"
    client.post(reverse("mfa_reauthenticate"), {"code": code(secret, step=1)})
    assert change(client) == ""


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        client.post(reverse("account_login"), {"login": EMAIL, "password": samples.PASSWORD})
        assert opens(client)
    given = {"oldpassword": samples.PASSWORD, "password1": NEW, "password2": NEW}
    first.post(reverse("account_change_password"), given | {"oldpassword": "otra-cosa-distinta-12"})
    assert opens(second), "the old password is asked for"
    first.post(reverse("account_change_password"), given)
    assert opens(first)
    assert not opens(second)


@pytest.mark.parametrize(("path", "title"), [("password/change/", "Change the password"), ("2fa/", "Two-step sign-in")])
def test_pages_of_the_account_have_titles_in_one_style(member: Client, world: World, path: str, title: str) -> None:
    User.objects.update(language="en")
    page = member.get(f"/accounts/{path}").content.decode()
    assert title in page
    assert not {"Change Password", "Recovery Codes", "Authenticator App"} & set(re.findall(r">([^<>]+)<", page))
