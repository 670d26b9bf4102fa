"""Writing and counting rows."""

import psycopg


def write_rows(dsn: str, count: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n integer PRIMARY KEY)")
        for _ in range(count):
            connection.execute("INSERT INTO kept SELECT coalesce(max(n), 0) + 1 FROM kept")


def rows(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found
    return int(found[0])


def ask(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        found = connection.execute(query).fetchone()
    assert found
    return found[0]
