"""The settings that several machines with one database must have alike, and the one check of it.

`reportwatch deploy` writes them into the database, and nothing else does. As long as it was never
run, nothing is agreed and nothing refused: one machine has one set of settings anyhow.
"""

from __future__ import annotations

import hmac
import os

from services.assembly import Parts
from services.home_secret import home_secret
from services.settings import PREFIX, BadSetting, Settings

AGREED = (
    "public_url",  # links in mails
    "mail_from",  # its domain is in Message-IDs: a mail tried again elsewhere would come twice
    "operator",  # an alarm's mail, and whom readers are told to write to
    "gone_checks",  # what counts as removed
    "gone_hours",
    "mass_change",  # whether changes are told one by one
    "fresh_hours",  # one machine would raise an alarm and the next clear it
    "keep_days",  # what is pruned is gone, and the fewest days would win
    "via",  # pages of a mirror are not the publisher's
    "robots_unreachable",  # which pages are read at all
    "daily_requests",  # a host's budget of the day is counted by all together
    "daily_megabytes",
)
"""Settings that are kept as they are, each with what would come of two values of it."""

SECRET = "secret"  # noqa: S105 - a setting's name
"""Kept as a digest: links and encrypted addresses are those of one secret."""

DATABASE_ID = "REPORTWATCH_DATABASE_ID"
"""The variable by which a run that was deployed knows its database: that one's `installation`."""

NOT_SET = "not set"


class SettingsDiffer(BadSetting):
    """Settings that are not those of the other machines: nothing is written with them."""


def require_agreed(parts: Parts) -> None:
    """Raise SettingsDiffer if this program may not write to this database with its settings."""
    _require_database(parts)
    faults = differences(parts)
    if faults:
        raise SettingsDiffer(
            f"settings differ from those agreed for this database: {'; '.join(faults)}. Set them "
            "alike on every machine; if those here are the right ones, run "
            "`reportwatch deploy --accept-settings`"
        )


def differences(parts: Parts) -> list[str]:
    """Return in words which settings are not as agreed; none if nothing was agreed."""
    with parts.store.read() as unit:
        agreed = unit.agreed_settings.all()
        if not agreed:
            return []
        identity = str(unit.installation.uuid)
    ours = in_effect(parts.settings, identity)
    return [
        _difference(name, value, agreed[name])
        for name, value in ours.items()
        if name in agreed and not hmac.compare_digest(value.encode(), agreed[name].encode())
    ]


def is_agreed(parts: Parts) -> bool:
    """Return whether settings were agreed for this database: `deploy` was run for it."""
    with parts.store.read() as unit:
        return bool(unit.agreed_settings.all())


def agree(parts: Parts) -> None:
    """Write this program's settings down as those that every machine must have."""
    with parts.store.write() as unit:
        identity = str(unit.installation.uuid)
        unit.agreed_settings.replace(in_effect(parts.settings, identity))
        unit.commit()


def in_effect(settings: Settings, identity: str) -> dict[str, str]:
    """Return the settings that must agree by name: as they are, and of the secret a digest."""
    digest = hmac.new(home_secret(settings).encode(), f"agreed:{identity}".encode(), "sha256")
    return {**readable(settings), SECRET: digest.hexdigest()}


def readable(settings: Settings) -> dict[str, str]:
    """Return the settings that must agree and are no secret, as variables would hold them."""
    values = {name: getattr(settings, name) for name in AGREED}
    return {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in values.items()
    }


def _difference(name: str, here: str, agreed: str) -> str:
    variable = PREFIX + name.upper()
    if name == SECRET:
        return f"{variable} is another here than the one of the other machines"
    return f"{variable} is {here or NOT_SET} here, {agreed or NOT_SET} in the database"


def _require_database(parts: Parts) -> None:
    wanted = os.environ.get(DATABASE_ID, "")
    if not wanted:
        return
    with parts.store.read() as unit:
        found = str(unit.installation.uuid)
    if found != wanted:
        raise SettingsDiffer(
            f"this is another database ({found}) than the one that was deployed from ({wanted}): "
            f"set {PREFIX}DATABASE_URL in the environment of this worker"
        )
