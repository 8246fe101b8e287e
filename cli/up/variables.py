"""The settings as environment variables, for the programs that `up` starts."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from pydantic import SecretStr

from services.settings import PREFIX, Settings


def settings_environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the environment variables that would set them."""
    chosen = settings.model_dump(exclude_unset=True)
    chosen["home"] = settings.home
    return {PREFIX + name.upper(): _text(value) for name, value in chosen.items()}


def interface_environment(home: Path) -> dict[str, str]:
    """Return where Prefect's server keeps its interface if it may not write beside its sources.

    It copies the interface at its first start. Under a unit that confines it, or in a checkout of
    another user, it would go on without one.
    """
    found = find_spec("prefect")
    if found is None or not found.origin:
        return {}
    if os.access(Path(found.origin).parent / "server", os.W_OK):
        return {}
    kept = home.absolute() / "prefect" / "interface"
    return {"PREFECT_SERVER_UI_STATIC_DIRECTORY": str(kept)}


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)
