"""OpenTelemetry as the documents switch it on: a worker's flow runs tell a receiver of theirs."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cluster import running_cluster
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from patience import wait_for
from shipped import ROOT, variables_of

from deployments.sample_site import SampleSite, serve

SOURCE = "sample-hrr"


@dataclass
class Receiver:
    """An OTLP receiver by HTTP: what was told, by the path that it was sent to."""

    told: dict[str, list[bytes]] = field(default_factory=dict)
    port: int = 0

    def spans(self) -> set[str]:
        requests = self._of("/v1/traces", ExportTraceServiceRequest)
        found = [one for each in requests for one in each.resource_spans]
        return {span.name for one in found for scope in one.scope_spans for span in scope.spans}

    def services(self) -> set[str]:
        requests = self._of("/v1/traces", ExportTraceServiceRequest)
        found = [one.resource for each in requests for one in each.resource_spans]
        return {
            each.value.string_value
            for one in found
            for each in one.attributes
            if each.key == "service.name"
        }

    def _of(self, path: str, kind: Any) -> list[Any]:
        return [kind.FromString(each) for each in self.told.get(path, [])]


@contextmanager
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            found.told.setdefault(self.path, []).append(gzip.decompress(body) if packed else body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taker) as server:
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


@pytest.mark.slow
def test_a_workers_flow_runs_are_traced_as_the_example_says(tmp_path: Path) -> None:
    example = variables_of(ROOT / "deployments" / "monitoring" / "telemetry.env")
    assert example["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4318"
    instrument = str(ROOT / ".venv" / "bin" / "opentelemetry-instrument")
    with (
        receiver() as told,
        serve(SampleSite()) as origin,
        running_cluster(tmp_path, workers=0, settings={"VIA": origin}) as cluster,
    ):
        more = {**example, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{told.port}"}
        cluster.deploy()
        cluster.start_worker(1, before=[instrument], more=more)
        run = cluster.wait_for_end(cluster.run("ingest/ingest", source=SOURCE))
        assert run["state"]["type"] == "COMPLETED", cluster.programs["worker-1"].said()
        # Named as when it began: what it looks at is in its name once it has looked.
        wanted = {f"ingest {SOURCE}", "visit batch 1 of 1"}
        wait_for(lambda: wanted <= told.spans(), f"no spans: {told.spans()}")
        assert told.services() == {"reportwatch"}
