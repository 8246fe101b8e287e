"""For those who watch the watcher: the health check, and figures for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from flows.prefect_api import PrefectRefused, answers, named_server, waiting_runs
from monitor.web.routing import OpenParts
from reports.watch.promise import SourceState
from scrapers.registry import all_sources
from services.assembly import Parts
from services.health.backup_age import last_backup
from services.health.promises import ATTEND_PULSE, CHECK_PULSE
from services.health.state import check_health

PREFECT_SECONDS = 1.0


def probe_router() -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    router.add_api_route("/healthz", healthz, methods=["GET", "HEAD"], include_in_schema=False)
    router.add_api_route("/metrics", metrics, methods=["GET", "HEAD"], include_in_schema=False)
    return router


def healthz(parts: OpenParts) -> JSONResponse:
    """Tell a probe how everything stands; 503 unless all is well."""
    health = check_health(parts)
    return JSONResponse(health.document.as_json(), 200 if health.status == "ok" else 503)


def metrics(parts: OpenParts) -> Response:
    """Give every figure, read from the database now."""
    return Response(generate_latest(_registry(parts)), media_type=CONTENT_TYPE_LATEST)


def _registry(parts: Parts) -> CollectorRegistry:
    registry = CollectorRegistry()

    def tell(name: str, says: str, found: Mapping[str, float], label: str = "source") -> None:
        gauge = Gauge(f"reportwatch_{name}", says, (label,), registry=registry)
        for value, figure in found.items():
            gauge.labels(value).set(figure)

    health = check_health(parts)
    well = Gauge("reportwatch_up", "1 while all is well, as /healthz has it", registry=registry)
    well.set(health.status == "ok")
    stale = {name: float(each is SourceState.STALE) for name, each in health.states.items()}
    tell("source_stale", "1 if a source was not read as promised", stale)
    tell("alarms", "Open alarms", health.alarms, "kind")
    with parts.store.read() as unit:
        last_ok = {name: when.timestamp() for name, when in unit.sources.last_ok().items()}
        tell("source_last_ok_timestamp_seconds", "When a source was last read well", last_ok)
        tell("held", "Reports, versions and changes stored", unit.reports.counts(), "what")
        tell("alerts", "Alerts in the outbox", unit.alerts.counts(), "state")
        waiting = {name: len(unit.reviews(name).open()) for name in all_sources()}
        tell("reviews_waiting", "Texts that wait for a person", waiting)
        ended = [each for each in reversed(unit.runs.latest(200)) if each.seconds is not None]
    seconds = {each.source: each.seconds or 0.0 for each in ended}
    tell("last_run_seconds", "How long a source's last run took", seconds)
    checked = {each.source: each.counts.get("checked", 0) for each in ended}
    tell("last_run_checked", "Pages its last run looked at", checked)
    _outcomes(registry, {each.source: each.counts for each in ended})
    _operation(registry, parts)
    return registry


def _outcomes(registry: CollectorRegistry, counts: Mapping[str, Mapping[str, int]]) -> None:
    name, says = "reportwatch_last_run_pages", "Pages of a source's last run by outcome"
    gauge = Gauge(name, says, ("source", "outcome"), registry=registry)
    for source, found in counts.items():
        for outcome, count in found.items():
            if outcome != "checked":
                gauge.labels(source, outcome).set(count)


def _operation(registry: CollectorRegistry, parts: Parts) -> None:
    """Add what operators watch: how long things wait, when they last went well, how large they are.

    A time of 0 says that it never was. Prefect is asked if an address of it is known.
    """

    def tell(name: str, says: str, figure: float) -> None:
        Gauge(f"reportwatch_{name}", says, registry=registry).set(figure)

    now = parts.now()
    with parts.store.read() as unit:
        oldest = unit.outbox.oldest_due(now)
        checked, backed_up = unit.heartbeats.last(CHECK_PULSE), last_backup(unit)
        attended = unit.heartbeats.last(ATTEND_PULSE)
        hosts = unit.hosts.asked_on(now)
        size = unit.sizes.database_bytes()
    waited = (now - oldest).total_seconds() if oldest else 0.0
    tell("oldest_due_alert_age_seconds", "For how long the oldest due message has waited", waited)
    tell("last_check_timestamp_seconds", "When the last check ended", _stamp(checked))
    tell("last_backup_timestamp_seconds", "When the last good backup was made", _stamp(backed_up))
    tell("last_attended_timestamp_seconds", "When `attend` last lived", _stamp(attended))
    tell("database_bytes", "Size of the database", size)
    home = parts.settings.home
    tell("prefect_database_bytes", "Size of Prefect's own files", _size(home / "prefect"))
    tell("log_bytes", "Size of the logs", _size(home / "logs"))
    requests = Gauge(
        "reportwatch_requests_today", "Requests of this UTC day", ("host",), registry=registry
    )
    received = Gauge(
        "reportwatch_bytes_today", "Bytes received this UTC day", ("host",), registry=registry
    )
    for host, asked in hosts.items():
        requests.labels(host).set(asked.requests)
        received.labels(host).set(asked.bytes)
    if server := named_server(parts.settings):
        is_up = answers(server, PREFECT_SECONDS)
        tell("prefect_up", "1 if Prefect's server answers", is_up)
        if is_up:
            with suppress(PrefectRefused):
                waiting = waiting_runs(server, PREFECT_SECONDS)
                tell("prefect_waiting_runs", "Flow runs that should have begun", waiting)


def _stamp(when: datetime | None) -> float:
    return when.timestamp() if when else 0.0


def _size(folder: Path) -> int:
    """Return the bytes of the files in a folder; one that goes away meanwhile counts nothing."""
    size = 0
    for each in folder.glob("*"):
        with suppress(OSError):
            size += each.stat().st_size
    return size
