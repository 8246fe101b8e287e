"""What may be encrypted in a row: by a cipher that whoever opens the database brings along.

Encrypted is what lets anybody write to a reader who is no mailbox: the address of a webhook or chat
room, and the secret that signs what a webhook is sent. Rows from before are read as they are.
"""

from __future__ import annotations

from typing import Protocol

from storage.database.errors import EncryptedElsewhere

MARK = "aesgcm:"
"""How every encrypted text begins; no address does."""

ADDRESS = "subscriber.address"
SECRET = "subscriber.secret"  # noqa: S105 - the name of a column


class Cipher(Protocol):
    """Encrypts texts for a purpose; equal texts become equal ones, so that they can be found."""

    def encrypt(self, purpose: str, text: str) -> str:
        """Return what is stored in a text's place."""

    def decrypt(self, purpose: str, stored: str) -> str:
        """Return the text; raises EncryptedElsewhere, or Damaged."""


class NoCipher:
    """Leaves texts as they are: for databases of trials, and files that are only audited."""

    def encrypt(self, purpose: str, text: str) -> str:  # noqa: ARG002 - as Cipher has it
        """Return the text itself."""
        return text

    def decrypt(self, purpose: str, stored: str) -> str:  # noqa: ARG002
        """Return a text that was never encrypted; raises EncryptedElsewhere."""
        if stored.startswith(MARK):
            raise EncryptedElsewhere("it is encrypted, and no secret is at hand")
        return stored
