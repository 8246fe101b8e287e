"""The home's secret: what signs our links, and what encrypts the addresses of webhooks."""

from __future__ import annotations

import secrets

from services.settings import Settings
from storage.database.locks import exclusively


def home_secret(settings: Settings) -> str:
    """Return the secret: set, or made at first use and kept in the home folder."""
    if settings.secret:
        return settings.secret.get_secret_value()
    file = settings.home / "secret"
    with exclusively(settings.home / "locks" / "secret.lock"):
        if not (file.exists() and file.read_text()):
            fresh = file.with_suffix(".fresh")  # renamed when whole: a kill leaves no empty secret
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32))
            fresh.replace(file)
    return file.read_text()
