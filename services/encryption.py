"""Encrypt what is secret of readers with the home's secret: AES-256-GCM, its keys by HKDF."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from functools import cached_property

from services.home_secret import home_secret
from services.settings import Settings
from storage.database.encryption import MARK
from storage.database.errors import Damaged, EncryptedElsewhere

OF_ANOTHER_HOME = (
    "REPORTWATCH_SECRET is not what it was when they were encrypted: set it as it was, or put the "
    "file `secret` of that home back"
)
_NONCE = 12
_NAME = 4


@dataclass(frozen=True)
class _Keys:
    text: bytes
    nonce: bytes
    name: bytes  # tells which secret a text was encrypted with, and nothing of it


class HomeCipher:
    """Encrypts with keys of the home's secret, which is asked for when there is something to do.

    A text's nonce is a digest of the text under a key of its own: equal texts become equal ones, by
    which a row is found, and no nonce serves two texts. What is stored is the mark, the name of the
    key, and nonce, text and tag in base64.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def encrypt(self, purpose: str, text: str) -> str:
        """Return a text as it is stored."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        keys, plain = self._keys, text.encode()
        nonce = hmac.digest(keys.nonce, f"{purpose}:".encode() + plain, "sha256")[:_NONCE]
        sealed = nonce + AESGCM(keys.text).encrypt(nonce, plain, purpose.encode())
        return f"{MARK}{keys.name.hex()}:{base64.urlsafe_b64encode(sealed).decode()}"

    def decrypt(self, purpose: str, stored: str) -> str:
        """Return a text that is stored; one from before there was encryption as it is.

        Raises EncryptedElsewhere, or Damaged.
        """
        if not stored.startswith(MARK):
            return stored
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        keys = self._keys
        name, _, sealed = stored.removeprefix(MARK).partition(":")
        if name != keys.name.hex():
            raise EncryptedElsewhere(f"the address of a webhook or chat room: {OF_ANOTHER_HOME}")
        try:
            raw = base64.b64decode(sealed, altchars=b"-_", validate=True)
            opened = AESGCM(keys.text).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError, binascii.Error):
            raise Damaged(f"{purpose} of a webhook or chat room is not what was stored") from None
        return opened.decode()

    @cached_property
    def _keys(self) -> _Keys:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(
            algorithm=SHA256(), length=64 + _NAME, salt=None, info=b"reportwatch readers 1"
        ).derive(home_secret(self._settings).encode())
        return _Keys(derived[:32], derived[32:64], derived[64:])
