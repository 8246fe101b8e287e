"""For those who watch the watcher: the health check, and figures for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from monitor.web.routing import OpenParts
from reports.watch.promise import SourceState
from scrapers.registry import all_sources
from services.assembly import Parts
from services.health.state import check_health


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
        tell("source_last_ok_seconds", "When a source was last read well", last_ok)
        tell("held", "Reports, versions and changes stored", unit.reports.counts(), "what")
        tell("alerts", "Alerts in the outbox", unit.alerts.counts(), "state")
        waiting = {name: len(unit.reviews(name).open()) for name in all_sources()}
        tell("reviews_waiting", "Texts that wait for a person", waiting)
        ended = [each for each in reversed(unit.runs.latest(200)) if each.seconds is not None]
    seconds = {each.source: each.seconds or 0.0 for each in ended}
    tell("last_run_seconds", "How long a source's last run took", seconds)
    checked = {each.source: each.counts.get("checked", 0) for each in ended}
    tell("last_run_checked", "Pages its last run looked at", checked)
    return registry
