"""Reads of accounts. Doors obtain anything of an organisation only through `access_organisation`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from acuse.accounts.models import Membership, Organisation, SenderIdentity, SmtpCredential, User
from acuse.accounts.rules import MANAGES, SENDS
from acuse.accounts.values import Defaults
from acuse.errors import AccessDenied
from acuse.evidence.statements import execute


@dataclass(frozen=True, kw_only=True)
class OrganisationView:
    """An organisation as its members and its documents see it; what the defaults mean stands at its model."""

    id: UUID
    name: str
    slug: str
    tax_id: str
    language: str
    time_zone: str
    seal_level: str
    certificate_by_email: bool
    mode: str
    notice_access: str
    term_days: int
    retention_years: int
    tracking: bool
    footer: bool
    hold_suppressed: bool


@dataclass(frozen=True, kw_only=True)
class Access:
    """A proven right to look into one organisation; every lower query takes it.

    Args:
        user: who signed in; of a program that came with an API key, the key.
        member: the membership; of an API key, the key.
        role: of the member; of an API key `rules.INTEGRATOR`, which neither manages nor sends.
    """

    user: UUID
    member: UUID
    role: str
    organisation: UUID
    view: OrganisationView

    @property
    def manages(self) -> bool:
        """Whether the member may change settings."""
        return self.role in MANAGES

    @property
    def sends(self) -> bool:
        """Whether the member may act on communications."""
        return self.role in SENDS

    def require_manager(self) -> None:
        """Raise AccessDenied unless the member may change settings."""
        if not self.manages:
            raise AccessDenied("Only an owner or an administrator may change this.")

    def require_sender(self) -> None:
        """Raise AccessDenied unless the member may act on communications."""
        if not self.sends:
            raise AccessDenied("Auditors read only: an owner, administrator or agent may do this.")


@dataclass(frozen=True, kw_only=True)
class InstallationAccess:
    """The operator's proven right to look at what is no organisation's."""

    user: UUID


@dataclass(frozen=True, kw_only=True)
class CredentialView:
    """An SMTP credential, without its secret; what its defaults mean stands at its model."""

    id: UUID
    name: str
    username: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    mode: str
    notice_access: str
    language: str
    retention_years: int
    tracking: bool | None
    footer: bool | None


_SHOWN = tuple(field.name for field in fields(OrganisationView))
_ORGANISATION = """
SELECT id, name, slug, tax_id, language, time_zone, seal_level, certificate_by_email, mode, notice_access, term_days,
    retention_years, tracking, footer, hold_suppressed
FROM accounts_organisations WHERE id = %(id)s
"""
_DEFAULTS = """
SELECT credential.id, coalesce(nullif(credential.mode, ''), organisation.mode),
    coalesce(nullif(credential.notice_access, ''), organisation.notice_access),
    coalesce(nullif(credential.language, ''), organisation.language),
    coalesce(nullif(credential.retention_years, 0), organisation.retention_years), organisation.term_days,
    coalesce(credential.tracking, organisation.tracking), coalesce(credential.footer, organisation.footer)
FROM accounts_smtp_credentials AS credential
    JOIN accounts_organisations AS organisation ON organisation.id = credential.organisation_id
WHERE credential.id = ANY(%(ids)s::uuid[]) AND credential.revoked_at IS NULL
"""


def _view(organisation: Organisation) -> OrganisationView:
    return OrganisationView(**{name: getattr(organisation, name) for name in _SHOWN})


def access_organisation(*, user: User, slug: str) -> Access:
    """Return the access of `user` to the organisation called `slug`.

    Raises:
        AccessDenied: no such organisation, or the user is not its member: the caller is not told which.
    """
    membership = (
        Membership.objects.select_related("organisation")
        .filter(user_id=user.pk, organisation__slug=slug, user__is_active=True, deactivated_at=None)
        .first()
    )
    if membership is None:
        raise AccessDenied("There is no such organisation among yours.")
    return Access(
        user=membership.user_id,
        member=membership.id,
        role=membership.role,
        organisation=membership.organisation_id,
        view=_view(membership.organisation),
    )


def access_installation(*, user: User) -> InstallationAccess:
    """Return the operator's access to what is no organisation's.

    Raises:
        AccessDenied: the user is not the operator.
    """
    if not (user.is_active and user.is_staff):
        raise AccessDenied("Only the operator of this installation may see this.")
    return InstallationAccess(user=user.pk)


def organisations_of(*, user: User) -> list[OrganisationView]:
    """Return the organisations of which `user` is a member, by name."""
    rows = Organisation.objects.filter(
        memberships__user_id=user.pk, memberships__deactivated_at=None, memberships__user__is_active=True
    ).order_by("name")
    return [_view(row) for row in rows]


def organisation_view(organisation: UUID) -> OrganisationView:
    """Return an organisation by id, for components that act on facts rather than for a member.

    Raises:
        Organisation.DoesNotExist: there is none.
    """
    row = execute(_ORGANISATION, {"id": organisation}).fetchone()
    if row is None:
        raise Organisation.DoesNotExist
    return OrganisationView(**dict(zip(_SHOWN, row, strict=True)))


def organisation_exists(organisation: UUID) -> bool:
    """Tell whether there is such an organisation."""
    return Organisation.objects.filter(id=organisation).exists()


def active_members(access: Access) -> dict[UUID, str]:
    """Return the names of the members who can act for the organisation, by membership, in the order of the names."""
    rows = _acting(access.organisation).values_list("id", "user__name", "user__email")
    named = {identity: name or email for identity, name, email in rows}
    return dict(sorted(named.items(), key=lambda item: item[1].lower()))


def acting_member(organisation: UUID, member: UUID | None) -> UUID | None:
    """Return a member who can act for the organisation, as asked for; None where they cannot, or there is none."""
    return _acting(organisation).filter(id=member).values_list("id", flat=True).first() if member else None


def _acting(organisation: UUID) -> "QuerySet[Membership]":
    return Membership.objects.filter(
        organisation_id=organisation, deactivated_at=None, user__is_active=True, role__in=SENDS
    )


def oldest_manager(organisation: UUID) -> UUID | None:
    """Return the member who has been an administrator for longest, else the oldest owner; None where there is none."""
    rows = _acting(organisation).filter(role__in=MANAGES)
    ordered = sorted(rows.values_list("role", "id"), key=lambda row: (row[0] != "administrator", row[1]))
    return ordered[0][1] if ordered else None


def ask_defaults(credentials: Sequence[UUID]) -> Callable[[], dict[UUID, Defaults]]:
    """Ask how messages of each credential are handled where they say nothing, once for every submission.

    Returns:
        What reads the answer, so that other statements may be sent meanwhile (`acuse.evidence.statements`). It raises
        AccessDenied where one of them was revoked, perhaps after the connection logged in.
    """
    found = execute(_DEFAULTS, {"ids": list(credentials)})

    def defaults() -> dict[UUID, Defaults]:
        given = {
            identity: Defaults(
                mode=mode,
                access=access,
                language=language,
                retention_years=years,
                term=timedelta(days=days),
                tracking=tracking,
                footer=footer,
            )
            for identity, mode, access, language, years, days, tracking, footer in found.fetchall()
        }
        if not given.keys() >= set(credentials):
            raise AccessDenied("This credential was revoked.")
        return given

    return defaults


def credentials(access: Access) -> list[CredentialView]:
    """Return the organisation's SMTP credentials, the newest first."""
    rows = SmtpCredential.objects.filter(organisation_id=access.organisation).order_by("-created_at")
    return [
        CredentialView(
            id=row.id,
            name=row.name,
            username=row.username,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
            mode=row.mode,
            notice_access=row.notice_access,
            language=row.language,
            retention_years=row.retention_years,
            tracking=row.tracking,
            footer=row.footer,
        )
        for row in rows
    ]


def sender_patterns(organisation: UUID) -> frozenset[str]:
    """Return the addresses and `@domains` as which the organisation may send."""
    return frozenset(SenderIdentity.objects.filter(organisation_id=organisation).values_list("pattern", flat=True))
