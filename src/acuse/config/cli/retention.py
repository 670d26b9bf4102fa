"""`acuse retention`: what may be erased, what is held, what is kept longer."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from acuse.config.cli.serve import ready_database
from acuse.config.environment import environment
from acuse.errors import InputError

retention = typer.Typer(no_args_is_help=True, help="Custody after its term: due, hold, release, extend, erase.")

Kind = Annotated[str, typer.Argument(help="Kind of subject, such as communication.")]
Subject = Annotated[str, typer.Argument(help="Its id.")]


def check_subject(text: str) -> UUID:
    """Return the id that a person typed.

    Raises:
        InputError: it is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise InputError(f"{text!r} is not the id of a subject.") from None


@retention.command("due")
def list_due(limit: Annotated[int, typer.Option(help="Most subjects to list.")] = 1000) -> None:
    """List the subjects whose retention has ended and that are not held."""
    with ready_database(environment()):
        from acuse.evidence.retention import due

        for item in due(limit=limit):
            print(f"{item.retain_until:%Y-%m-%d}  {item.kind}  {item.subject}")


@retention.command("hold")
def hold(kind: Kind, subject: Subject) -> None:
    """Put a subject under legal hold: it is never erased until released."""
    _set_hold(kind, subject, held=True)


@retention.command("release")
def release(kind: Kind, subject: Subject) -> None:
    """Release a subject from legal hold."""
    _set_hold(kind, subject, held=False)


def _set_hold(kind: str, subject: str, *, held: bool) -> None:
    with ready_database(environment()):
        from acuse.evidence import retention as evidence

        evidence.hold(kind=kind, subject=check_subject(subject), held=held)
        print("Held." if held else "Released.")


@retention.command("extend")
def extend(
    kind: Kind, subject: Subject, until: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Last day.")]
) -> None:
    """Keep a subject until a later date; a term is never shortened."""
    with ready_database(environment()):
        from acuse.evidence import retention as evidence

        kept = evidence.extend(kind=kind, subject=check_subject(subject), until=until.replace(tzinfo=UTC))
        already = "" if kept.date() == until.date() else " already"
        print(f"Kept until {kept:%Y-%m-%d}{already}.")


@retention.command("erase")
def erase(
    reason: Annotated[str, typer.Option(help="Recorded in the ledger; without personal data.")] = "retention ended",
    limit: Annotated[int, typer.Option(help="Most subjects to erase.")] = 1000,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase what `due` lists: facts, objects and documents. The ledger stays whole and verifiable."""
    with ready_database(environment()):
        from acuse.delivery.services import erase_communication
        from acuse.errors import ConflictError
        from acuse.evidence import retention as evidence
        from acuse.helpdesk.services.erasure import erase_call, erase_ticket
        from acuse.reception.services import erase_reception

        found = evidence.due(limit=limit)
        if found and not yes:
            typer.confirm(f"Erase {len(found)} subjects for good?", abort=True)
        citations = evidence.citations_of(found)
        left = 0
        for item in found:
            told: dict[str, Any] = {"organisation": item.organisation, "reason": reason, "citations": citations}
            try:
                if item.kind == "communication":
                    erase_communication(communication=item.subject, **told)
                elif item.kind == "reception":
                    erase_reception(item=item.subject, **told)
                elif item.kind == "ticket":
                    erase_ticket(ticket=item.subject, **told)
                elif item.kind == "call":
                    erase_call(call=item.subject, **told)
                else:
                    evidence.erase(kind=item.kind, subject=item.subject, **told)
            except ConflictError as error:
                left += 1
                print(f"{item.kind} {item.subject} stays: {error}")
        print(f"Erased {len(found) - left} subjects.")
