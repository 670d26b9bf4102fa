"""Writes of accounts: organisations, members, credentials and the check of an SMTP login.

Every change records its fact in the same transaction.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from uuid6 import uuid7

from acuse import clock
from acuse.accounts import rules
from acuse.accounts.models import FailedLogin, Membership, Organisation, SenderIdentity, SmtpCredential, User
from acuse.accounts.queries import Access
from acuse.accounts.values import SmtpCredentialValue
from acuse.errors import AccessDenied, ConflictError, InputError, TemporaryError
from acuse.evidence.ledger import FactDraft, record
from acuse.evidence.statements import execute
from acuse.mail.choices import ACCESSES, LANGUAGES, MODES
from acuse.proof.facts.fact import Actor
from acuse.texts import storable

OPERATOR = Actor(kind="component", id="operator")
_USE_RECORDED_EVERY = timedelta(minutes=1)


def _member(access: Access) -> Actor:
    return Actor(kind="member", id=str(access.member))


def _draft(organisation: UUID, type: str, actor: Actor, details: dict[str, object]) -> FactDraft:
    return FactDraft(
        organisation=organisation,
        subject_kind="organisation",
        subject_id=organisation,
        type=type,
        actor=actor,
        details=details,
    )


def create_organisation(*, name: str, slug: str, language: str = "es", tax_id: str = "") -> Organisation:
    """Create an organisation.

    Raises:
        InputError: the name, the short name, the language or the tax number is not acceptable.
        ConflictError: the short name is taken.
    """
    rules.check_slug(slug)
    given = {
        name: _checked(name, value) for name, value in (("name", name), ("language", language), ("tax_id", tax_id))
    }
    try:
        with transaction.atomic():
            organisation = Organisation.objects.create(slug=slug, created_at=clock.now(), **given)
            record(_draft(organisation.id, "organisation.created", OPERATOR, {"name": organisation.name}))
    except IntegrityError as error:
        raise ConflictError("The short name %(slug)s is taken; choose another.", slug=slug) from error
    return organisation


def create_user(*, email: str, password: str | None, name: str = "", language: str = "es") -> User:
    """Create a user who logs in with `email`.

    Raises:
        InputError: that is no address.
        ConflictError: there is one already.
    """
    address = rules.check_email(email)
    if User.objects.filter(email=address).exists():
        raise ConflictError("There is already a user %(email)s.", email=email)
    return User.objects.create_user(address, password, name=name, language=language)


def create_or_reset_user(*, email: str, password: str, name: str = "") -> None:
    """Create a user, or give an existing one this password."""
    if User.objects.filter(email=rules.normalise_address(email)).exists():
        set_password(email=email, password=password)
    else:
        create_user(email=email, password=password, name=name)


def set_password(*, email: str, password: str) -> None:
    """Set the password of a user.

    Raises:
        InputError: there is no such user.
    """
    user = User.objects.filter(email=rules.normalise_address(email)).first()
    if user is None:
        raise InputError("There is no user %(email)s.", email=email)
    user.set_password(password)
    user.save(update_fields=["password"])


def add_member(*, organisation: UUID, email: str, role: str) -> None:
    """Give a user a role in an organisation, or change it.

    Raises:
        InputError: there is no such user or role.
    """
    rules.check_role(role)
    user = User.objects.filter(email=rules.normalise_address(email)).first()
    if user is None:
        raise InputError("There is no user %(email)s; create it first.", email=email)
    with transaction.atomic():
        membership, _ = Membership.objects.update_or_create(
            user=user, organisation_id=organisation, defaults={"role": role, "deactivated_at": None}
        )
        record(
            _draft(organisation, "member.added", OPERATOR, {"member": str(membership.id), "role": role}),
        )


def record_login(*, access: Access) -> None:
    """Record that a member came in; the subject is the member, so that no subject is hot."""
    with transaction.atomic():
        record(
            FactDraft(
                organisation=access.organisation,
                subject_kind="member",
                subject_id=access.member,
                type="member.logged_in",
                actor=_member(access),
                details={},
            )
        )


def create_credential(*, organisation: UUID, name: str, actor: Actor = OPERATOR) -> tuple[SmtpCredential, str]:
    """Create an SMTP credential.

    Returns:
        The credential and its secret, which is shown this once and kept only as a keyed digest.

    Raises:
        InputError: the name is empty or too long.
        ConflictError: the organisation has a credential of that name.
    """
    name = rules.check_credential_name(name)
    secret = rules.new_secret()
    identity = uuid7()
    try:
        with transaction.atomic():
            slug = Organisation.objects.values_list("slug", flat=True).get(id=organisation)
            credential = SmtpCredential.objects.create(
                id=identity,
                organisation_id=organisation,
                name=name,
                username=f"{slug[:40]}-{identity.hex[-8:]}",
                secret_digest=rules.secret_digest(secret, key=settings.ACUSE_KEYS.credential),
                created_at=clock.now(),
            )
            record(
                _draft(
                    organisation,
                    "credential.created",
                    actor,
                    {"credential": str(credential.id), "name": credential.name},
                )
            )
    except IntegrityError as error:
        raise ConflictError("There is already a credential called %(name)s.", name=name) from error
    return credential, secret


def revoke_credential(*, organisation: UUID, credential: UUID, actor: Actor = OPERATOR) -> None:
    """Revoke an SMTP credential at once; revoking it again changes nothing.

    Raises:
        InputError: the organisation has no such credential.
    """
    with transaction.atomic():
        row = SmtpCredential.objects.select_for_update().filter(id=credential, organisation_id=organisation).first()
        if row is None:
            raise InputError("There is no such credential.")
        if row.revoked_at is not None:
            return
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        record(
            _draft(organisation, "credential.revoked", actor, {"credential": str(row.id), "name": row.name}),
        )


def add_sender_identity(*, organisation: UUID, pattern: str, actor: Actor = OPERATOR) -> None:
    """Let the organisation send as an address, or as a whole `@domain`.

    A domain belongs to one organisation of an installation: what one may send as, no other may.

    Raises:
        InputError: the pattern is neither.
        ConflictError: another organisation sends as that domain.
    """
    normal = rules.check_pattern(pattern)
    domain = "@" + normal.rpartition("@")[2]
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two organisations that ask for one domain at once take turns; the lock ends with the transaction.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"sender {domain}",))
        others = SenderIdentity.objects.exclude(organisation_id=organisation)
        if others.filter(pattern__endswith=domain).exists():
            raise ConflictError("Another organisation here sends as %(domain)s; ask the operator.", domain=domain)
        _, created = SenderIdentity.objects.get_or_create(organisation_id=organisation, pattern=normal)
        if created:
            record(_draft(organisation, "sender_identity.added", actor, {"identity": normal}))


def remove_sender_identity(*, organisation: UUID, pattern: str, actor: Actor = OPERATOR) -> None:
    """Stop the organisation from sending as an address or domain; removing what is not there changes nothing."""
    normal = rules.normalise_address(pattern)
    with transaction.atomic():
        removed, _ = SenderIdentity.objects.filter(organisation_id=organisation, pattern=normal).delete()
        if removed:
            record(_draft(organisation, "sender_identity.removed", actor, {"identity": normal}))


def change_preferences(
    *, user: User, language: str | None = None, time_zone: str | None = None, single_keys: bool | None = None
) -> None:
    """Change how the console shows itself to one person; what is None stays.

    Raises:
        InputError: a value is not one of the choices.
    """
    changes = {"language": language, "time_zone": time_zone, "single_keys": single_keys}
    given = {name: value for name, value in changes.items() if value is not None}
    for name, value in given.items():
        setattr(user, name, _checked(name, value))
    user.save(update_fields=list(given))


_CHOICES: dict[str, frozenset[object]] = {
    "language": frozenset(LANGUAGES),
    "seal_level": frozenset({"B-LTA", "B-T", "B-B"}),
    "time_zone": frozenset(available_timezones()),
    "certificate_by_email": frozenset({True, False}),
    "mode": frozenset(MODES),
    "notice_access": frozenset(ACCESSES),
    "tracking": frozenset({True, False}),
    "footer": frozenset({True, False}),
    "hold_suppressed": frozenset({True, False}),
}
_CHECKS: dict[str, Callable[[object], object]] = {
    "name": rules.check_name,
    "tax_id": rules.check_tax_id,
    "term_days": rules.check_term_days,
    "retention_years": lambda years: rules.check_retention_years(years, least=settings.ACUSE.retention_years),
}
_SETTINGS = frozenset({*_CHOICES, *_CHECKS})
_OPEN = {"mode": "", "notice_access": "", "language": "", "tracking": None, "footer": None}
"""What leaves a default of one program as the organisation has it, where its own checks would not take that."""

_OVERRIDES = frozenset({*_OPEN, "retention_years"})


def _checked(name: str, value: object) -> Any:
    """Return a setting's value in the form in which it is kept.

    Raises:
        InputError: it cannot be the value of that setting.
    """
    if name in _CHECKS:
        return _CHECKS[name](value)
    if name in _CHOICES and value not in _CHOICES[name]:
        raise InputError("%(value)r is not a choice of %(name)s.", value=value, name=name)
    return value


def change_settings(*, access: Access, **changes: object) -> None:
    """Change settings of an organisation: name, tax_id, language, time_zone, seal_level, certificate_by_email, and the
    defaults of its messages: mode, notice_access, term_days, retention_years, tracking, footer, hold_suppressed.

    Raises:
        AccessDenied: the member may not.
        InputError: a value is not one of the choices, or too long.
    """
    access.require_manager()
    if not changes.keys() <= _SETTINGS:
        raise InputError("There is no such setting.")
    checked = {name: _checked(name, value) for name, value in changes.items()}
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(id=access.organisation)
        changes_made = _apply(organisation, checked)
        if changes_made:
            record(_draft(access.organisation, "settings.changed", _member(access), {"changes": changes_made}))


def change_credential(*, access: Access, credential: UUID, **changes: object) -> None:
    """Change how the messages of one program are handled where they say nothing: mode, notice_access, language (each
    empty for the organisation's), retention_years (0 for the organisation's), tracking and footer (None for the
    organisation's).

    Raises:
        AccessDenied: the member may not.
        InputError: the organisation has no such credential, or a value is not one of the choices.
    """
    access.require_manager()
    if not changes.keys() <= _OVERRIDES:
        raise InputError("There is no such setting.")
    checked = {
        name: value if name in _OPEN and value == _OPEN[name] else _checked(name, value)
        for name, value in changes.items()
    }
    with transaction.atomic():
        found = SmtpCredential.objects.select_for_update()
        row = found.filter(id=credential, organisation_id=access.organisation, revoked_at=None).first()
        if row is None:
            raise InputError("There is no such credential.")
        changes_made = _apply(row, checked)
        if changes_made:
            details: dict[str, object] = {"changes": changes_made, "credential": str(row.id)}
            record(_draft(access.organisation, "settings.changed", _member(access), details))


def _apply(row: Organisation | SmtpCredential, values: dict[str, Any]) -> list[dict[str, str]]:
    """Save what differs in a row, and return it as the fact lists it."""
    before = {name: getattr(row, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.save(update_fields=list(changed))
    return [{"name": name, "before": str(before[name]), "after": str(value)} for name, value in changed.items()]


_LOGIN = """
SELECT asked.key, failed.count, failed.window_started_at, credential.id, credential.organisation_id, credential.name,
    credential.secret_digest, credential.revoked_at, credential.last_used_at
FROM unnest(%(keys)s::text[]) AS asked (key)
    LEFT JOIN accounts_failed_logins AS failed ON failed.key = asked.key
    LEFT JOIN accounts_smtp_credentials AS credential ON credential.username = %(username)s
"""
"""A row for each key: the failures that are counted for it, if any, and the credential, the same in each, if any."""


def authenticate(*, username: str, secret: str, address: str) -> SmtpCredentialValue:
    """Check an SMTP login.

    Args:
        username: as given to AUTH.
        secret: as given to AUTH.
        address: IP of the client.

    Raises:
        AccessDenied: unknown, wrong or revoked: the caller is not told which.
        TemporaryError: too many failures from there or for that name; try later.
    """
    now = clock.now()
    username, secret = storable(username), storable(secret)
    keys = {f"user:{username[:60]}": rules.FAILURES_PER_USERNAME, f"ip:{address}": rules.FAILURES_PER_ADDRESS}
    rows = execute(_LOGIN, {"keys": list(keys), "username": username[:60]}).fetchall()
    for key, count, window_started_at, *_ in rows:
        if count is not None and rules.is_locked(
            count=count, limit=keys[key], window_started_at=window_started_at, now=now
        ):
            raise TemporaryError("Too many failed logins; wait fifteen minutes.")
    credential, organisation, name, digest, revoked_at, last_used_at = rows[0][3:]
    stored = bytes(32) if digest is None else bytes(digest)
    right = rules.same_secret(secret, stored, key=settings.ACUSE_KEYS.credential)
    if credential is None or not right or revoked_at is not None:
        count_failure(tuple(keys))
        raise AccessDenied("Unknown user name or secret.")
    if last_used_at is None or now - last_used_at > _USE_RECORDED_EVERY:
        SmtpCredential.objects.filter(id=credential).update(last_used_at=now)
    return SmtpCredentialValue(id=credential, organisation=organisation, name=name)


def count_failure(keys: tuple[str, ...]) -> None:
    """Count a wrong secret for each key of a lock-out, such as ``ip:192.0.2.7``."""
    now = clock.now()
    for key in sorted(keys):
        with transaction.atomic():
            row, created = FailedLogin.objects.select_for_update().get_or_create(
                key=key, defaults={"count": 1, "window_started_at": now}
            )
            if created:
                continue
            if now - row.window_started_at >= rules.FAILURE_WINDOW:
                row.count, row.window_started_at = 0, now
            row.count += 1
            row.save()


def forget_failures() -> int:
    """Forget the failed logins whose window is over, which lock nobody out any more; return how many."""
    return FailedLogin.objects.filter(window_started_at__lte=clock.now() - rules.FAILURE_WINDOW).delete()[0]
