"""Fills a desk with cases: some are opened by the product's own services, the rest are copies of them.

A copy has a row, interactions, deadlines, a head and facts of its own with the same bytes in them, so that its page
shows what theirs do. Its entries stand in the ledger's tables; no tree is made over them, because no page asks for a
proof.
"""

from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

FACTS_EACH = 10
WORDS = ("Ruido", "Factura", "Cita", "Garantía", "Presupuesto", "Recogida", "Revisión", "Pintura")
#: Of a hundred copies, those that are still open.
OPEN = 3

_KEPT = "bench_copies"
_OVER = {
    "status": "'resolved'",
    "closed_at": "m.at + interval '1 day'",
    "resolved_at": "m.at + interval '1 day'",
    "due_at": "NULL",
    "due_purpose": "''",
    "waits_since": "NULL",
    "missed": "0",
}
_ROW = {
    "id": "m.id",
    "number": "m.number",
    "key": "'COP-' || m.number || '-AAAAAA'",
    "address": "'cliente' || m.number % 50000 || '@correo.example'",
    "contact_id": "m.contact",
    "subject": f"(ARRAY{list(WORDS)!r})[1 + m.number % {len(WORDS)}] || ' ' || m.number",
    "opened_at": "m.at",
    "last_at": "m.at + interval '1 day'",
}


def copy_cases(owner: "psycopg.Connection[Any]", *, organisation: UUID, count: int) -> None:
    """Copy the organisation's cases until there are `count` more, over two years; those that are there last are newest.

    Args:
        owner: connection of the tables' owner, in autocommit.
        organisation: whose desk; it has cases, each with `FACTS_EACH` facts.
        count: copies.
    """
    last = _one(owner, "SELECT max(number) FROM helpdesk_tickets")
    owner.execute(
        f"""
        CREATE TEMPORARY TABLE {_KEPT} AS
        WITH kinds AS (SELECT array_agg(id) AS ids, array_agg(contact_id) AS people FROM helpdesk_tickets)
        SELECT n, {last} + n AS number, gen_random_uuid() AS id, ids[1 + n % cardinality(ids)] AS kind,
               people[1 + n % cardinality(people)] AS contact,
               now() - interval '2 years' + n * (interval '729 days' / {count}) AS at
        FROM kinds, generate_series(1, {count}) AS n
        """
    )
    owner.execute(f"ANALYZE {_KEPT}")
    _copy(owner, "helpdesk_tickets", "s.id = m.kind", _ROW | _where_over())
    for table, own in (("helpdesk_interactions", {"occurred_at": "m.at"}), ("helpdesk_deadlines", {})):
        _copy(owner, table, "s.ticket_id = m.kind", {"id": "gen_random_uuid()", "ticket_id": "m.id", **own})
    owner.execute("UPDATE helpdesk_settings SET last_number = last_number + %s", (count,))
    _copy_facts(owner, organisation)
    owner.execute(f"DROP TABLE {_KEPT}")
    owner.execute("VACUUM ANALYZE")


def _where_over() -> dict[str, str]:
    """What differs in a case that is over."""
    return {
        name: f"CASE WHEN m.n %% 100 < {OPEN} THEN s.{name} ELSE {value} END".replace("%%", "%")
        for name, value in _OVER.items()
    }


def _copy(owner: "psycopg.Connection[Any]", table: str, joined: str, own: dict[str, str]) -> None:
    """Write rows of a table once for each copy, with values of its own in some columns."""
    found = owner.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " AND identity_generation IS NULL",
        (table,),
    )
    columns = [row[0] for row in found]
    values = sql.SQL(", ").join(sql.SQL(own[one]) if one in own else sql.Identifier("s", one) for one in columns)  # type: ignore[arg-type]
    owner.execute(
        sql.SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM {kept} m JOIN {table} s ON {joined}").format(
            table=sql.Identifier(table),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            values=values,
            kept=sql.Identifier(_KEPT),
            joined=sql.SQL(joined),  # type: ignore[arg-type]
        )
    )


def _copy_facts(owner: "psycopg.Connection[Any]", organisation: UUID) -> None:
    """Give each copy its head and facts, and each fact a place in the ledger's tables."""
    entry = "sha256(convert_to(m.id::text || s.sequence, 'UTF8'))"
    _copy(
        owner, "evidence_facts", "s.kind = 'ticket' AND s.subject = m.kind",
        {"id": "gen_random_uuid()", "subject": "m.id", "entry": entry},
    )  # fmt: skip
    _copy(owner, "evidence_heads", "s.kind = 'ticket' AND s.subject = m.kind", {"subject": "m.id"})
    owner.execute(
        """
        INSERT INTO evidence_entries (position, entry, organisation, organisation_sequence)
        SELECT (SELECT coalesce(max(position), -1) FROM evidence_entries) + row_number() OVER (),
               f.entry, f.organisation,
               (SELECT coalesce(max(organisation_sequence), 0) FROM evidence_entries WHERE organisation = %(whose)s)
               + row_number() OVER ()
        FROM evidence_facts f
        WHERE f.organisation = %(whose)s AND NOT EXISTS (SELECT FROM evidence_entries e WHERE e.entry = f.entry)
          AND NOT EXISTS (SELECT FROM evidence_pending p WHERE p.entry = f.entry)
        """,
        {"whose": organisation},
    )
    # As in an installation that keeps up: all of it published and stamped, so that no page looks through a backlog.
    owner.execute("UPDATE evidence_tree_head SET size = (SELECT max(position) + 1 FROM evidence_entries)")
    owner.execute(
        "INSERT INTO evidence_anchors (size, note, token, chain, crls, service, generated_at, development, recorded_at)"
        " SELECT size, '', '', '[]', '[]', 'bench', now(), true, now() FROM evidence_tree_head"
    )


def _one(owner: "psycopg.Connection[Any]", query: str) -> int:
    row = owner.execute(query).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])
