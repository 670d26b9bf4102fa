"""What Acuse itself says of a try: in the reader's language on the page, as it was recorded in the fact."""

from dataclasses import replace
from html import unescape
from uuid import UUID

import pytest
from django.test import Client

from acuse.accounts.models import User
from acuse.channels.base import Outcome, Result
from tests.browser import samples
from tests.browser.world import World
from tests.integration.making import facts

ENGLISH = "No connection to mx.inalcanzable.example (127.0.0.9:25): Connection refused."
SPANISH = "Sin conexión con mx.inalcanzable.example (127.0.0.9:25): conexión rechazada."
FOREIGN = "450 4.2.0 The server closed the connection."


def sent(world: World, *outcomes: Outcome) -> UUID:
    """A communication and what came of its tries."""
    value = samples.credential_again(world.organisation)
    raw = samples.message("ana@inalcanzable.example", "Aviso")
    return samples.send(value, raw, recipient="ana@inalcanzable.example", outcomes=outcomes)


@pytest.mark.parametrize("tab", ["facts", "attempts"])
@pytest.mark.parametrize(("language", "said"), [("es", SPANISH), ("en", ENGLISH)])
def test_a_sentence_of_ours_in_the_readers_language(
    member: Client, world: World, tab: str, language: str, said: str
) -> None:
    unreached = replace(samples.outcome(Result.DEFERRED, text=None, failure_class="server_unavailable"), reason=ENGLISH)
    one = sent(world, unreached)
    User.objects.update(language=language)
    page = unescape(member.get(f"/console/talleres-ribera/communications/{one}/?tab={tab}").content.decode())
    assert f'lang="{language}">{said}' in page
    assert facts(world.organisation, one)[-1].details["reason"] == ENGLISH


def test_a_servers_words_stay_as_they_came(member: Client, world: World) -> None:
    answered = samples.outcome(Result.DEFERRED, text=FOREIGN, failure_class="throttled")
    one = sent(world, answered)
    User.objects.update(language="es")
    page = unescape(member.get(f"/console/talleres-ribera/communications/{one}/").content.decode())
    assert FOREIGN in page
    assert "El servidor cerró" not in page
