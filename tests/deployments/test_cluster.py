"""Several machines on loopback: workers take turns, and one that is killed is made up for."""

from __future__ import annotations

from pathlib import Path

import pytest
from cluster import running_cluster

from deployments.sample_site import SampleSite, serve


@pytest.mark.slow
def test_two_workers_on_postgresql_and_redis_ingest_the_sample_site(tmp_path: Path) -> None:
    with (
        serve(SampleSite()) as origin,
        running_cluster(tmp_path, servers=2, workers=2, settings={"VIA": origin}) as cluster,
    ):
        cluster.deploy()
        found = [
            cluster.wait_for_end(cluster.run("ingest/ingest", source="sample-hrr"))
            for _ in range(2)
        ]
        assert [each["state"]["type"] for each in found] == ["COMPLETED"] * 2, found
        assert found[0]["state"]["message"] == "run 1: 24 checked, 24 published"

        cluster.programs.kill("worker-1", with_children=True)
        again = cluster.wait_for_end(cluster.run("ingest/ingest", source="sample-hrr"))
        assert again["state"]["type"] == "COMPLETED", cluster.programs["worker-2"].said()
        cluster.programs.start_again("worker-1")
        for name in ("prefect-2", "redis", "prefect-services"):
            cluster.programs.kill(name)
            cluster.programs.start_again(name)
        cluster.kill_postgres()
        cluster.start_postgres()
        last = cluster.wait_for_end(cluster.run("ingest/ingest", source="sample-hrr"))
        assert last["state"]["type"] == "COMPLETED", cluster.programs["worker-2"].said()
        assert len(cluster.ledger()) == 4
