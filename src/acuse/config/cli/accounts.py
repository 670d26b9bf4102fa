"""`acuse organisation`, `acuse user` and `acuse key`: what an operator sets up."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from acuse.config.cli.serve import ready_database
from acuse.config.environment import environment
from acuse.errors import InputError

if TYPE_CHECKING:
    from acuse.accounts.models import User

organisations = typer.Typer(no_args_is_help=True, help="Organisations and the addresses as which they send.")
users = typer.Typer(no_args_is_help=True, help="People who log in.")
keys = typer.Typer(no_args_is_help=True, help="SMTP credentials of programs that submit mail.")

Slug = Annotated[str, typer.Argument(help="Short name of the organisation, as in its console address.")]


def organisation_id(slug: str) -> UUID:
    """Return the id of the organisation called `slug`.

    Raises:
        InputError: there is none.
    """
    from acuse.accounts.models import Organisation

    found = Organisation.objects.filter(slug=slug).values_list("id", flat=True).first()
    if found is None:
        raise InputError(f"There is no organisation {slug}; make it with `acuse organisation create`.")
    return found


@organisations.command("create")
def create_organisation(
    name: Annotated[str, typer.Argument(help="Legal name.")],
    slug: Slug,
    language: Annotated[str, typer.Option(help="es or en.")] = "es",
    tax_id: Annotated[str, typer.Option(help="Tax identifier, shown on certificates.")] = "",
) -> None:
    """Create an organisation."""
    with ready_database(environment()):
        from acuse.accounts import services

        services.create_organisation(name=name, slug=slug, language=language, tax_id=tax_id)
        print(f"Created {slug}.")


@organisations.command("list")
def list_organisations() -> None:
    """List the organisations: short name and legal name."""
    with ready_database(environment()):
        from acuse.accounts.models import Organisation

        for row in Organisation.objects.order_by("slug"):
            print(f"{row.slug}  {row.name}")


@organisations.command("sends-as")
def sends_as(
    slug: Slug, pattern: Annotated[str, typer.Argument(help="An address, or @domain for all of a domain.")]
) -> None:
    """Let an organisation send as an address or a domain."""
    with ready_database(environment()):
        from acuse.accounts import services

        services.add_sender_identity(organisation=organisation_id(slug), pattern=pattern)
        print(f"{slug} may send as {pattern}.")


@users.command("create")
def create_user(
    email: Annotated[str, typer.Argument(help="Address with which the person logs in.")],
    organisation: Annotated[str, typer.Option(help="Short name of an organisation to join.")] = "",
    role: Annotated[str, typer.Option(help="owner, administrator, agent or auditor.")] = "agent",
    name: Annotated[str, typer.Option(help="Shown to colleagues.")] = "",
) -> None:
    """Create a user; the password is asked for, never taken from the command line."""
    with ready_database(environment()):
        from django.db import transaction

        from acuse.accounts import rules, services
        from acuse.accounts.models import User
        from acuse.accounts.queries import organisation_view

        joined = organisation_view(organisation_id(organisation)) if organisation else None
        rules.check_role(role)
        if User.objects.filter(email=rules.check_email(email)).exists():
            raise InputError(f"There is already a user {email}; `acuse user join` gives a role in an organisation.")
        password = _ask_password("Password", User(email=email, name=name))
        with transaction.atomic():
            services.create_user(
                email=email, password=password, name=name, language=joined.language if joined else "es"
            )
            if joined is not None:
                services.add_member(organisation=joined.id, email=email, role=role)
        print(f"Created {email}.")


def _ask_password(label: str, user: "User") -> str:
    """Ask for a password, twice, and refuse one that is short, common or like the user's address or name."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.utils.translation import override

    password: str = typer.prompt(f"{label} (12 characters or more)", hide_input=True, confirmation_prompt=True)
    with override("en"):  # as everything else that commands print
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise InputError(" ".join(error.messages)) from None
    return password


@users.command("list")
def list_users() -> None:
    """List the users: address, name, and their role in each organisation."""
    with ready_database(environment()):
        from acuse.accounts.models import User

        for user in User.objects.order_by("email").prefetch_related("memberships__organisation"):
            seats = [
                f"{one.role} of {one.organisation.slug}" + (" (no access)" if one.deactivated_at else "")
                for one in user.memberships.all()
            ]
            print("  ".join(filter(None, (user.email, user.name, ", ".join(sorted(seats)) or "in no organisation"))))


@users.command("password")
def set_password(email: Annotated[str, typer.Argument(help="Whose password.")]) -> None:
    """Set a user's password; it is asked for, never taken from the command line."""
    with ready_database(environment()):
        from acuse.accounts import rules, services
        from acuse.accounts.models import User

        user = User.objects.filter(email=rules.normalise_address(email)).first()
        if user is None:
            raise InputError(f"There is no user {email}; see `acuse user list`.")
        services.set_password(email=email, password=_ask_password("New password", user))
        print(f"The password of {email} is changed.")


@users.command("remove-second-step")
def remove_second_step(email: Annotated[str, typer.Argument(help="Who lost it; make sure who asks.")]) -> None:
    """Let a user who lost their phone or key sign in with the password alone; it is recorded."""
    with ready_database(environment()):
        from acuse.accounts.second_step import remove_second_step as remove

        remove(email=email)
        print(f"{email} now signs in with the password alone, and should set up a second step again.")


@users.command("join")
def join(
    email: Annotated[str, typer.Argument(help="Who.")],
    organisation: Slug,
    role: Annotated[str, typer.Option(help="owner, administrator, agent or auditor.")] = "agent",
) -> None:
    """Give a user a role in an organisation, or change it."""
    with ready_database(environment()):
        from acuse.accounts import services

        services.add_member(organisation=organisation_id(organisation), email=email, role=role)
        print(f"{email} is {role} of {organisation}.")


@keys.command("create")
def create_key(organisation: Slug, name: Annotated[str, typer.Argument(help="The program that will use it.")]) -> None:
    """Create an SMTP credential; its secret is shown this once."""
    with ready_database(environment()):
        from acuse.accounts import services

        credential, secret = services.create_credential(organisation=organisation_id(organisation), name=name)
        print(f"user name  {credential.username}\nsecret     {secret}\nIt is not shown again.")


@keys.command("list")
def list_keys(organisation: Slug) -> None:
    """List the SMTP credentials of an organisation."""
    with ready_database(environment()):
        from acuse.accounts.models import SmtpCredential

        for row in SmtpCredential.objects.filter(organisation_id=organisation_id(organisation)).order_by("created_at"):
            state = f"revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else "in use"
            print(f"{row.username}  {state}  {row.name}")


@keys.command("revoke")
def revoke_key(organisation: Slug, username: Annotated[str, typer.Argument(help="As `list` shows it.")]) -> None:
    """Revoke an SMTP credential at once."""
    with ready_database(environment()):
        from acuse.accounts import services
        from acuse.accounts.models import SmtpCredential

        found = SmtpCredential.objects.filter(username=username).values_list("id", flat=True).first()
        if found is None:
            raise InputError(f"There is no credential {username}; see `acuse key list {organisation}`.")
        services.revoke_credential(organisation=organisation_id(organisation), credential=found)
        print(f"Revoked {username}.")
