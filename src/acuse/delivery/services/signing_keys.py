"""Keys that sign mail by DKIM: made here, used once the DNS says so, replaced, retired. Each step is a fact.

The private key is stored encrypted under a key that lies outside the database, and erased when the key stops signing.
What was published over time stands in the facts: without it old signatures could not be checked.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from acuse import clock
from acuse.accounts.ciphers import cipher
from acuse.accounts.queries import sender_patterns
from acuse.delivery.models import SigningKey
from acuse.errors import ConfigurationError, ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.rules import INSTALLATION
from acuse.mail import dkim, sending_domain
from acuse.proof.facts.fact import Actor

_CIPHER = "acuse signing keys"
OPERATOR = Actor(kind="component", id="operator")
#: How long, after the last of our own attempts, servers further on may hold a message and check its signature then.
RECORD_TERM = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class SigningKeyView:
    """A signing key, without its private part.

    Attributes:
        name, record: what the DNS has to say, and where.
        state: of `SigningKey.State`.
        leaves_at: from when on its record may leave the DNS; None unless it is retiring.
    """

    id: UUID
    domain: str
    selector: str
    algorithm: str
    name: str
    record: str
    state: str
    created_at: datetime
    activated_at: datetime | None
    retiring_at: datetime | None
    retired_at: datetime | None
    leaves_at: datetime | None


def domains_of(organisation: UUID) -> tuple[str, ...]:
    """Return the domains as which an organisation may send, whole or by single addresses, in ASCII, sorted."""
    named = {pattern.rpartition("@")[2] for pattern in sender_patterns(organisation)}
    return tuple(sorted({sending_domain.ascii_domain(name) for name in named}))


def signing_keys(organisation: UUID | None) -> list[SigningKeyView]:
    """Return an organisation's keys, or the operator's own (None), the newest first."""
    return [_view(row) for row in _own(organisation).order_by("-created_at")]


def make_signing_key(
    *, organisation: UUID | None, domain: str, algorithm: str = dkim.RSA, actor: Actor = OPERATOR
) -> SigningKeyView:
    """Make a key for a domain; it signs once its record is in the DNS and it is activated.

    Args:
        organisation: whose; None = the operator's own.
        domain: to sign for, one as which the organisation may send.
        algorithm: of `dkim.ALGORITHMS`.
        actor: who does it.

    Raises:
        InputError: the organisation does not send as that domain, or there is no such algorithm.
        ConflictError: a key of that domain waits for its record already.
    """
    if algorithm not in dkim.ALGORITHMS:
        raise InputError("There is no such kind of key.")
    own = domains_of(organisation) if organisation else (sending_domain.ascii_domain(settings.ACUSE.mail_hostname),)
    if domain not in own:
        raise InputError("Mail is not sent as that domain.")
    octets, now = dkim.make_key(algorithm), clock.now()
    row = SigningKey(
        organisation_id=organisation,
        domain=domain,
        selector=f"acuse-{now:%Y%m%d}-{secrets.token_hex(2)}",
        algorithm=algorithm,
        record=dkim.public_record(dkim.read_key(octets)),
        private_key=cipher(_CIPHER).encrypt(octets),
        created_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _record("signing_key.created", row, actor, algorithm=algorithm, record=row.record)
    except IntegrityError as error:
        raise ConflictError("A key of that domain waits for its record already; publish it, or give it up.") from error
    return _view(row)


def activate_signing_key(*, organisation: UUID | None, key: UUID, found: str, actor: Actor = OPERATOR) -> None:
    """Let a key sign from now on, in the place of the one that did; activating it again changes nothing.

    Args:
        organisation: whose it is; None = the operator's own.
        key: which.
        found: what the DNS says of it now, verbatim.
        actor: who does it.

    Raises:
        InputError: there is no such key.
        ConflictError: the DNS says something else, or the key is out of use.
    """
    now = clock.now()
    with transaction.atomic():
        row = _locked(organisation, key)
        if row.state == SigningKey.State.ACTIVE:
            return
        if row.state != SigningKey.State.MADE:
            raise ConflictError("This key is out of use; make a new one.")
        if not sending_domain.same_key(row.record, found):
            raise ConflictError("The DNS does not show this key's record yet.")
        before = SigningKey.objects.select_for_update().filter(domain=row.domain, state=SigningKey.State.ACTIVE).first()
        if before is not None and before.organisation_id != organisation:
            raise ConflictError("Somebody else's key signs for this domain here; ask the operator.")
        if before is not None:
            _stop(before, now, actor, replaced_by=str(row.id))
        row.state, row.activated_at = SigningKey.State.ACTIVE, now
        row.save(update_fields=["state", "activated_at"])
        _record("signing_key.activated", row, actor, record=found)


def retire_signing_key(*, organisation: UUID | None, key: UUID, actor: Actor = OPERATOR) -> None:
    """Take a key one step towards its end; a retired one stays as it is.

    One that never signed is given up. One that signs stops, and its record has to stay in the DNS for a while. After
    that while it is retired for good.

    Raises:
        InputError: there is no such key.
        ConflictError: mail that it signed may still be under way.
    """
    now = clock.now()
    with transaction.atomic():
        row = _locked(organisation, key)
        if row.state == SigningKey.State.ACTIVE:
            _stop(row, now, actor)
            return
        if row.state == SigningKey.State.RETIRED:
            return
        leaves_at = _leaves_at(row)
        if leaves_at is not None and now < leaves_at:
            raise ConflictError("Mail that this key signed may still be under way: leave its record in the DNS.")
        row.state, row.retired_at, row.private_key = SigningKey.State.RETIRED, now, b""
        row.save(update_fields=["state", "retired_at", "private_key"])
        _record("signing_key.retired", row, actor)


def private_key(sealed: bytes) -> dkim.PrivateKey:
    """Return a stored private key.

    Raises:
        ConfigurationError: it was encrypted under another installation's key.
    """
    try:
        return dkim.read_key(cipher(_CIPHER).decrypt(sealed))
    except InvalidToken as error:
        raise ConfigurationError(
            "A key that signs mail cannot be read: keys/credential.key is not the one it was made with."
        ) from error


def _stop(row: SigningKey, now: datetime, actor: Actor, **details: str) -> None:
    """End the signing of a key, whose private part nobody needs from here on."""
    row.state, row.retiring_at, row.private_key = SigningKey.State.RETIRING, now, b""
    row.save(update_fields=["state", "retiring_at", "private_key"])
    _record("signing_key.retiring", row, actor, **details)


def _own(organisation: UUID | None) -> QuerySet[SigningKey]:
    rows = SigningKey.objects.all()
    return rows.filter(organisation__isnull=True) if organisation is None else rows.filter(organisation_id=organisation)


def _locked(organisation: UUID | None, key: UUID) -> SigningKey:
    row = _own(organisation).select_for_update().filter(id=key).first()
    if row is None:
        raise InputError("There is no such key.")
    return row


def _leaves_at(row: SigningKey) -> datetime | None:
    if row.state != SigningKey.State.RETIRING or row.retiring_at is None:
        return None
    return row.retiring_at + settings.ACUSE.retry_for + RECORD_TERM


def _view(row: SigningKey) -> SigningKeyView:
    return SigningKeyView(
        id=row.id,
        domain=row.domain,
        selector=row.selector,
        algorithm=row.algorithm,
        name=dkim.record_name(row.selector, row.domain),
        record=row.record,
        state=row.state,
        created_at=row.created_at,
        activated_at=row.activated_at,
        retiring_at=row.retiring_at,
        retired_at=row.retired_at,
        leaves_at=_leaves_at(row),
    )


def _record(type: str, row: SigningKey, actor: Actor, **details: str) -> None:
    whose = row.organisation_id or INSTALLATION
    record(
        FactDraft(
            organisation=whose,
            subject_kind="organisation" if row.organisation_id else "installation",
            subject_id=whose,
            type=type,
            actor=actor,
            details={"key": str(row.id), "domain": row.domain, "selector": row.selector, **details},
        )
    )
