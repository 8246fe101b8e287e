"""The settings as environment variables, for the programs that `up` starts."""

from __future__ import annotations

from pydantic import SecretStr

from services.settings import PREFIX, Settings


def settings_environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the environment variables that would set them."""
    chosen = settings.model_dump(exclude_unset=True)
    chosen["home"] = settings.home
    return {PREFIX + name.upper(): _text(value) for name, value in chosen.items()}


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)
