"""What is in force: settings and where each comes from, figures of storage, versions."""

from __future__ import annotations

import os
import platform
import re
import sys
import tomllib
from dataclasses import dataclass
from importlib import metadata
from urllib.parse import urlsplit, urlunsplit

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from pydantic import SecretStr

from monitor.web.routing import OpenParts, add_page, page
from reports.notices.address import shown_address
from services.settings import PREFIX, SETTINGS_FILE, Settings

_SECRET = re.compile(r"secret|password|keys|deadman|canary_read")
LIBRARIES = ("reportwatch", "prefect", "sqlalchemy", "fastapi", "requests", "beautifulsoup4")


@dataclass(frozen=True)
class SettingRow:
    """One setting: its name, its value as it may be shown, and where that comes from."""

    name: str
    value: str
    origin: str


def settings_router() -> APIRouter:
    """Return the route."""
    router = APIRouter()
    add_page(router, "/settings", settings_page)
    return router


def settings_page(parts: OpenParts) -> HTMLResponse:
    """Show what the monitor runs with; a secret is never shown."""
    with parts.store.read() as unit:
        counts, sizes = unit.reports.counts(), unit.sizes.texts()
        revision, runs = unit.audit.revision(), unit.runs.count()
    return page(
        "settings.html",
        "/settings",
        settings=setting_rows(parts.settings),
        counts={**counts, "runs": runs},
        sizes=sizes,
        revision=revision,
        versions=[("Python", platform.python_version()), *_versions()],
        folder=parts.settings.home.absolute(),
        command=sys.argv[0],
    )


def setting_rows(settings: Settings) -> list[SettingRow]:
    """Return every setting as it may be shown to an operator."""
    in_file = _named_in_file()
    names = {name: PREFIX + name.upper() for name in Settings.model_fields}
    return [
        SettingRow(shown, shown_value(name, getattr(settings, name)), _origin(name, in_file))
        for name, shown in names.items()
    ]


def shown_value(name: str, value: object) -> str:
    """Return a setting's value without anything secret in it."""
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if not text:
        return ""
    if _SECRET.search(name):
        return "set, not shown"
    return shown_address(text) if name == "canary" else _without_password(text)


def _without_password(text: str) -> str:
    try:
        place = urlsplit(text)
        has_user = bool(place.username or place.password)
    except ValueError:
        return "set, not shown"
    if not place.scheme or not (has_user or place.query):
        return text
    host = place.netloc.rpartition("@")[2]
    shown = place._replace(netloc=f"…@{host}" if has_user else host, query="")
    return urlunsplit(shown) + ("?…" if place.query else "")


def _named_in_file() -> frozenset[str]:
    try:
        return frozenset(tomllib.loads(SETTINGS_FILE.read_text("utf-8")))
    except (OSError, ValueError):
        return frozenset()


def _origin(name: str, in_file: frozenset[str]) -> str:
    if any(each.upper() == PREFIX + name.upper() for each in os.environ):
        return "environment"
    return SETTINGS_FILE.name if name in in_file else "default"


def _versions() -> list[tuple[str, str]]:
    found = []
    for name in LIBRARIES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return found
