"""The list of contacts: what a search finds, in which order, page by page, and with which plan."""

import pytest
from django.db import connection

from acuse.accounts import services as accounts
from acuse.accounts.queries import Access
from acuse.contacts import lists, services
from acuse.contacts.lists import OTHER, Filters
from acuse.contacts.models import LISTED, Contact
from acuse.embedded.postgres import EmbeddedPostgres
from acuse.errors import InputError
from acuse.evidence.fulltext import Lexemes, terms
from tests.integration.contacts.conftest import Entering, access_of

MANY = """
INSERT INTO contacts_contacts
    (id, organisation_id, kind, name, tax_id, language, notes, created_at, address_words, salt)
SELECT gen_random_uuid(), %s, 'person', 'Cliente ' || number, '', '', '', now() - number * interval '1 min',
    'cliente' || number || '@correo.example', '' FROM generate_series(1, %s) AS number
"""


def found(access: Access, search: str = "", **more: object) -> list[str]:
    return [row.called for row in lists.contacts(access, filters=Filters(search=search, **more)).rows]  # type: ignore[arg-type]


@pytest.fixture
def some(entered: Entering) -> None:
    entered("Ángela Núñez", "angela@correo.example", "600 111 222", tax_id="12345678-Z")
    entered("Flota Norte, S.L.", "avisos@flotanorte.example", "91 555 01 02", kind="company", tax_id="B-87654321")
    entered("Óscar Gil", "o.gil@correo.example")
    entered("", "sin.nombre@correo.example")


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("angela", ["Ángela Núñez"]),
        ("NUÑEZ áng", ["Ángela Núñez"]),
        ("nun", ["Ángela Núñez"]),
        ("gil@", ["Óscar Gil"]),
        ("o.gil@correo.example", ["Óscar Gil"]),
        ("600 11", ["Ángela Núñez"]),
        ("+34600111222", ["Ángela Núñez"]),
        ("0034 91 555", ["Flota Norte, S.L."]),
        ("12345678Z", ["Ángela Núñez"]),
        ("b-8765432", ["Flota Norte, S.L."]),
        ("12.345.678-z", ["Ángela Núñez"]),
        ("angela correo", ["Ángela Núñez"]),
        ("sin.nombre", ["sin.nombre@correo.example"]),
        ("correo.example", ["sin.nombre@correo.example", "Ángela Núñez", "Óscar Gil"]),
        ("ngela", []),
        ("angela flota", []),
        ("¿?", []),
    ],
)
def test_words_are_found_by_their_beginning_and_accents_do_not_count(
    access: Access, some: None, search: str, names: list[str]
) -> None:
    assert found(access, search) == names


def test_names_are_in_the_order_of_letters_whatever_their_accents(access: Access, some: None) -> None:
    assert found(access) == ["sin.nombre@correo.example", "Ángela Núñez", "Flota Norte, S.L.", "Óscar Gil"]
    assert found(access, recent=True)[0] == "sin.nombre@correo.example"
    assert found(access, letter="a") == ["Ángela Núñez"]
    assert found(access, letter="o") == ["Óscar Gil"]
    assert found(access, letter=OTHER) == ["sin.nombre@correo.example"]
    assert found(access, kind="company") == ["Flota Norte, S.L."]
    assert lists.count(access, filters=Filters(search="correo")) == 3


def test_by_the_words_of_one_that_was_merged_its_root_is_found(access: Access, entered: Entering) -> None:
    ana, eva, leo = entered("Ana"), entered("Eva", "eva@x.example"), entered("Leo", "leo@x.example")
    services.merge_contacts(access=access, kept=eva, absorbed=leo)
    services.merge_contacts(access=access, kept=ana, absorbed=eva)
    assert found(access, "leo") == ["Ana"]
    assert found(access, "leo@x.example") == ["Ana"]
    services.unmerge_contact(access=access, contact=eva)
    assert found(access, "leo") == ["Eva"]


@pytest.mark.parametrize("search", ["", "cliente"])
@pytest.mark.parametrize("recent", [False, True])
def test_pages_follow_each_other_without_gap_or_repetition(
    access: Access, entered: Entering, search: str, recent: bool
) -> None:
    for number in range(7):
        entered(f"Cliente {number % 3}")
    seen, cursor = [], ""
    while True:
        page = lists.contacts(access, filters=Filters(search=search, recent=recent), cursor=cursor, limit=3)
        seen += [row.id for row in page.rows]
        cursor = page.after
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["x", "W10", "WyIiXQ", "WyJcdTAwMDAiLCJ4Il0", "a" * 9000])
def test_a_cursor_of_nobody_is_refused(access: Access, cursor: str) -> None:
    for recent in (False, True):
        with pytest.raises(InputError):
            lists.contacts(access, filters=Filters(recent=recent), cursor=cursor)


def test_another_organisation_s_contacts_are_not_listed(access: Access, some: None) -> None:
    other = accounts.create_organisation(name="Otra", slug="otra").id
    assert found(access_of(other, "owner", slug="otra")) == []


def test_a_search_among_many_reads_no_whole_table(access: Access, postgres: EmbeddedPostgres) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MANY, (access.organisation, 20_000))
    with postgres._superuser(connection.settings_dict["NAME"]) as owner:
        owner.execute("ANALYZE contacts_contacts")
    assert len(found(access, "cliente19999")) == 1
    assert len(found(access, "cliente")) == lists.PAGE
    rows = Contact.objects.filter(LISTED, organisation_id=access.organisation)
    listed = rows.order_by("sorted_as", "id")[:51].explain()
    assert "contacts_by_name" in listed
    assert "Seq Scan" not in listed
    lexemes = Lexemes(terms("cliente19999"))
    assert "contacts_search" in rows.filter(search=lexemes).explain()
