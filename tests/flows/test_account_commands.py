"""`acuse user` and `acuse organisation`: nothing is half made, and what is wrong is said before anything is asked."""

import pytest

from tests.flows.installation import SLUG, Installation

PASSWORD = "caballo-correcto-grapa-91\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nueva@ribera.example", "--organisation", "no-hay"), "There is no organisation no-hay"),
        (("nueva@ribera.example", "--organisation", SLUG, "--role", "king"), "There is no role 'king'"),
        (("no address",), "Write an e-mail address"),
    ],
)
def test_a_user_is_made_whole_or_not_at_all(shared: Installation, arguments: tuple[str, ...], said: str) -> None:
    refused = shared.command("user", "create", *arguments, check=False, text=PASSWORD * 2)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Password" not in refused.stdout + refused.stderr, "it is said before a password is asked for"
    assert "nueva@ribera.example" not in shared.command("user", "list").stdout


def test_users_and_organisations_are_listed(shared: Installation) -> None:
    email = "lista@ribera.example"
    shared.command("user", "create", email, "--organisation", SLUG, "--name", "Ana", text=PASSWORD * 2)
    assert f"{email}  Ana  agent of {SLUG}" in shared.command("user", "list").stdout.splitlines()
    assert SLUG in [line.split()[0] for line in shared.command("organisation", "list").stdout.splitlines()]
    again = shared.command("user", "create", email, check=False, text=PASSWORD * 2)
    assert again.returncode == 2
    assert "acuse user join" in again.stderr


def test_who_lost_no_second_step_is_told_so(shared: Installation) -> None:
    refused = shared.command("user", "remove-second-step", "nadie@ribera.example", check=False)
    assert refused.returncode == 2
    assert "There is no user nadie@ribera.example" in refused.stderr


def test_a_password_is_asked_for_only_where_there_is_a_user_and_never_made_weak(shared: Installation) -> None:
    refused = shared.command("user", "password", "nadie@ribera.example", check=False, text=PASSWORD * 2)
    assert (refused.returncode, refused.stdout) == (2, ""), "nothing was asked for"
    assert "There is no user nadie@ribera.example" in refused.stderr
    email = "clave@ribera.example"
    shared.command("user", "create", email, text=PASSWORD * 2)
    weak = shared.command("user", "password", email, check=False, text="corta\n" * 2)
    assert weak.returncode == 2
    assert "too short" in weak.stderr
    assert "is changed" in shared.command("user", "password", email, text="grapa-caballo-correcto-19\n" * 2).stdout


def test_a_user_reads_the_console_in_the_language_of_the_organisation(shared: Installation) -> None:
    shared.command("organisation", "create", "Vale Water", "vale", "--language", "en")
    shared.command("user", "create", "joe@vale.example", "--organisation", "vale", text=PASSWORD * 2)
    (row,) = shared.rows("SELECT language FROM accounts_users WHERE email = 'joe@vale.example'")
    assert row == ("en",)
