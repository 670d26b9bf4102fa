"""Setting up which mailboxes are fetched, and writing down how far that got: one transaction each.

The password is stored encrypted under a key that lies outside the database; no fact, log or page names it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import transaction

from acuse import clock
from acuse.accounts.ciphers import cipher
from acuse.accounts.queries import Access
from acuse.errors import AcuseError, ConfigurationError, ConflictError, InputError, PermanentError
from acuse.evidence.alarms import clear_alarm, raise_alarm, to_members
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.queries import owner_of
from acuse.proof.facts.fact import Actor
from acuse.reception.fetching import rules
from acuse.reception.fetching.rules import Source
from acuse.reception.models import Pickup

ALARM = "fetching"
_CIPHER = "acuse fetched mailboxes"
_FETCHER = Actor(kind="component", id="fetching")


def set_pickup(*, access: Access, mailbox: UUID, address: str, source: Source, secret: str) -> None:
    """Have a mailbox of the desk fetched from now on, or change from where; mail from before it was set up stays there.

    Args:
        access: of a member who may change settings.
        mailbox: which one. address: of it.
        source: where its mail is.
        secret: the password; "" leaves it as it is, where neither server nor user name change.

    Raises:
        AccessDenied: the member may not. InputError: there is no such mailbox, or something does not fit.
    """
    _require(access, mailbox)
    rules.check_source(source, secret)
    now = clock.now()
    with transaction.atomic():
        row = _locked(mailbox) or Pickup(names=mailbox, organisation_id=access.organisation, started_at=now)
        same_account = _is_of(row, source)
        if secret:
            row.secret = cipher(_CIPHER).encrypt(secret.encode())
        elif not same_account:
            raise _no_password()
        if not same_account or row.folder != source.folder:
            row.uid_validity, row.last_uid, row.started_at = None, 0, now
        row.address = address
        row.host, row.port, row.security = source.host, source.port, source.security
        row.username, row.folder, row.mark_read = source.username, source.folder, source.mark_read
        # Whoever fetches with what was set before loses the right to write down how far it got.
        row.due_at, row.lease, row.lease_until = now, None, None
        row.tries, row.failure, row.failing_since = 0, None, None
        row.save()
        record(_changed(row, access, enabled=True))


def stop_pickup(*, access: Access, mailbox: UUID) -> None:
    """Stop fetching a mailbox, and forget its password; stopping it again changes nothing.

    Raises:
        AccessDenied: the member may not. InputError: there is no such mailbox.
    """
    _require(access, mailbox)
    with transaction.atomic():
        row = _locked(mailbox)
        if row is None:
            return
        record(_changed(row, access, enabled=False))
        row.delete()


def password_for(*, access: Access, mailbox: UUID, source: Source, secret: str) -> str:
    """Return the password with which a member tries a source: the one written, else the one kept for that very account.

    Raises:
        AccessDenied: the member may not. InputError: there is no such mailbox, or something does not fit.
        ConfigurationError: what is kept cannot be decrypted.
    """
    _require(access, mailbox)
    rules.check_source(source, secret)
    row = Pickup.objects.filter(names=mailbox).first()
    if secret:
        return secret
    if row is None or not _is_of(row, source):
        raise _no_password()
    return password_of(row)


def _is_of(row: Pickup, source: Source) -> bool:
    """Whether a source is the very account that is kept: its password is sent to no other server."""
    wanted = (source.host, source.port, source.security, source.username)
    return (row.host, row.port, row.security, row.username) == wanted


def _no_password() -> InputError:
    return InputError("Write the password: it is asked for again when server or user name change.")


def _require(access: Access, mailbox: UUID) -> None:
    access.require_manager()
    if owner_of(kind="mailbox", subject=mailbox) != access.organisation:
        raise InputError("There is no such mailbox.")


def _locked(mailbox: UUID) -> Pickup | None:
    return Pickup.objects.select_for_update().filter(names=mailbox).first()


def password_of(row: Pickup) -> str:
    """Return the password of a mailbox.

    Raises:
        ConfigurationError: the keys outside the database are not those that it was encrypted under.
    """
    try:
        return cipher(_CIPHER).decrypt(bytes(row.secret)).decode()
    except InvalidToken as error:
        raise ConfigurationError("The password cannot be decrypted with this installation's keys.") from error


def advance(*, pickup: UUID, lease: UUID, uid_validity: int, uid: int) -> None:
    """Write down up to which UID a folder was read.

    Raises:
        ConflictError: somebody else fetches it now, or it was set up anew.
    """
    held = Pickup.objects.filter(id=pickup, lease=lease)
    if not held.update(uid_validity=uid_validity, last_uid=uid):
        raise ConflictError("The mailbox is fetched by somebody else, or was set up anew.")


def leave_behind(*, pickup: UUID, lease: UUID, uid_validity: int, uid: int, size: int) -> None:
    """Pass over a message that is larger than this installation takes, and say so.

    Raises:
        ConflictError: somebody else fetches it now, or it was set up anew.
    """
    with transaction.atomic():
        row = Pickup.objects.select_for_update().filter(id=pickup, lease=lease).first()
        if row is None:
            raise ConflictError("The mailbox is fetched by somebody else, or was set up anew.")
        row.uid_validity, row.last_uid, row.left_behind = uid_validity, uid, row.left_behind + 1
        row.save(update_fields=["uid_validity", "last_uid", "left_behind"])
        details = {"server": f"{row.host}:{row.port}", "folder": row.folder, "uid_validity": uid_validity, "uid": uid}
        record(_told(row, "mailbox.mail_left", _FETCHER, {**details, "size": size}))


def finish(*, pickup: UUID, lease: UUID, read_at: datetime | None) -> None:
    """Write down that a folder was read, and when it is looked at again: at once where more waits.

    Args:
        pickup, lease: which one, and under which it was read.
        read_at: when the look began that came to the end of the folder, because what comes during it may be missed;
            None where more waits.
    """
    now = clock.now()
    Pickup.objects.filter(id=pickup, lease=lease).update(
        **({"fetched_at": read_at} if read_at else {}),
        due_at=now + rules.PAUSE if read_at else now,
        tries=0,
        failure=None,
        failing_since=None,
        lease=None,
        lease_until=None,
    )


def put_off(*, pickup: UUID, lease: UUID, error: AcuseError) -> None:
    """Write down why a folder could not be read, unless somebody else fetches it now."""
    now = clock.now()
    with transaction.atomic():
        row = Pickup.objects.select_for_update().filter(id=pickup, lease=lease).first()
        if row is None:
            return
        row.due_at = now + rules.wait_after(row.tries, lasting=isinstance(error, PermanentError))
        row.tries += 1
        row.failure, row.failing_since = to_members(error), row.failing_since or now
        row.lease = row.lease_until = None
        row.save()


def watch(*, after: timedelta = rules.ALARM_AFTER) -> None:
    """Raise the alarm over mailboxes that have not been fetched for too long, while there are any."""
    count = Pickup.objects.filter(failing_since__lt=clock.now() - after).count()
    # Everybody who uses the console reads alarms: no address of one organisation stands in them.
    if count:
        raise_alarm(
            ALARM, "%(count)s mailboxes could not be fetched for over 15 minutes: see the desk's settings.", count=count
        )
    else:
        clear_alarm(ALARM)


def _changed(row: Pickup, access: Access, *, enabled: bool) -> FactDraft:
    details: dict[str, object] = {
        "enabled": enabled,
        "server": f"{row.host}:{row.port}",
        "security": row.security,
        "username": row.username,
        "folder": row.folder,
        "mark_read": row.mark_read,
    }
    return _told(row, "mailbox.fetch_changed", Actor(kind="member", id=str(access.member)), details)


def _told(row: Pickup, type: str, actor: Actor, details: dict[str, object]) -> FactDraft:
    return FactDraft(
        organisation=row.organisation_id,
        subject_kind="mailbox",
        subject_id=row.names,
        type=type,
        actor=actor,
        details=details,
    )
