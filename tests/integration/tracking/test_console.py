"""The console tells requests in words, by a person or a machine, and lists who withdrew."""

import pytest
from django.test import Client
from django.utils import translation

from acuse import clock
from acuse.accounts import services as accounts
from acuse.accounts.models import Organisation, User
from acuse.delivery.models import TrackingWithdrawal
from acuse.doors.console import facts, timeline, tracked
from acuse.proof.facts.tracking import REASONS, TYPES
from tests.browser import samples
from tests.browser.world import World
from tests.integration.tracking.conftest import LINKS, Copy

BASE = "/console/talleres-ribera"


def signed_in(language: str) -> Client:
    """The owner of Talleres Ribera, who reads this language."""
    User.objects.update(language=language)
    client = Client()
    client.force_login(User.objects.get(email="m.ribera@ribera.example"))
    return client


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_type_and_every_reason_has_words(language: str) -> None:
    with translation.override(language):
        words = tracked._reasons()
        titles = {kind.name: facts.title(kind.name) for kind in TYPES}
    assert words.keys() == REASONS.keys()
    assert set(tracked.TELLERS) == set(titles)
    assert not any(name == title for name, title in titles.items())
    if language == "en":
        assert dict(words) == dict(REASONS)


def test_a_request_is_told_with_what_came_around_it(copy: Copy) -> None:
    copy.get("1")
    copy.get("2")
    found = copy.facts()
    with translation.override("en"):
        alone = timeline.tell(found[0])
        around = tracked.hit(found[0], found)
    assert alone.title == "Request for a link, by a person or a machine"
    assert alone.verbatim == LINKS[0]
    assert "from somebody's own device: it looks like a browser's." in alone.source
    assert "by a program, not by a person: another link of the message was requested within seconds." in around.source


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "es",
            (
                "Petición de la imagen, por una persona o una máquina",
                "Petición de un enlace, por una persona o una máquina",
                "Parece hecha por un programa, no por una persona: ",
                "No prueba quién la hizo, ni la lectura, y no pesa nada en el resultado.",
                "Seguimiento retirado",
            ),
        ),
        ("en", ("Request for the image, by a person or a machine", "Tracking withdrawn")),
    ],
)
def test_the_page_of_a_communication(world: World, language: str, said: tuple[str, ...]) -> None:
    communication = world.communications["cliente0877@correo.example"]
    copy = Copy(organisation=world.organisation, communication=communication)
    samples.track(world.organisation, communication)
    page = signed_in(language).get(f"{BASE}/communications/{communication}/").content.decode()
    assert copy.facts()
    for words in said:
        assert words in page


def test_withdrawals_are_listed_the_newest_first_and_those_of_others_are_not(world: World) -> None:
    client = signed_in("es")
    assert "Nadie se ha retirado." in client.get(f"{BASE}/settings/withdrawals/").content.decode()
    other = accounts.create_organisation(name="Otra", slug="otra-empresa")
    for number in range(120):
        TrackingWithdrawal.objects.create(
            organisation_id=world.organisation, address=f"c{number:03}@cliente.example", withdrawn_at=clock.now()
        )
    TrackingWithdrawal.objects.create(
        organisation=Organisation.objects.get(id=other.id), address="x@otra.example", withdrawn_at=clock.now()
    )
    first = client.get(f"{BASE}/settings/withdrawals/").content.decode()
    assert "120 direcciones" in first
    assert first.index("c119@") < first.index("c118@")
    assert "c019@" not in first
    assert "x@otra.example" not in first
    older = client.get(f"{BASE}/settings/withdrawals/?from=100").content.decode()
    assert "c019@" in older
    for wrong in ("-1", "x", "²", "9" * 40):
        assert client.get(f"{BASE}/settings/withdrawals/?from={wrong}").status_code == 200
