"""Making and sending the codes that people asked for on an organisation's public pages.

Who asks to see their messages and has none is sent nothing, so that nobody is written to for a stranger's curiosity;
the page says the same either way, and this is done apart from it, so that it takes no longer.
"""

import logging
from uuid import UUID

from django.db import transaction

from acuse.contacts.services.codes import TERM, Asked, asked_codes, new_digits, one_maker, settle_code
from acuse.delivery.services.dispatched import PASSING
from acuse.delivery.services.proving import WrittenCode, owe_code, write_code
from acuse.errors import InputError
from acuse.helpdesk.models import Mailbox, Settings
from acuse.helpdesk.queries.mailbox import is_known

_BATCH = 20

log = logging.getLogger(__name__)


def send_codes() -> int:
    """Make and queue the codes that were asked for; return how many. One transaction each; none stops the others."""
    return sum(_made(one) for one in asked_codes(most=_BATCH))


def _made(asked: Asked) -> bool:
    with one_maker(asked.id) as mine:
        return mine and _settle(asked)


def _settle(asked: Asked) -> bool:
    """Send a code; what may pass is tried again at the next turn, and what cannot be made is settled without one."""
    try:
        return _send(asked)
    except PASSING:
        log.exception("a code waits")
        return False
    except Exception:
        log.exception("a code cannot be made")
    with transaction.atomic():
        return settle_code(code=asked.id, digits="")


def _send(asked: Asked) -> bool:
    wanted = asked.purpose == "form" or is_known(organisation=asked.organisation, address=asked.value)
    digits = new_digits() if wanted else ""
    written = _written(asked, digits) if digits else None
    with transaction.atomic():
        settled = settle_code(code=asked.id, digits=digits if written else "")
        if settled and written:
            owe_code(written)
    return settled


def _written(asked: Asked, digits: str) -> WrittenCode | None:
    """Return the e-mail in custody; None where no header can carry the address."""
    try:
        return write_code(
            organisation=asked.organisation,
            recipient=asked.value,
            reply_to=_answers_to(asked.organisation),
            language=asked.language,
            purpose=asked.purpose,
            digits=digits,
            term=TERM,
        )
    except InputError:
        return None


def _answers_to(organisation: UUID) -> str:
    """Return the address at which the organisation reads what is answered to a code; "" where it has no mailbox."""
    enabled = Mailbox.objects.filter(organisation_id=organisation, enabled=True).order_by("created_at")
    chosen = Settings.objects.filter(organisation_id=organisation).values_list("form_mailbox", flat=True).first()
    found = (enabled.filter(id=chosen).first() if chosen else None) or enabled.first()
    return found.address if found else ""
