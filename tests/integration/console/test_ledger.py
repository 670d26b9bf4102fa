"""The ledger page: search, the chart of time stamps, the last full check."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from acuse import clock
from acuse.accounts.models import User
from acuse.certificates.models import Certificate
from acuse.doors.console.anchor_chart import TERMS, chart
from acuse.evidence import search
from acuse.evidence.anchors import AnchorSpan
from acuse.evidence.examinations import note_examination
from acuse.evidence.fsck import Examined, Finding
from acuse.evidence.models import Anchor
from acuse.evidence.queries import recent_facts
from tests.browser.world import World

LEDGER = "/console/talleres-ribera/ledger/"
FOREIGN = "/console/flota-norte/ledger/"


def listed(client: Client, query: str) -> list[str]:
    """The types of the facts that the list shows, the newest first."""
    page = client.get(f"{LEDGER}{query}").content.decode()
    return re.findall(r'<span class="mono faint">([a-z_.]+)</span>', page)


def anchor(size: int, at: datetime, *, development: bool = False) -> None:
    """Record a time stamp."""
    Anchor.objects.create(
        size=size, note="", token=b"", service="TSA", generated_at=at, development=development, recorded_at=at
    )


def test_filters_by_type_and_subject(member: Client, world: World) -> None:
    assert set(listed(member, "?type=attempt.refused")) == {"attempt.refused"}
    kinds = listed(member, "?kind=organisation")
    assert "organisation.created" in kinds
    assert not [one for one in kinds if one.startswith(("attempt.", "communication."))]
    assert listed(member, "?type=attempt.refused&kind=organisation") == []
    assert member.get(f"{LEDGER}?type=nonsense").status_code == 302
    empty = member.get(f"{LEDGER}?type=content.erased").content.decode()
    assert "Ningún hecho con estos filtros." in empty


def test_a_subject_is_found_by_its_identifier_and_by_the_code_of_its_document(member: Client, world: World) -> None:
    one = world.communications["cliente1042@correo.example"]
    wanted = listed(member, f"?q={one}")
    assert wanted[-1] == "communication.accepted"
    assert "attempt.relayed" in wanted
    code = Certificate.objects.get(subject=one, kind="certificate").code
    assert listed(member, f"?q={code.lower().replace('-', '')}") == wanted
    assert listed(member, f"?q={one}&type=attempt.relayed") == ["attempt.relayed"]


def test_a_position_or_a_digest_opens_the_fact(member: Client, world: World) -> None:
    found = recent_facts(organisation=world.organisation, limit=1)[0]
    digest = found.fact.entry().hex()
    target = f"{LEDGER}?entry={found.organisation_sequence}#entry"
    for words in (str(found.position), f"{found.position}\u00a0", digest, digest.upper()):
        assert member.get(LEDGER, {"q": words})["Location"] == target
    assert "?q=" in member.get(f"{LEDGER}?entry={found.organisation_sequence}").content.decode()


def test_another_organisations_facts_are_not_found(member: Client, world: World) -> None:
    guest = Client()
    guest.force_login(User.objects.get(email="otra@norte.example"))
    own = recent_facts(organisation=world.organisation, limit=1)[0]
    code = Certificate.objects.filter(organisation_id=world.organisation)[0].code
    for words in (own.position, own.fact.entry().hex(), own.fact.subject.id, code, uuid4(), "nada", "9" * 40, "f" * 64):
        answer = guest.get(FOREIGN, {"q": str(words)})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "<a data-open" not in page
        assert "Ahí no hay ningún hecho" in page or "Ningún hecho con estos filtros" in page


def test_a_search_says_how_far_it_looked(member: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "DEPTH", 5)
    seen, address, pages = [], "?type=organisation.created", 0
    while address:
        page = member.get(f"{LEDGER}{address}").content.decode()
        seen += re.findall(r'<span class="mono faint">([a-z_.]+)</span>', page)
        older = re.search(r'href="(\?[^"]*before=\d+)"', page)
        if older and not seen:
            assert "los hay más antiguos" in page
        address = older[1].replace("&amp;", "&") if older else ""
        pages += 1
    assert seen == ["organisation.created"]
    assert pages > 3


def test_the_last_full_check_is_shown(member: Client, world: World) -> None:
    assert "acuse fsck" in member.get(LEDGER).content.decode()
    examined = Examined(entries=1234, facts=1234, anchors=2, objects=9)
    began = clock.now() - timedelta(seconds=90)
    note_examination(began_at=began, examined=examined, findings=[Finding(where="x", what="y", damage=False)])
    page = member.get(LEDGER).content.decode()
    assert "Sin diferencias" in page
    assert "1\u00a0234 hechos en 1\u00a0min" in page
    note_examination(began_at=began, examined=examined, findings=[Finding(where="entry 3", what="y")])
    page = member.get(LEDGER).content.decode()
    assert "Con daños" in page
    assert "Sin diferencias" not in page


def test_the_chart_counts_time_stamps_and_the_facts_they_covered(member: Client, world: World) -> None:
    page = member.get(LEDGER).content.decode()
    assert "Ningún sello de tiempo en las últimas 24 horas." in page
    now = clock.now()
    anchor(4, now - timedelta(days=3))
    anchor(9, now - timedelta(hours=2))
    anchor(10, now - timedelta(hours=2) + timedelta(seconds=1), development=True)
    page = member.get(LEDGER).content.decode()
    assert "2 sellos de tiempo en las últimas 24 horas, sobre 6 hechos." in page
    week = member.get(f"{LEDGER}?days=7").content.decode()
    assert "3 sellos de tiempo en los últimos 7 días, sobre 10 hechos." in week
    assert '<rect class="development"' in week
    assert '<rect class="stamped"' in week
    User.objects.update(language="en")
    assert "3 time stamps in the last 30 days, over 10 facts." in member.get(f"{LEDGER}?days=30").content.decode()


def test_bars_stay_within_the_drawing() -> None:
    spans = [AnchorSpan(number=n, stamps=1, facts=n * n, development=False) for n in (0, 1, 50, 95, 96, -1)]
    drawn = chart(spans, since=clock.now(), term=TERMS[0])
    assert len(drawn.bars) == 4
    assert all(
        bar.x >= 0 and bar.x + bar.width <= 960 and bar.y >= 0 and bar.y + bar.height <= 44 for bar in drawn.bars
    )
