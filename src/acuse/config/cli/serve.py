"""`acuse serve` and `acuse manage`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import django
import typer

from acuse.config.environment import Environment, Role, environment
from acuse.config.installation import make_directories, prepare, running_database
from acuse.config.tree import ROLES, DatabaseWatch, commands
from acuse.embedded.output import LogFile
from acuse.embedded.supervisor import Supervisor
from acuse.errors import AcuseError, ConfigurationError, InputError


def check_roles(text: str) -> tuple[Role, ...]:
    """Return the roles that a comma-separated list names.

    Raises:
        InputError: there is no such role.
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [name for name in names if name not in ROLES]
    if unknown or not names:
        raise InputError(f"There is no role {', '.join(unknown) or text!r}; choose from {', '.join(ROLES)}.")
    return tuple(role for role in ROLES if role in names)


@contextmanager
def ready_database(settings: Environment, *, first: bool = False) -> Iterator[None]:
    """Run the embedded database, if any, and Django with it, for the time of a block.

    Args:
        settings: of the installation.
        first: the block may be what makes the installation; otherwise a mistyped directory would become a new one.

    Raises:
        ConfigurationError: there is no installation in the data directory.
        AcuseError: the database refused what the block asked of it, as one without our tables does.
    """
    if not first and settings.database_url is None and not settings.keys.is_dir():
        raise ConfigurationError(
            f"There is no installation in {settings.data_directory}. Set ACUSE_DATA_DIRECTORY to the one you mean, or "
            "run `acuse serve` once to make it."
        )
    make_directories(settings)
    with running_database(settings) as postgres:
        django.setup()
        from django.db import DatabaseError

        with DatabaseWatch(postgres) if postgres is not None else nullcontext():
            try:
                yield
            except DatabaseError as error:
                said = str(error).partition("\n")[0]
                raise AcuseError(
                    f"The database refused: {said}. Run `acuse serve` first after an installation or an upgrade."
                ) from error


def supervisor(settings: Environment, roles: tuple[Role, ...], *, quiet: bool = False) -> Supervisor:
    """Return the process tree of an installation, not started; its output also goes to `acuse.log`."""

    def show(name: str, text: str) -> None:
        print(f"{name} | {text}", file=sys.stderr, flush=True)

    log = LogFile(settings.data_directory / "acuse.log", also=None if quiet else show)
    return Supervisor(commands(settings, roles), directory=settings.data_directory, sink=log)


def serve(
    roles: Annotated[
        str, typer.Option(help="Comma-separated: web, smtp, worker, sequencer. Others may run on other machines.")
    ] = ",".join(ROLES),
) -> None:
    """Run Acuse until Ctrl-C: database (if embedded), web, SMTP, worker and sequencer as one supervised tree."""
    settings = environment()
    chosen = check_roles(roles)
    with ready_database(settings, first=True):
        prepare(settings)
        supervisor(settings, chosen).run()


def manage(context: typer.Context) -> None:
    """Run a Django management command, with the database that this installation uses."""
    from django.core.management import execute_from_command_line

    with ready_database(environment(), first=True):
        execute_from_command_line(["acuse manage", *context.args])
