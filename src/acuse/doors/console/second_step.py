"""The second step of signing in: allauth takes it, this keeps its secrets encrypted and its codes from a second use."""

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from acuse.accounts.ciphers import cipher

_SEALED = "fernet:"
_CIPHER = "acuse second step"


class MFAAdapter(DefaultMFAAdapter):
    """Encrypts what codes are made from with a key outside the database: a stolen database makes no code."""

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return _SEALED + cipher(_CIPHER).encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret; one that an older release enrolled is stored as it is."""
        if not encrypted_text.startswith(_SEALED):
            return encrypted_text
        return cipher(_CIPHER).decrypt(encrypted_text.removeprefix(_SEALED)).decode()


class Once:
    """Refuses an authenticator's code that was used before (RFC 6238 section 5.2).

    allauth forgets a code after one period, yet accepts it for as many as the tolerance makes of it: whoever saw it
    typed could use it again.
    """

    def clean_code(self: Any) -> str:
        """Check the code; it counts as used from here on."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not _use(self.user.pk, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(Once, forms.AuthenticateForm):
    """Asked for at sign-in."""


class ReauthenticateForm(Once, forms.ReauthenticateForm):
    """Asked for before a change of how one signs in."""


def _use(user: object, code: str) -> bool:
    """Take note that a code was used; return whether it is the first time while it can be accepted."""
    lasts = (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD
    return cache.add(f"acuse.totp.used:{user}:{normalize_user_code(code)}", True, timeout=lasts)
