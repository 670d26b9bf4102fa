"""Where the database is, and how its schema and rights are brought up to date."""

from typing import Any

from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from acuse.config.environment import Environment
from acuse.embedded.postgres import EmbeddedPostgres

#: Append-only for everybody but their owner; evidence.md section 4.
APPEND_ONLY = ("evidence_facts", "evidence_entries", "evidence_anchors", "evidence_bindings")


def embedded_postgres(environment: Environment) -> EmbeddedPostgres:
    """Return the embedded server of an installation, not started."""
    return EmbeddedPostgres(
        environment.data_directory / "postgres",
        binaries=environment.postgres_binaries,
        run_as=environment.postgres_user,
    )


def django_settings(url: str) -> dict[str, Any]:
    """Return Django's settings for a libpq URL."""
    parts = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options = {name: value for name, value in parts.items() if name not in known}
    return {
        "ENGINE": "acuse.config.postgresql",
        **{django: str(parts.get(libpq, "")) for libpq, django in known.items()},
        "OPTIONS": options,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "TIME_ZONE": None,
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
    }


def databases(environment: Environment) -> dict[str, Any]:
    """Return Django's DATABASES: `default` is the application's role, `owner` the one that migrates."""
    if environment.database_url is not None and environment.database_owner_url is not None:
        application = environment.database_url.get_secret_value()
        owner = environment.database_owner_url.get_secret_value()
    elif (environment.data_directory / "postgres" / "passwords.json").exists():
        addresses = embedded_postgres(environment).addresses()
        application, owner = addresses.application_dsn, addresses.owner_dsn
    else:
        # Never started here: the names are enough for what needs no database, such as building and type checking.
        application, owner = "postgresql://acuse_application@/acuse", "postgresql://acuse_owner@/acuse"
    return {"default": django_settings(application), "owner": django_settings(owner)}


def conninfo(alias: str = "default") -> str:
    """Return the libpq connection string that Django uses for `alias`."""
    held = connections[alias].settings_dict
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parts = {libpq: str(held[django]) for django, libpq in names.items() if held[django]}
    return make_conninfo(**parts, **held.get("OPTIONS", {}))


def migrate() -> None:
    """Bring the schema up to date as the owner, and give the application's role its rights. Repeatable."""
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    call_command("createcachetable", database="owner", verbosity=0)
    role = sql.Identifier(connections["default"].settings_dict["USER"])
    with connections["owner"].cursor() as cursor:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {role}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
        ):
            cursor.execute(sql.SQL(statement).format(role=role))
        for table in APPEND_ONLY:
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}").format(
                    table=sql.Identifier(table), role=role
                )
            )
    connections["owner"].close()
