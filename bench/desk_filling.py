"""Fills a desk with cases: some are opened by the product's own services, the rest are copies of them.

A copy has a row, interactions, deadlines, a head and facts of its own with the same bytes in them, so that its page
shows what theirs do, and a customer of its own with a name and an address. Its entries stand in the ledger's tables; no
tree is made over them, because no page asks for a proof.

Indexes and foreign keys are taken away meanwhile and made again at the end, as one fills a database: what is measured
afterwards is the same, and a million cases take minutes in place of an hour.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

FACTS_EACH = 10
WORDS = ("Ruido", "Factura", "Cita", "Garantía", "Presupuesto", "Recogida", "Revisión", "Pintura")
GIVEN = ("Ana", "Luis", "Carmen", "Javier", "Elena", "Pablo", "Lucía", "Diego", "Rosa", "Jorge", "Nuria", "Iván")
#: The first is that of one customer in twenty, the others' share being the same.
SURNAMES = (
    *("García", "Serrano", "Molina", "Ortega", "Castro", "Rubio", "Marín", "Iglesias", "Medina", "Garrido"),
    *("Cortés", "Castillo", "Santos", "Lozano", "Guerrero", "Cano", "Prieto", "Méndez", "Cruz", "Gallego"),
)
#: That of one customer in four hundred, and that of five however many there are.
UNCOMMON, RARE = "Quintanilla", "Zubizarreta"
#: Of a hundred copies, those that are still open.
OPEN = 3

_WRITERS = 4
_COPIES = "bench_copies"
_TABLES = (
    "contacts_contacts",
    "contacts_addresses",
    "helpdesk_tickets",
    "helpdesk_interactions",
    "helpdesk_deadlines",
    "evidence_heads",
    "evidence_facts",
    "evidence_entries",
)
#: An identifier that begins with the time, as the product's do: its rows stand together in the index.
_BY_TIME = "(lpad(to_hex((extract(epoch FROM m.at) * 1000)::bigint), 12, '0') || right(md5({}), 20))::uuid"
_TICKET = _BY_TIME.format("m.n::text")
_CONTACT = _BY_TIME.format("'contact' || m.n")
_ADDRESS = "'cliente' || m.number || '@correo.example'"
_ENTRY = f"sha256(convert_to({_TICKET}::text || s.sequence, 'UTF8'))"
_OVER = {
    "status": "'resolved'",
    "closed_at": "m.at + interval '1 day'",
    "resolved_at": "m.at + interval '1 day'",
    "due_at": "NULL",
    "due_purpose": "''",
    "waits_since": "NULL",
    "missed": "0",
}
_COPIED = {
    "contacts_contacts": (
        "s.id = m.person",
        {
            "id": _CONTACT,
            "name": f"""
                (ARRAY{list(GIVEN)!r})[1 + m.mixed / 400 % {len(GIVEN)}] || ' ' || CASE
                WHEN m.rare THEN '{RARE}' WHEN m.mixed % 400 = 7 THEN '{UNCOMMON}'
                ELSE (ARRAY{list(SURNAMES)!r})[1 + m.mixed % {len(SURNAMES)}] END
            """,
            "address_words": _ADDRESS,
            "created_at": "m.at",
        },
    ),
    "contacts_addresses": (
        "s.contact_id = m.person",
        {
            "id": _BY_TIME.format("'address' || m.n"),
            "contact_id": _CONTACT,
            "value": _ADDRESS,
            "key": _ADDRESS,
        },
    ),
    "helpdesk_tickets": (
        "s.id = m.kind",
        {
            "id": _TICKET,
            "number": "m.number",
            "key": "'COP-' || m.number || '-AAAAAA'",
            "address": _ADDRESS,
            "contact_id": _CONTACT,
            "subject": f"(ARRAY{list(WORDS)!r})[1 + m.mixed / 4800 % {len(WORDS)}] || ' ' || m.number",
            "opened_at": "m.at",
            "last_at": "m.at + interval '1 day'",
            **{name: f"CASE WHEN m.n % 100 < {OPEN} THEN s.{name} ELSE {value} END" for name, value in _OVER.items()},
        },
    ),
    "helpdesk_interactions": (
        "s.ticket_id = m.kind",
        {
            "id": _BY_TIME.format("m.n::text || s.id"),
            "ticket_id": _TICKET,
            "occurred_at": "m.at",
            "message_id": "'<' || m.n || '.' || s.sequence || '@correo.example>'",
        },
    ),
    "helpdesk_deadlines": (
        "s.ticket_id = m.kind",
        {"id": _BY_TIME.format("m.n::text || s.id"), "ticket_id": _TICKET},
    ),
    "evidence_heads": ("s.kind = 'ticket' AND s.subject = m.kind", {"subject": _TICKET}),
    "evidence_facts": (
        "s.kind = 'ticket' AND s.subject = m.kind",
        {"id": _BY_TIME.format("m.n::text || s.id"), "subject": _TICKET, "entry": _ENTRY},
    ),
}


def copy_cases(*, conninfo: str, organisation: UUID, count: int) -> None:
    """Copy the organisation's cases until there are `count` more, over two years; those that are there last are newest.

    Args:
        conninfo: of the tables' owner.
        organisation: whose desk; it has cases, each with `FACTS_EACH` facts.
        count: copies.
    """
    with psycopg.connect(conninfo, autocommit=True) as owner:
        _choose(owner, count)
        with _without_indexes(owner), ThreadPoolExecutor(_WRITERS) as writers:
            for done in [writers.submit(_write, conninfo, part, organisation) for part in range(_WRITERS)]:
                done.result()
        owner.execute("UPDATE helpdesk_settings SET last_number = last_number + %s", (count,))
        _publish(owner)
        owner.execute(f"DROP TABLE {_COPIES}")
        owner.execute("VACUUM ANALYZE")


def _choose(owner: "psycopg.Connection[Any]", count: int) -> None:
    """Write down what each copy is made of; words and names follow `mixed`, and so neither age nor deadlines."""
    owner.execute(
        f"""
        CREATE UNLOGGED TABLE {_COPIES} AS
        WITH kinds AS (SELECT array_agg(id) AS ids, array_agg(contact_id) AS people, max(number) AS last
                       FROM helpdesk_tickets)
        SELECT n, last + n AS number, ids[1 + n % cardinality(ids)] AS kind,
               people[1 + n % cardinality(people)] AS person, n % GREATEST({count} / 5, 1) = 0 AS rare,
               hashint4(n) & 2147483647 AS mixed,
               now() - interval '2 years' + n * (interval '729 days' / {count}) AS at
        FROM kinds, generate_series(1, {count}) AS n
        """
    )
    owner.execute(f"ANALYZE {_COPIES}")


@contextmanager
def _without_indexes(owner: "psycopg.Connection[Any]") -> Iterator[None]:
    """Take away foreign keys, unique constraints and indexes but the primary ones; make them again after."""
    tables = list(_TABLES)
    constraints = owner.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'u') ORDER BY contype",
        (tables,),
    ).fetchall()
    for table, name, _ in constraints:
        owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    indexes = owner.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(%s) AND NOT indisprimary",
        (tables,),
    ).fetchall()
    for name, _ in indexes:
        owner.execute(f"DROP INDEX {name}")
    yield
    owner.execute("SET maintenance_work_mem = '512MB'")
    for _, made in indexes:
        owner.execute(made)
    for table, name, made in reversed(constraints):
        owner.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}')


def _write(conninfo: str, part: int, organisation: UUID) -> None:
    """Write one writer's share of the copies into every table."""
    with psycopg.connect(conninfo, autocommit=True) as owner:
        owner.execute("SET synchronous_commit = off")
        for table, (joined, own) in _COPIED.items():
            _copy(owner, table, joined, own, part)
        owner.execute(
            f"""
            INSERT INTO evidence_entries (position, entry, organisation, organisation_sequence)
            SELECT size + (m.n - 1) * {FACTS_EACH} + s.sequence - first, {_ENTRY}, %(whose)s,
                   known + (m.n - 1) * {FACTS_EACH} + s.sequence - first + 1
            FROM {_COPIES} m JOIN evidence_facts s ON s.kind = 'ticket' AND s.subject = m.kind,
                 (SELECT size FROM evidence_tree_head) AS head,
                 (SELECT min(sequence) AS first FROM evidence_facts WHERE kind = 'ticket') AS numbered,
                 (SELECT count(*) AS known FROM evidence_entries WHERE organisation = %(whose)s
                      AND position < (SELECT size FROM evidence_tree_head)) AS counted
            WHERE m.n % {_WRITERS} = {part}
            """.replace("n % ", "n %% "),
            {"whose": organisation},
        )


def _copy(owner: "psycopg.Connection[Any]", table: str, joined: str, own: dict[str, str], part: int) -> None:
    """Write rows of a table once for each copy, with values of its own in some columns."""
    found = owner.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " AND identity_generation IS NULL",
        (table,),
    )
    columns = [row[0] for row in found]
    values = sql.SQL(", ").join(sql.SQL(own[one]) if one in own else sql.Identifier("s", one) for one in columns)
    owner.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {values} FROM {copies} m JOIN {table} s ON {joined}"
            " WHERE m.n % {writers} = {part}"
        ).format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=values,
            copies=sql.Identifier(_COPIES),
            joined=sql.SQL(joined),
            writers=_WRITERS,
            part=part,
        )
    )


def _publish(owner: "psycopg.Connection[Any]") -> None:
    """Let the ledger say, as in an installation that keeps up, that all of it is published and stamped.

    Otherwise pages would look through a backlog that nothing works off.
    """
    owner.execute("UPDATE evidence_tree_head SET size = (SELECT max(position) + 1 FROM evidence_entries)")
    owner.execute(
        "INSERT INTO evidence_anchors (size, note, token, chain, crls, service, generated_at, development, recorded_at)"
        " SELECT size, '', '', '[]', '[]', 'bench', now(), true, now() FROM evidence_tree_head"
    )
