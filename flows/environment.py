"""The environment variables that Prefect's server, runner and flow runs are started with."""

from __future__ import annotations

from services.settings import Settings

HOST = "127.0.0.1"

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

LOGGERS = "flows,services,scrapers,storage,alerts"
"""Our loggers whose lines appear beside the run in Prefect's interface."""

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
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "5",
        "PREFECT_RUNNER_POLL_FREQUENCY": "2",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_EXTRA_LOGGERS": LOGGERS,
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        **BATCHED_RECORDER,
        **QUIET,
    }


def client_environment(settings: Settings, api_url: str) -> dict[str, str]:
    """Return the variables for a program that runs one flow against a server that is up."""
    return {
        "PREFECT_HOME": str(settings.home.absolute() / "prefect"),
        "PREFECT_API_URL": api_url,
        "PREFECT_LOGGING_LEVEL": "WARNING",
        **QUIET,
    }
