"""`acuse dkim`: keys that sign mail, of an organisation or of the operator's own domain."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from acuse.config.cli.accounts import organisation_id
from acuse.config.cli.serve import ready_database
from acuse.config.environment import environment
from acuse.errors import InputError

if TYPE_CHECKING:
    from acuse.delivery.services.signing_keys import SigningKeyView

dkim = typer.Typer(no_args_is_help=True, help="Keys that sign mail by DKIM; without --organisation the operator's own.")

Whose = Annotated[str, typer.Option(help="Short name of the organisation; none = the operator's own domain.")]
Selector = Annotated[str, typer.Argument(help="As `list` shows it.")]


@dkim.command("make")
def make(
    organisation: Whose = "",
    domain: Annotated[str, typer.Option(help="Domain to sign for; the operator's is ACUSE_MAIL_HOSTNAME.")] = "",
    algorithm: Annotated[str, typer.Option(help="rsa-sha256, or ed25519-sha256, which few check yet.")] = "rsa-sha256",
) -> None:
    """Make a key and say what to publish; it signs once `activate` has seen that in the DNS."""
    settings = environment()
    with ready_database(settings):
        from acuse.delivery.services.signing_keys import make_signing_key

        made = make_signing_key(
            organisation=_whose(organisation), domain=domain or settings.mail_hostname, algorithm=algorithm
        )
        print(f"Publish this TXT record, then run `acuse dkim activate {made.selector}`:\n{made.name}\n{made.record}")


@dkim.command("list")
def listing(organisation: Whose = "") -> None:
    """List the keys, the newest first."""
    with ready_database(environment()):
        from acuse.delivery.services.signing_keys import signing_keys

        for key in signing_keys(_whose(organisation)):
            print(f"{key.selector}  {key.state:<8}  {key.algorithm}  {key.domain}")


@dkim.command("activate")
def activate(selector: Selector, organisation: Whose = "") -> None:
    """Look for a key's record in the DNS and, where it is there, sign with it from now on."""
    with ready_database(environment()):
        from acuse.delivery.domains import activate_seen

        whose = _whose(organisation)
        key = _named(whose, selector)
        activate_seen(organisation=whose, key=key.id)
        print(f"{selector} signs for {key.domain}.")


@dkim.command("retire")
def retire(selector: Selector, organisation: Whose = "") -> None:
    """Stop signing with a key; a second time, once no mail of it is under way, retire it for good."""
    with ready_database(environment()):
        from acuse.delivery.services.signing_keys import retire_signing_key

        whose = _whose(organisation)
        retire_signing_key(organisation=whose, key=_named(whose, selector).id)
        key = _named(whose, selector)
        stays = f"; leave its record in the DNS until {key.leaves_at:%Y-%m-%d}" if key.leaves_at else ""
        print(f"{selector} is {key.state}{stays}.")


def _whose(organisation: str) -> UUID | None:
    return organisation_id(organisation) if organisation else None


def _named(whose: UUID | None, selector: str) -> "SigningKeyView":
    from acuse.delivery.services.signing_keys import signing_keys

    found = next((key for key in signing_keys(whose) if key.selector == selector), None)
    if found is None:
        raise InputError(f"There is no key {selector}; see `acuse dkim list`.")
    return found
