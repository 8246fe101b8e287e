"""The dead man's switch: report to a service outside that all is well; it alarms otherwise."""

from __future__ import annotations

import logging
import re
from urllib.parse import urlsplit

from scrapers.fetch.errors import FetchError
from services.assembly import Parts
from services.gates import switch_gate

TRIES = 2

log = logging.getLogger(__name__)


def ping(parts: Parts) -> bool:
    """Ask REPORTWATCH_DEADMAN_URL, if set; return whether it answered. Never raises for it.

    Its path and query are the secret by which the service knows us: no log repeats them.
    """
    url = parts.settings.deadman_url.get_secret_value()
    if not url:
        return False
    failure = ""
    with switch_gate(parts) as gate:
        for _ in range(TRIES):
            try:
                status = gate.get(url).status
            except FetchError as error:
                failure = _without_addresses(error.reason)
            else:
                if status < 400:
                    return True
                failure = f"it answered {status}"
    log.warning("the dead man's switch at %s was not reached: %s", _host(url), failure)
    return False


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def _without_addresses(reason: str) -> str:
    """Leave out every word with a slash: a redirect's address may carry the secret too."""
    return re.sub(r"\S*/\S*", "…", reason)
