"""The environment variables that Prefect's server, runner and flow runs are started with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from services.settings import PREFIX, Settings

HOST = "127.0.0.1"

MONITORS_OWN = frozenset(
    {"admin_password", "reader_password", "open_reading", "port", "prefect_port"}
)
"""Settings that say who may read the monitor and where it is: no flow run has a use for them."""

# SQLite behind the Prefect server stalls for seconds when every event is its own transaction;
# written in batches, a flow run of three tasks takes a tenth of a second instead of two.
BATCHED_RECORDER = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
}

# Nothing is reported to anybody outside: no usage statistics, no banners fetched, and the first of
# the two bundled interfaces, since the second asks a statistics host for its configuration.
QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
}

# Who holds a deployment's only place is remembered over a restart of the server: kept in memory, as
# is Prefect's default, a run that begins at that moment is cancelled since its place seems taken.
KEPT_LEASES = {
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
}

LOGGERS = "flows,services,scrapers,storage,alerts"
"""Our loggers whose lines appear beside the run in Prefect's interface."""

SLOT_WAIT_SECONDS = 20
"""How long a run that waits for its place rests before it asks again: each time is an event."""

LOGGING = Path(__file__).with_name("logging.yml")

FORMATTER = "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER"
"""Names the formatter among those of the file: Prefect lets a variable replace any value of it."""

KEPT_SECONDS = 90 * 24 * 3600
"""How long Prefect keeps finished runs; the project's own ledger keeps them for good."""


def prefect_environment(settings: Settings, port: int) -> dict[str, str]:
    """Return the variables for a Prefect server on a loopback port and for its clients.

    Prefect's database and profiles live inside ``REPORTWATCH_HOME``. No secret is among them.
    """
    origin = f"http://{HOST}:{port}"
    return {
        "PREFECT_HOME": str(settings.home.absolute() / "prefect"),
        "PREFECT_API_URL": f"{origin}/api",
        "PREFECT_UI_URL": origin,
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_SERVER_API_PORT": str(port),
        # Prefect's own default lets any web page open in the same browser start flows.
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": f"{origin},http://localhost:{port}",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEPT_SECONDS),
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": str(SLOT_WAIT_SECONDS),
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_LOGGING_LEVEL": settings.log_level.upper() or "INFO",
        "PREFECT_SERVER_LOGGING_LEVEL": settings.log_level.upper() or "WARNING",
        "PREFECT_LOGGING_EXTRA_LOGGERS": LOGGERS,
        "PREFECT_LOGGING_SETTINGS_PATH": str(LOGGING),
        FORMATTER: settings.log_format,
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        **BATCHED_RECORDER,
        **KEPT_LEASES,
        **QUIET,
    }


def server_environment(settings: Settings, port: int, credential: str) -> dict[str, str]:
    """Return the variables for a Prefect server that demands a credential."""
    known = prefect_environment(settings, port)
    return {**known, "PREFECT_SERVER_API_AUTH_STRING": credential}


def runner_environment(settings: Settings, port: int, credential: str) -> dict[str, str]:
    """Return Prefect's variables for the runner and the flow runs that it starts, and no more."""
    known = prefect_environment(settings, port)
    theirs = {name: value for name, value in known.items() if _is_for_clients(name)}
    return {**theirs, "PREFECT_API_AUTH_STRING": credential}


def without_prefect(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are neither Prefect's nor settings of ours."""
    return {k: v for k, v in environment.items() if not k.startswith(("PREFECT_", PREFIX))}


def without_monitors_own(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for programs that are not the monitor."""
    theirs = {f"{PREFIX}{name.upper()}" for name in MONITORS_OWN}
    return {name: value for name, value in environment.items() if name not in theirs}


def attendant_environment(settings: Settings) -> dict[str, str]:
    """Return Prefect's variables for `attend`, whose server somebody else has set up."""
    ours = (
        "PREFECT_HOME",
        "PREFECT_LOGGING_LEVEL",
        "PREFECT_SERVER_LOGGING_LEVEL",
        "PREFECT_LOGGING_SETTINGS_PATH",
        FORMATTER,
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW",
    )
    known = prefect_environment(settings, 0)
    return {**{name: known[name] for name in ours}, **QUIET}


def _is_for_clients(name: str) -> bool:
    return name in QUIET or not name.startswith("PREFECT_SERVER_")


def client_environment(settings: Settings, api_url: str, credential: str) -> dict[str, str]:
    """Return the variables for a program that runs one flow against a server that is up."""
    shown = {"PREFECT_API_AUTH_STRING": credential} if credential else {}
    return {
        "PREFECT_HOME": str(settings.home.absolute() / "prefect"),
        "PREFECT_API_URL": api_url,
        "PREFECT_LOGGING_LEVEL": "WARNING",
        **shown,
        **QUIET,
    }
