"""Who may do what in the embedded database, and its databases.

Three logins: `acuse_superuser` (ours alone: roles and databases), `acuse_owner` (owns databases and schema, runs
migrations) and `acuse_application` (neither owner nor superuser). `acuse_eraser` cannot log in and is granted to the
owner only. Everything here can be repeated: a crash in the middle is mended by the next start.
"""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from acuse.embedded.files import write_durably
from acuse.errors import ConfigurationError

SUPERUSER = "acuse_superuser"
OWNER = "acuse_owner"
APPLICATION = "acuse_application"
ERASER = "acuse_eraser"
DATABASE = "acuse"


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """The two connection URLs of a database. They hold passwords: never log them."""

    owner_dsn: str
    application_dsn: str

    def __repr__(self) -> str:
        return "Addresses(...)"


@dataclass(frozen=True, kw_only=True)
class Passwords:
    """One generated password (160 bits) for each login."""

    superuser: str
    owner: str
    application: str

    def __repr__(self) -> str:
        return "Passwords(...)"


def passwords(path: Path, *, new_cluster: bool) -> Passwords:
    """Read the passwords, or generate and keep them (0600) for a cluster about to be made.

    Raises:
        ConfigurationError: they are damaged, or are gone and no cluster is about to be made.
    """
    if path.exists():
        try:
            return Passwords(**json.loads(path.read_bytes()))
        except (ValueError, TypeError) as error:
            raise ConfigurationError(f"{path} is damaged; restore it from a backup.") from error
    if not new_cluster:
        raise ConfigurationError(
            f"{path} is missing: the database was never started here, or its passwords are lost and must be restored."
        )
    chosen = Passwords(superuser=secrets.token_hex(20), owner=secrets.token_hex(20), application=secrets.token_hex(20))
    write_durably(path, json.dumps(asdict(chosen)).encode())
    return chosen


def url(*, role: str, password: str, database: str, sockets: Path, port: int) -> str:
    """Return a libpq URL over the socket folder."""
    return f"postgresql://{role}:{quote(password)}@/{quote(database)}?host={quote(str(sockets), safe='')}&port={port}"


def ensure_roles(connection: psycopg.Connection, chosen: Passwords) -> None:
    """Create the roles that are missing and give each login its password, sent as a SCRAM verifier."""
    existing = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role, password in ((OWNER, chosen.owner), (APPLICATION, chosen.application)):
        if role not in existing:
            verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(verifier)
                )
            )
    if ERASER not in existing:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(ERASER)))
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(ERASER), sql.Identifier(OWNER)))


def ensure_database(connection: psycopg.Connection, name: str, *, template: str | None = None) -> bool:
    """Create a database owned by the owner role, from `template` if one is named; say whether it was new.

    Raises:
        psycopg.Error: the template does not exist or somebody is connected to it.
    """
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return False
    # Copying files costs a fifth of writing each page of the template to the log, which is the server's own choice.
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(
        sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template0")
    )
    connection.execute(statement)
    return True


def ensure_grants(connection: psycopg.Connection, database: str) -> None:
    """In the connected `database`: only our logins connect, the owner owns the schema, the application uses it."""
    names = {
        "database": sql.Identifier(database),
        "owner": sql.Identifier(OWNER),
        "application": sql.Identifier(APPLICATION),
    }
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {application}",
        "ALTER SCHEMA public OWNER TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {application}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {application}",
    ):
        connection.execute(sql.SQL(statement).format(**names))
