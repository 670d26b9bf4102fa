"""Ciphers for what the database holds encrypted only, under keys made from one that lies outside it."""

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def cipher(purpose: str) -> Fernet:
    """Return the cipher of one purpose; what one encrypts, no other decrypts.

    Args:
        purpose: names it, for ever: another name is another key.
    """
    key = HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(settings.ACUSE_KEYS.credential)
    return Fernet(base64.urlsafe_b64encode(key))
