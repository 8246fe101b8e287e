"""Examine for ``reportwatch doctor`` if a Prefect server answers, and if one should."""

from __future__ import annotations

import os

from flows.prefect_api import find_server, is_open, read_addresses
from services.health.doctor import Examined, Status
from services.settings import Settings


def examine_server(settings: Settings) -> Examined:
    """Return whether a Prefect server answers, and what to do if it does not."""
    server = find_server(settings)
    if server and is_open(server):
        says = "a Prefect server answers, and whoever reaches its port may run flows as its user"
        remedy = "Set PREFECT_SERVER_API_AUTH_STRING for it; `reportwatch up` does so by itself."
        return Examined("prefect", Status.WARN, says, remedy)
    if server:
        return Examined("prefect", Status.OK, "a Prefect server answers those with its credential")
    if os.environ.get("PREFECT_API_URL"):
        says = "the Prefect server that PREFECT_API_URL names does not answer"
        return Examined("prefect", Status.FAULT, says, "Start it, or correct the address.")
    if read_addresses(settings.home):
        says = "`reportwatch up` was started here, and its Prefect server does not answer"
        remedy = "Look into `logs/prefect.log` of the home folder; stop and start `reportwatch up`."
        return Examined("prefect", Status.FAULT, says, remedy)
    says = "`reportwatch up` does not run here: nothing is fetched by itself"
    return Examined("prefect", Status.WARN, says, "Start `reportwatch up`, as a service.")
