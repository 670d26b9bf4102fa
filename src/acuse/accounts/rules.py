"""Pure rules: roles, sender identities, secrets and lock-outs."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from acuse.errors import InputError
from acuse.mail.choices import MOST_YEARS
from acuse.mail.mailboxes import lowered

ROLES = ("owner", "administrator", "agent", "auditor")
MANAGES = frozenset({"owner", "administrator"})
SENDS = frozenset({"owner", "administrator", "agent"})

#: Wrong secrets allowed per username and per address before the lock-out, and how long the window lasts.
FAILURES_PER_USERNAME = 10
FAILURES_PER_ADDRESS = 50
FAILURE_WINDOW = timedelta(minutes=15)

#: What an API key may be given, each in turn; what it is not given it may not do.
SCOPES = ("communications:read", "content:read", "evidence:read", "cases:read", "cases:write", "verify")
#: The role of whoever comes with an API key: neither manages nor sends.
INTEGRATOR = "integrator"
#: Over how long the calls of an API key are counted.
CALLS_WINDOW = timedelta(minutes=1)

#: Most days that content may wait for its recipient.
MOST_TERM_DAYS = 365

#: How long the link of an invitation can be taken up.
INVITATION_LIFE = timedelta(days=7)

_SECRET_BYTES = 20  # 160 bits: guessing is hopeless, so no password KDF is needed in the SMTP path
_PREFIX_BYTES = 5
_API_KEY = re.compile(r"(acuse_[a-z2-7]{8})_[a-z2-7]{32}", re.ASCII)
_DOMAIN = re.compile(r"@[a-z0-9\u0080-\U0010ffff](?:[a-z0-9.\-\u0080-\U0010ffff]{0,251})", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,253}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def new_secret() -> str:
    """Return a new 160-bit secret as 32 lower-case base32 characters."""
    return _random(_SECRET_BYTES)


def _random(size: int) -> str:
    return base64.b32encode(secrets.token_bytes(size)).decode().lower()


def new_api_key() -> tuple[str, str]:
    """Return the prefix of a new API key, by which it is recognised, and the key: the prefix and a 160-bit secret."""
    prefix = f"acuse_{_random(_PREFIX_BYTES)}"
    return prefix, f"{prefix}_{new_secret()}"


def api_key_prefix(key: str) -> str | None:
    """Return what an API key is recognised by, such as `acuse_k7m2p9qx`; None where it has not the form of one."""
    match = _API_KEY.fullmatch(key)
    return match[1] if match else None


def secret_digest(secret: str, *, key: bytes) -> bytes:
    """Return the keyed SHA-256 under which a secret is stored (32 bytes)."""
    return hmac.new(key, secret.encode(), hashlib.sha256).digest()


def same_secret(secret: str, digest: bytes, *, key: bytes) -> bool:
    """Tell, in constant time, whether `secret` is the one stored as `digest`."""
    return hmac.compare_digest(secret_digest(secret, key=key), digest)


def is_locked(*, count: int, limit: int, window_started_at: datetime, now: datetime) -> bool:
    """Tell whether so many failures within the window lock a username or address out."""
    return count >= limit and now - window_started_at < FAILURE_WINDOW


def may_grant(granter: str, *, role: str) -> bool:
    """Tell whether somebody in the role `granter` may give, change or take the role `role`: owners, only owners."""
    return granter in MANAGES and (role != "owner" or granter == "owner")


def normalise_address(address: str) -> str:
    """Return `address` in the form in which identities are compared: case is ignored throughout.

    No letter becomes another on the way, as U+212A (KELVIN SIGN) would become k, and no blank but a typed one goes.
    """
    return lowered(address.strip(" \t\r\n"))


def may_send_as(address: str, patterns: frozenset[str]) -> bool:
    """Tell whether `address` is one of the listed addresses or in one of the listed domains (`@domain`)."""
    normal = normalise_address(address)
    local, _, domain = normal.rpartition("@")
    # Without a local part it is no address, though it may look like a pattern itself.
    return bool(local) and (normal in patterns or f"@{domain}" in patterns)


def check_pattern(pattern: str) -> str:
    """Return the normal form of a sender identity.

    Raises:
        InputError: it is neither an address nor `@domain`.
    """
    normal = normalise_address(pattern)
    if len(normal) <= 254 and (_DOMAIN.fullmatch(normal) or _ADDRESS.fullmatch(normal)):
        return normal
    raise InputError("Write an address such as avisos@empresa.example, or a whole domain such as @empresa.example.")


def check_slug(slug: str) -> str:
    """Return `slug` if it can stand in an address of the console.

    Raises:
        InputError: it cannot.
    """
    if _SLUG.fullmatch(slug):
        return slug
    raise InputError("The short name takes 1 to 40 lower-case letters, digits and hyphens.")


def check_role(role: str) -> str:
    """Return `role` if there is such a role.

    Raises:
        InputError: there is none.
    """
    if role in ROLES:
        return role
    raise InputError("There is no role %(role)r; choose one of %(roles)s.", role=role, roles=", ".join(ROLES))


def check_email(email: str) -> str:
    """Return the normal form of the address with which somebody logs in.

    Raises:
        InputError: it is no address.
    """
    normal = normalise_address(email)
    if len(normal) <= 254 and _ADDRESS.fullmatch(normal):
        return normal
    raise InputError("Write an e-mail address such as marta@empresa.example.")


def check_credential_name(name: str) -> str:
    """Return the name of a credential without the blanks around it.

    Raises:
        InputError: it is empty or too long.
    """
    if 1 <= len(name.strip()) <= 60:
        return name.strip()
    raise InputError("Give the credential a name of 1 to 60 characters, such as the program that will use it.")


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """Return the scopes of an API key, each once, in the order of ``SCOPES``.

    Raises:
        InputError: there is none, or one is unknown.
    """
    given = set(scopes)
    if not given or not given <= set(SCOPES):
        raise InputError("Choose what the key may do.")
    return [scope for scope in SCOPES if scope in given]


def check_name(name: object) -> str:
    """Return the name of an organisation without the blanks around it.

    Raises:
        InputError: it is empty or too long.
    """
    if isinstance(name, str) and 1 <= len(name.strip()) <= 120:
        return name.strip()
    raise InputError("The name of an organisation takes 1 to 120 characters.")


def check_tax_id(tax_id: object) -> str:
    """Return the tax number of an organisation without the blanks around it; it may be empty.

    Raises:
        InputError: it is too long.
    """
    if isinstance(tax_id, str) and len(tax_id.strip()) <= 20:
        return tax_id.strip()
    raise InputError("A tax number takes up to 20 characters.")


def check_term_days(days: object) -> int:
    """Return how long content waits for its recipient in notice mode.

    Raises:
        InputError: it is not a number of days from 1 to 365.
    """
    if isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= MOST_TERM_DAYS:
        return days
    raise InputError("The term takes 1 to %(most)s days.", most=MOST_TERM_DAYS)


def check_retention_years(years: object, *, least: int) -> int:
    """Return how long content and evidence are kept; 0 stands for as long as everything is.

    Args:
        years: as given.
        least: years for which the installation keeps everything.

    Raises:
        InputError: it is less than that, or more than `MOST_YEARS`.
    """
    if isinstance(years, int) and not isinstance(years, bool) and (years == 0 or least <= years <= MOST_YEARS):
        return years
    raise InputError("Retention takes %(least)s to %(most)s years.", least=least, most=MOST_YEARS)
