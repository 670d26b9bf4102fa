"""How much of the public form comes in, and the codes that prove an address where too much came for it, or in all."""

from uuid import UUID

from django.core import signing

from acuse.contacts.services.codes import Refused, ask_code, give_code, proved
from acuse.doors.portal.office import Office
from acuse.doors.portal.verify import networks_of
from acuse.doors.portal.write_form import counter, is_over
from acuse.doors.portal.write_step import Step
from acuse.doors.ui.counters import counted
from acuse.errors import AcuseError, InputError
from acuse.helpdesk import form_guard
from acuse.mail.mailboxes import lowered
from acuse.proof.facts.fact import Actor

_PROOF = "acuse.office.proof"
_PURPOSE = "form"
_ACTOR = Actor(kind="component", id="portal")
_FULL = "So many people write at this moment that this has to wait. What you wrote is still here."


class Waits(AcuseError):
    """So much came in that this has to wait, or the address has to be proved first."""


def admit(step: Step) -> bool:
    """Count a case that is about to open; return whether its address was proved.

    Whoever proved it is not held up by what others sent in its name.

    Raises:
        Waits: too many came from there, or to here. InputError: the code is wrong.
    """
    shown, organisation = _give(step), str(step.office.desk.organisation)
    if _network_is_over(step, "network", form_guard.MOST_OF_NETWORK):
        raise Waits(
            "So much came from your network within an hour that this has to wait. What you wrote is still here."
        )
    if shown and is_over("proved", organisation, form_guard.MOST_PROVED):
        raise Waits(_FULL)
    if not shown and is_over("address", _address(step), form_guard.MOST_OF_ADDRESS):
        raise Waits("Several cases of your address were opened within an hour: we have to know that it is yours.")
    if not shown and is_over("unproved", organisation, form_guard.MOST_UNPROVED):
        raise Waits("So many people write at this moment that we first have to know that the address is yours.")
    return shown


def is_flooded(step: Step) -> bool:
    """Whether so many cases were opened without proof that the organisation asks everybody for it."""
    return counted(counter("unproved", str(step.office.desk.organisation))) >= form_guard.MOST_UNPROVED


def asked_code(step: Step) -> UUID | None:
    """Return the code that the page had sent to the address that it names; None for none."""
    try:
        code, address = signing.loads(step.office.request.POST.get("proof", ""), salt=_PROOF)
    except signing.BadSignature:
        return None
    return UUID(code) if address == step.address else None


def named_code(step: Step, code: UUID) -> str:
    """Return what the page carries of a code that was asked for; see `asked_code`."""
    return signing.dumps([code.hex, step.address], salt=_PROOF)


def have_code_sent(step: Step, *, anew: bool) -> UUID | None:
    """Where proof is wanted, or another code in the place of one, have it sent; return what names it.

    Raises:
        Waits: too many were sent.
    """
    organisation = step.office.desk.organisation
    if not anew and not is_flooded(step) and counted(counter("address", _address(step))) < form_guard.MOST_OF_ADDRESS:
        return None
    often = _network_is_over(step, "network-codes", form_guard.MOST_CODES_OF_NETWORK)
    if often or is_over("codes", str(organisation), form_guard.MOST_CODES):
        raise Waits(_FULL)
    asked = ask_code(organisation=organisation, purpose=_PURPOSE, value=step.address, language=step.office.language)
    if asked is None:
        raise Waits("Too many codes were sent to that address. Use the last one, or wait some hours.")
    return asked


def is_proved(step: Step, code: UUID) -> bool:
    """Whether the code was given back."""
    return proved_address(step.office, code) is not None


def proved_address(office: Office, code: UUID) -> str | None:
    """Return the address that a code showed to be its reader's, while that holds; None for none."""
    found = proved(code=code, organisation=office.desk.organisation, purpose=_PURPOSE)
    return found.value if found else None


def _give(step: Step) -> bool:
    """Take the code that was typed, where the page asked for one; return whether the address is proved.

    Raises:
        InputError: it is wrong, or serves no more.
    """
    code = asked_code(step)
    if code is None or is_proved(step, code):
        return code is not None
    given = give_code(
        code=code,
        organisation=step.office.desk.organisation,
        purpose=_PURPOSE,
        digits=step.office.request.POST.get("code", "")[:40],
        actor=_ACTOR,
        name=step.form.cleaned_data["name"],
    )
    if isinstance(given, Refused) and given.tries_left:
        raise InputError("That is not the code. Tries left: %(left)s.", left=given.tries_left)
    if isinstance(given, Refused):
        raise InputError("That code serves no more. Have another one sent.")
    return True


def _network_is_over(step: Step, kind: str, most: int) -> bool:
    return any(is_over(kind, one, most * times) for one, times in networks_of(step.office.request))


def _address(step: Step) -> str:
    """Name an address at an organisation, for its counter."""
    return f"{step.office.desk.organisation} {lowered(step.address)}"
