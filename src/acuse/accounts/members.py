"""Members of an organisation: who they are, inviting them by a link, their roles, and taking access away.

Every change records its fact in the same transaction. Facts name members and invitations by identifier, never by
address: they are for ever.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from acuse import clock
from acuse.accounts import rules
from acuse.accounts.models import Invitation, Membership, Organisation, User
from acuse.accounts.queries import Access
from acuse.errors import AccessDenied, ConflictError, InputError
from acuse.evidence.ledger import FactDraft, record
from acuse.proof.facts.fact import Actor
from acuse.texts import storable


@dataclass(frozen=True, kw_only=True)
class MemberView:
    """A member as colleagues see them."""

    id: UUID
    name: str
    email: str
    role: str
    deactivated_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class InvitationView:
    """An open invitation, without its link.

    Args:
        known: there is already a user with that address, who signs in to join.
    """

    id: UUID
    organisation: str
    slug: str
    email: str
    role: str
    created_at: datetime
    expires_at: datetime
    known: bool


def members(access: Access) -> list[MemberView]:
    """Return the organisation's members, those with access first, by address."""
    rows = Membership.objects.select_related("user").filter(organisation_id=access.organisation)
    views = [
        MemberView(
            id=row.id, name=row.user.name, email=row.user.email, role=row.role, deactivated_at=row.deactivated_at
        )
        for row in rows
    ]
    return sorted(views, key=lambda one: (one.deactivated_at is not None, one.email))


def invitations(access: Access) -> list[InvitationView]:
    """Return the organisation's invitations that can still be taken up, the newest first."""
    rows = Invitation.objects.select_related("organisation").filter(
        organisation_id=access.organisation, closed_at=None, expires_at__gt=clock.now()
    )
    return [_view(row) for row in rows.order_by("-created_at")]


def find_invitation(token: str) -> InvitationView | None:
    """Return the open invitation of a link; None where it is unknown, taken up, withdrawn or too old."""
    row = Invitation.objects.select_related("organisation").filter(token_digest=_digest(token)).first()
    return None if row is None or not _is_open(row) else _view(row)


def invite(*, access: Access, email: str, role: str) -> tuple[InvitationView, str]:
    """Invite somebody; an earlier open invitation of the same address is withdrawn.

    Args:
        access: of an owner or administrator; only an owner invites an owner.
        email: with which the person will sign in.
        role: one of the roles.

    Returns:
        The invitation and the secret of its link, which is shown this once and kept only as a keyed digest.

    Raises:
        AccessDenied: the member may not.
        InputError: that is no address or no role.
        ConflictError: that person is a member already.
    """
    rules.check_role(role)
    address = rules.check_email(email)
    token, now = rules.new_secret(), clock.now()
    with transaction.atomic():
        _require_grant(_managing(access), role)
        memberships = Membership.objects.filter(organisation_id=access.organisation, user__email=address)
        if memberships.exists():
            raise ConflictError("That person is a member already; change the role in the list.")
        for earlier in Invitation.objects.filter(organisation_id=access.organisation, email=address, closed_at=None):
            _withdraw(access, earlier)
        row = Invitation.objects.create(
            organisation_id=access.organisation,
            invited_by_id=access.member,
            email=address,
            role=role,
            token_digest=_digest(token),
            created_at=now,
            expires_at=now + rules.INVITATION_LIFE,
        )
        _record(access.organisation, "member.invited", _actor(access), invitation=str(row.id), role=role)
    return _view(row), token


def withdraw_invitation(*, access: Access, invitation: UUID) -> None:
    """Withdraw an invitation; one that is taken up or withdrawn stays as it is.

    Raises:
        AccessDenied: the member may not.
        InputError: the organisation has no such invitation.
    """
    with transaction.atomic():
        _managing(access)
        row = Invitation.objects.filter(id=invitation, organisation_id=access.organisation).first()
        if row is None:
            raise InputError("There is no such invitation.")
        if row.closed_at is None:
            _withdraw(access, row)


def accept_as_new(*, token: str, name: str, password: str, language: str) -> None:
    """Create the user whom an invitation names and make them a member.

    Args:
        token: secret of the link.
        name: shown to colleagues, up to 120 characters.
        password: already found good enough.
        language: "es" or "en".

    Raises:
        InputError: the link can no longer be used, or that person has to sign in instead.
    """
    with transaction.atomic():
        row = _take(token)
        try:
            with transaction.atomic():
                user = User.objects.create_user(row.email, password, name=name.strip()[:120], language=language)
        except IntegrityError as error:
            raise InputError("There is already a user with that address: sign in to join.") from error
        _join(row, user)


def accept_as(*, token: str, user: User) -> None:
    """Make a signed-in user a member by an invitation.

    Raises:
        InputError: the link can no longer be used, or invites somebody else.
    """
    with transaction.atomic():
        row = _take(token)
        if row.email != user.email:
            raise InputError("This invitation is for another address than the one you signed in with.")
        _join(row, user)


def change_role(*, access: Access, member: UUID, role: str) -> None:
    """Give a member another role; the same role changes nothing. Their open invitations that it does not allow end.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such member or role.
        ConflictError: nobody would be left to manage the organisation.
    """
    rules.check_role(role)
    with transaction.atomic():
        current = _managing(access)
        row = _managed(current, member)
        _require_grant(current, role)
        before = row.role
        if before == role:
            return
        if role != "owner":
            _keep_somebody(row, still_manages=role in rules.MANAGES)
        row.role = role
        row.save(update_fields=["role"])
        _record(
            access.organisation, "member.role_changed", _actor(access), member=str(row.id), before=before, after=role
        )
        _withdraw_beyond(access, row, role)


def deactivate(*, access: Access, member: UUID) -> None:
    """Take a member's access away from their next request on, and their open invitations; what they did stays.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such member.
        ConflictError: nobody would be left to manage the organisation.
    """
    with transaction.atomic():
        row = _managed(_managing(access), member)
        if row.deactivated_at is not None:
            return
        _keep_somebody(row, still_manages=False)
        row.deactivated_at = clock.now()
        row.save(update_fields=["deactivated_at"])
        _record(access.organisation, "member.deactivated", _actor(access), member=str(row.id), role=row.role)
        _withdraw_beyond(access, row, "")


def reactivate(*, access: Access, member: UUID) -> None:
    """Give a deactivated member access again, in the same role.

    Raises:
        AccessDenied: the member may not.
        InputError: there is no such member.
    """
    with transaction.atomic():
        row = _managed(_managing(access), member)
        if row.deactivated_at is None:
            return
        row.deactivated_at = None
        row.save(update_fields=["deactivated_at"])
        _record(access.organisation, "member.reactivated", _actor(access), member=str(row.id), role=row.role)


def _digest(token: str) -> bytes:
    # The key serves SMTP secrets too: the prefix keeps the two kinds of digest apart.
    return rules.secret_digest(f"invitation {storable(token)}", key=settings.ACUSE_KEYS.credential)


def _is_open(row: Invitation) -> bool:
    return row.closed_at is None and clock.now() < row.expires_at


def _view(row: Invitation) -> InvitationView:
    return InvitationView(
        id=row.id,
        organisation=row.organisation.name,
        slug=row.organisation.slug,
        email=row.email,
        role=row.role,
        created_at=row.created_at,
        expires_at=row.expires_at,
        known=User.objects.filter(email=row.email).exists(),
    )


def _actor(access: Access) -> Actor:
    return Actor(kind="member", id=str(access.member))


def _record(organisation: UUID, type: str, actor: Actor, **details: object) -> None:
    record(
        FactDraft(
            organisation=organisation,
            subject_kind="organisation",
            subject_id=organisation,
            type=type,
            actor=actor,
            details=details,
        )
    )


def _lock(organisation: UUID) -> None:
    """Let changes of one organisation's members take turns, so that two cannot remove each other at once."""
    Organisation.objects.select_for_update().get(id=organisation)


def _managing(access: Access) -> Access:
    """Lock the organisation and return the caller's access as it is now: it may have been changed meanwhile."""
    _lock(access.organisation)
    role = Membership.objects.filter(id=access.member, deactivated_at=None).values_list("role", flat=True).first()
    current = replace(access, role=role or "")
    current.require_manager()
    return current


def _require_grant(access: Access, role: str) -> None:
    if not rules.may_grant(access.role, role=role):
        raise AccessDenied("Only an owner may make, change or remove an owner.")


def _managed(access: Access, member: UUID) -> Membership:
    """Return a member whom the caller may change."""
    row = Membership.objects.filter(id=member, organisation_id=access.organisation).first()
    if row is None:
        raise InputError("There is no such member.")
    _require_grant(access, row.role)
    return row


def _keep_somebody(row: Membership, *, still_manages: bool) -> None:
    """Refuse to leave the organisation without an owner, where it has one, or without anybody who manages it."""
    if row.deactivated_at is not None:
        return
    others = Membership.objects.filter(organisation_id=row.organisation_id, deactivated_at=None).exclude(id=row.id)
    if row.role == "owner" and not others.filter(role="owner").exists():
        raise ConflictError("An organisation keeps at least one owner: make somebody else an owner first.")
    if row.role in rules.MANAGES and not still_manages and not others.filter(role__in=rules.MANAGES).exists():
        raise ConflictError("An organisation keeps at least one administrator: make somebody else one first.")


def _withdraw(access: Access, row: Invitation) -> None:
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    _record(access.organisation, "member.invitation_withdrawn", _actor(access), invitation=str(row.id))


def _withdraw_beyond(access: Access, inviter: Membership, role: str) -> None:
    """Withdraw the open invitations that a member could not make in a role, "" being none.

    Else they could come back, or stay what they were, by a link which they made for an address of their own.
    """
    made = Invitation.objects.filter(invited_by=inviter, closed_at=None, expires_at__gt=clock.now())
    for row in made:
        if not rules.may_grant(role, role=row.role):
            _withdraw(access, row)


def _take(token: str) -> Invitation:
    """Lock the organisation and close the invitation of a link: of two who use it at once, the second finds it closed.

    Everything that changes an invitation locks its organisation first, so that none waits for the other.
    """
    row = Invitation.objects.filter(token_digest=_digest(token)).first()
    if row is not None:
        _lock(row.organisation_id)
        row.refresh_from_db()
    if row is None or not _is_open(row):
        raise InputError("This invitation can no longer be used: ask for another.")
    row.closed_at = clock.now()
    row.save(update_fields=["closed_at"])
    return row


def _join(row: Invitation, user: User) -> None:
    membership, created = Membership.objects.get_or_create(
        user=user, organisation_id=row.organisation_id, defaults={"role": row.role}
    )
    if not created:
        raise InputError("You are a member already.")
    actor = Actor(kind="member", id=str(membership.id))
    _record(
        row.organisation_id,
        "member.added",
        actor,
        member=str(membership.id),
        role=row.role,
        invitation=str(row.id),
    )
