"""The command line `acuse`: one sentence and an exit status for every error."""

import logging
import os
import sys

import typer

from acuse.config.cli import accounts, checks, demo, explain, figures, incoming, proofs, retention, serve, signing
from acuse.errors import AcuseError, ConfigurationError, InputError

app = typer.Typer(
    name="acuse",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Customer care that can be proved. Settings are ACUSE_* variables; docs/operations.md lists them.",
)
app.command(name="serve")(serve.serve)
app.command(name="demo")(demo.demo)
app.command(name="send")(proofs.send)
app.command(name="verify")(proofs.verify)
app.command(name="explain")(explain.explain)
app.command(name="fsck")(checks.fsck)
app.command(name="check")(checks.check)
app.command(name="figures")(figures.figures)
app.command(name="manage", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(serve.manage)
app.add_typer(accounts.organisations, name="organisation")
app.add_typer(accounts.users, name="user")
app.add_typer(accounts.keys, name="key")
app.add_typer(signing.dkim, name="dkim")
app.add_typer(retention.retention, name="retention")
app.add_typer(incoming.incoming, name="incoming")

EXIT_FAILED, EXIT_USAGE, EXIT_CONFIGURATION = 1, 2, 3


def main() -> None:
    """Run the command line; exit 0 done, 1 failed, 2 wrong use, 3 wrong configuration."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acuse.config.settings")
    logging.basicConfig(level=logging.WARNING)
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except typer.TyperException as error:
        said = error.format_message()
        print(said if said.startswith("Usage:") else f"acuse: {said}", file=sys.stderr)
        sys.exit(EXIT_USAGE)
    except ConfigurationError as error:
        _say(error)
        sys.exit(EXIT_CONFIGURATION)
    except InputError as error:
        _say(error)
        sys.exit(EXIT_USAGE)
    except AcuseError as error:
        _say(error)
        sys.exit(EXIT_FAILED)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)


def _say(error: Exception) -> None:
    print(f"acuse: {error}", file=sys.stderr)
