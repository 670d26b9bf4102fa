"""What custody lost or has damaged is said to be so wherever a member asks for it, and found again in the log."""

import re
from typing import cast

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from acuse.accounts.queries import Access
from acuse.doors.console.kept import from_custody
from acuse.errors import InputError
from acuse.helpdesk.models import Interaction
from tests.browser.desk import desk
from tests.browser.world import World

BASE = "/console/talleres-ribera"


def test_what_custody_lost_is_said_with_a_reference_that_the_log_has(
    member: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    made = desk(world, email="m.ribera@ribera.example")
    answer = Interaction.objects.get(ticket_id=made.noise, kind="reply")
    one = f"{BASE}/communications/{answer.communication}"
    pages = (
        f"{one}/content/",
        f"{one}/original.eml",
        f"{BASE}/tickets/{made.noise}/said/{answer.id}/",
        f"{BASE}/terms/versions/1.json",
    )
    assert [member.get(path).status_code for path in pages] == [200] * len(pages)
    for kept in (settings.ACUSE.custody_directory / "objects" / str(world.organisation)).rglob("*"):
        if kept.is_file():
            kept.unlink()
    for path in pages:
        caplog.clear()
        said = member.get(path)
        assert said.status_code == 503, path
        page = said.content.decode()
        assert "La custodia no tiene el objeto" in page
        reference = re.search(r"con la referencia ([0-9a-f]{8})", page)
        assert reference is not None
        (line,) = [one for one in caplog.records if one.name.startswith("acuse.")]
        assert reference[1] in line.getMessage()
        assert path in line.getMessage()
    assert "La custodia no puede dar el contenido" in member.get(f"{one}/").content.decode()


def test_only_what_custody_cannot_give_is_said_of_custody(rf: RequestFactory) -> None:
    def refuse(_request: HttpRequest, _access: Access) -> HttpResponse:
        raise InputError("There is no such case.")

    with pytest.raises(InputError):
        from_custody(refuse)(rf.get("/"), cast("Access", None))
