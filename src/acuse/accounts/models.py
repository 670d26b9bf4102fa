"""Users, organisations, memberships, SMTP credentials and API keys.

A secret is kept only as a keyed digest; the key lies outside the database, so a stolen database opens nothing.
"""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from acuse.accounts.rules import normalise_address

_LANGUAGES = (("es", "Español"), ("en", "English"))
_MODES = (("content", "Content"), ("notice", "Notice"))
_ACCESSES = (("button", "Button"), ("otp", "Code by e-mail"))


class UserManager(BaseUserManager["User"]):
    """Makes users, who log in with their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create a user; without a password they can only log in after setting one."""
        user = self.model(email=normalise_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create the operator's own user."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True, max_length=254)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=5, choices=_LANGUAGES, default="es")
    time_zone = models.CharField(max_length=64, default="Europe/Madrid")
    single_keys = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        db_table = "accounts_users"

    def __str__(self) -> str:
        return self.name or self.email


class Organisation(models.Model):
    """A tenant: a company whose communications are certified.

    `mode`, `notice_access`, `term_days` (how long content waits in notice mode) and `retention_years` (0: as long as
    the installation keeps everything), `tracking` and `footer` hold for messages that say nothing. `hold_suppressed`:
    messages to addresses that came back for good, or complained, are held back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=40, unique=True)
    tax_id = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=5, choices=_LANGUAGES, default="es")
    time_zone = models.CharField(max_length=64, default="Europe/Madrid")
    seal_level = models.CharField(
        max_length=5, choices=(("B-LTA", "B-LTA"), ("B-T", "B-T"), ("B-B", "B-B")), default="B-LTA"
    )
    certificate_by_email = models.BooleanField(default=False)
    mode = models.CharField(max_length=8, choices=_MODES, db_default="content")
    notice_access = models.CharField(max_length=8, choices=_ACCESSES, db_default="button")
    term_days = models.SmallIntegerField(db_default=30)
    retention_years = models.SmallIntegerField(db_default=0)
    tracking = models.BooleanField(db_default=False)
    footer = models.BooleanField(db_default=False)
    hold_suppressed = models.BooleanField(db_default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_organisations"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's role in an organisation."""

    class Role(models.TextChoices):
        """What a member may do; see product.md."""

        OWNER = "owner"
        ADMINISTRATOR = "administrator"
        AGENT = "agent"
        AUDITOR = "auditor"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    deactivated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_memberships"
        constraints = (models.UniqueConstraint(fields=("user", "organisation"), name="one_role_per_organisation"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.organisation_id}"


class Invitation(models.Model):
    """An offer to join an organisation, taken up once by whoever holds its link; the link is kept only as a digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, null=True, related_name="+")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=Membership.Role.choices)
    token_digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_invitations"

    def __str__(self) -> str:
        return f"{self.email} {self.role}"


class SmtpCredential(models.Model):
    """A name and secret with which a program submits mail for its organisation.

    `mode`, `notice_access`, `language`, `retention_years`, `tracking` and `footer` go before the organisation's for
    what this program submits; empty, 0 and None leave them as they are.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="credentials")
    name = models.CharField(max_length=60)
    username = models.CharField(max_length=60, unique=True)
    secret_digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    mode = models.CharField(max_length=8, choices=_MODES, blank=True, db_default="")
    notice_access = models.CharField(max_length=8, choices=_ACCESSES, blank=True, db_default="")
    language = models.CharField(max_length=5, choices=_LANGUAGES, blank=True, db_default="")
    retention_years = models.SmallIntegerField(db_default=0)
    tracking = models.BooleanField(null=True)
    footer = models.BooleanField(null=True)

    class Meta:
        db_table = "accounts_smtp_credentials"
        constraints = (models.UniqueConstraint(fields=("organisation", "name"), name="one_credential_per_name"),)

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key with which a program reads through the API.

    `window_started_at` begins the minute in which `calls` are counted. It is shown as the last use, true to a minute.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=14, unique=True)
    secret_digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=32))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    window_started_at = models.DateTimeField(null=True)
    calls = models.IntegerField(default=0)

    class Meta:
        db_table = "accounts_api_keys"
        constraints = (
            # A revoked key leaves its name to the one that takes its place.
            models.UniqueConstraint(
                fields=("organisation", "name"),
                name="one_api_key_per_name",
                condition=models.Q(revoked_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.name


class SenderIdentity(models.Model):
    """An address, or a whole domain written `@domain`, as which an organisation may send."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="identities")
    pattern = models.CharField(max_length=254)

    class Meta:
        db_table = "accounts_sender_identities"
        constraints = (models.UniqueConstraint(fields=("organisation", "pattern"), name="one_identity_per_pattern"),)

    def __str__(self) -> str:
        return self.pattern


class FailedLogin(models.Model):
    """Wrong secrets of one username or address within the current window; the source of lock-outs."""

    key = models.CharField(primary_key=True, max_length=120)
    count = models.IntegerField()
    window_started_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_failed_logins"
