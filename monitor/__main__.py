"""Serve the monitor: ``python -m monitor [--host HOST] [--port PORT] [--json]``."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

import uvicorn

from documents.document import JsonDocument, Refused
from documents.operations import MonitorAddress
from monitor.app import app_from_environment
from monitor.doors.hosts import is_loopback
from services.logs import SAID, TEXT, is_json, log_to_standard_error
from services.private_files import write_privately
from services.settings import BadSetting, Settings, load_settings
from storage.database.errors import StorageError

UNUSABLE = 3
"""The exit code of a configuration or database that cannot be used."""


def serve(host: str, port: int | None, on_ready: Callable[[str], None]) -> None:
    """Serve until stopped; ``on_ready`` is told the address before the first request is taken.

    Raises BadSetting if it may not be bound there, or storage.database.errors.StorageError.
    """
    settings = load_settings()
    _refuse_open_door(host, settings)
    app = app_from_environment()
    number = settings.port if port is None else port
    on_ready(f"http://{f'[{host}]' if ':' in host else host}:{number}")
    uvicorn.run(
        app,
        host=host,
        port=number,
        server_header=False,
        ws="none",
        **proxy_options(settings),
        access_log=False,  # it would write tokens down: ours is monitor.doors.access_log
        log_level="warning",
        log_config=None,  # as everything else is logged
    )


def proxy_options(settings: Settings) -> dict[str, Any]:
    """Return for uvicorn whose forwarded addresses to believe: by itself it believes loopback."""
    return {"proxy_headers": bool(settings.proxies), "forwarded_allow_ips": settings.proxies}


def main(arguments: list[str] | None = None) -> int:
    """Serve until stopped; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m monitor", description="Serve the monitor.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to bind to")
    parser.add_argument("--port", type=int, help="default: REPORTWATCH_PORT")
    parser.add_argument("--json", action="store_true", help="print the address for a program")
    asked = parser.parse_args(arguments)
    write_privately()
    log_to_standard_error(os.environ.get("REPORTWATCH_LOG_FORMAT", TEXT), "", {})

    def tell(document: JsonDocument, text: str) -> None:
        if asked.json:
            sys.stdout.write(json.dumps(document.as_json(), indent=2) + "\n")
            sys.stdout.flush()
        if is_json():
            logging.getLogger(SAID).info("%s", text)
        else:
            sys.stderr.write(f"{text}\n")

    try:
        serve(
            asked.host,
            asked.port,
            lambda address: tell(
                MonitorAddress(monitor=address),
                f"the monitor is at {address}; stop it with Ctrl-C",
            ),
        )
    except (BadSetting, StorageError) as error:
        tell(Refused(error=str(error)), f"monitor: {error}")
        return UNUSABLE
    return 0


def _refuse_open_door(host: str, settings: Settings) -> None:
    if not is_loopback(host) and not settings.admin_password:
        raise BadSetting(
            f"REPORTWATCH_ADMIN_PASSWORD: not set, and {host} can be reached from other machines; "
            "set a password, or bind to 127.0.0.1"
        )


if __name__ == "__main__":
    sys.exit(main())
