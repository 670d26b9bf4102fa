"""`acuse incoming`: what came in and could not be read, of every organisation, and reading it again."""

from typing import Annotated

import typer

from acuse.config.cli.retention import check_subject
from acuse.config.cli.serve import ready_database
from acuse.config.environment import environment

incoming = typer.Typer(no_args_is_help=True, help="Incoming mail that could not be read: list, again.")


@incoming.command("list")
def list_unreadable(limit: Annotated[int, typer.Option(help="Most messages to list.")] = 1000) -> None:
    """List the messages that could not be read, the newest first."""
    with ready_database(environment()):
        from acuse.reception.queries import unreadable

        for item in unreadable(limit=limit):
            print(f"{item.id}  {item.received_at:%Y-%m-%d %H:%M}  {item.recipient}  {item.reason}")


@incoming.command("again")
def read_again(
    items: Annotated[list[str] | None, typer.Argument(help="Their ids; none for all that are listed.")] = None,
) -> None:
    """Have messages that could not be read be read again, for example after an upgrade."""
    with ready_database(environment()):
        from acuse.reception.queries import unreadable
        from acuse.reception.services import again

        chosen = [check_subject(one) for one in items] if items else [one.id for one in unreadable(limit=100_000)]
        print(f"{again(items=chosen)} messages are read again.")
